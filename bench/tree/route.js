/** Route files: the handlers of a table, each with a session, a guard and a client of its own. */
import { appTables, fields, phrase, tenantTables } from './words.js'

/**
 * @param {ReturnType<import('./random.js').random>} any
 * @param {{ table: string, database: 'app' | 'tenant', migrated: boolean, item: boolean }} shape
 * @returns {{ text: string, creations: number, queries: number }} the file, and what a migration has to find in it
 */
export function route(any, shape) {
  const methods = shape.item
    ? ['GET', 'PUT', 'DELETE']
    : any.chance(0.4)
      ? ['GET', 'POST', 'PATCH']
      : ['GET', 'POST']
  const handlers = methods.map((method) => handler(any, shape, method))
  const factory = shape.migrated ? 'getTenantDatabaseClient' : 'createServerSupabaseClient'
  const text = `import { NextRequest, NextResponse } from 'next/server'
import { getServerSession } from 'next-auth'
import { authOptions } from '@/lib/auth'
import { ${factory} } from '@/lib/${any.chance(0.3) ? 'supabase' : 'supabase-client'}'
import { revalidatePath } from 'next/cache'

${handlers.map((one) => one.text).join('\n')}`
  return {
    text,
    creations: shape.migrated ? 0 : handlers.length,
    queries: handlers.reduce((sum, one) => sum + one.queries, 0),
  }
}

function handler(any, { table, database, migrated, item }, method) {
  const lookup = any.chance(0.35) ? any.pick(database === 'app' ? appTables : tenantTables) : undefined
  const create = migrated
    ? 'await getTenantDatabaseClient(session.user.tenantId)'
    : 'createServerSupabaseClient()'
  const parameters = item
    ? 'request: NextRequest,\n  { params }: { params: Promise<{ id: string }> }\n'
    : 'request: NextRequest'
  const guard = migrated || any.chance(0.7) ? '!session?.user?.tenantId' : '!session?.user'
  const text = `export async function ${method}(${item ? `\n  ${parameters}` : parameters}) {
  try {
    const session = await getServerSession(authOptions)

    if (${guard}) {
      return NextResponse.json({ error: 'Unauthorized' }, { status: 401 })
    }
${item ? '\n    const { id } = await params' : ''}${input(any, method)}
    const supabase = ${create}
${lookup ? related(lookup) : ''}
    ${query(any, table, method, item)}

    if (error) {
      console.error('Error in ${method} of ${phrase(table)}:', error)
      return NextResponse.json({ error: 'Failed to process ${phrase(table)}', details: error.message }, { status: 500 })
    }
${method === 'GET' ? shapeRows(any) : `\n    revalidatePath('/${table}')\n`}
    return NextResponse.json(data)
  } catch (error) {
    console.error('Error:', error)
    return NextResponse.json({ error: 'Internal server error' }, { status: 500 })
  }
}
`
  return { text, queries: lookup ? 2 : 1 }
}

function input(any, method) {
  if (method === 'DELETE') return '\n'
  if (method !== 'GET') {
    const required = [any.pick(fields), any.pick(fields)]
    const checks = required.map(
      (field) => `    if (body.${field} === undefined) {
      return NextResponse.json({ error: 'Missing required field: ${field}' }, { status: 400 })
    }`,
    )
    return `\n    const body = await request.json()\n${checks.join('\n')}\n`
  }
  return `\n    const { searchParams } = new URL(request.url)
    const status = searchParams.get('status') || 'all'
    const limit = Number.parseInt(searchParams.get('limit') || '50', 10)\n`
}

const related = (table) => `
    const { data: related } = await supabase
      .from('${table}')
      .select('id, name')
      .limit(1)

    if (!related || related.length === 0) {
      return NextResponse.json({ error: 'No ${phrase(table)} found' }, { status: 404 })
    }
`

function query(any, table, method, item) {
  const columns = Array.from({ length: any.between(4, 9) }, () => `        ${any.pick(fields)}`)
  const steps = {
    GET: `.select(\`\n        id,\n${columns.join(',\n')}\n      \`)${item ? ".eq('id', id)\n      .single()" : "\n      .order('created_at', { ascending: false })\n      .limit(limit)"}`,
    POST: '.insert({ ...body, created_by: session.user.id })\n      .select()\n      .single()',
    PUT: ".update(body)\n      .eq('id', id)\n      .select()\n      .single()",
    PATCH: ".update(body)\n      .eq('id', body.id)\n      .select()\n      .single()",
    DELETE: ".delete()\n      .eq('id', id)",
  }
  return `const { data, error } = await supabase\n      .from('${table}')\n      ${steps[method]}`
}

function shapeRows(any) {
  const lines = Array.from({ length: any.between(2, 8) }, () => any.pick(fields))
  return `
    // Helper properties that the list and the detail page share
    const extra = {
${lines.map((field, at) => `      ${field}_${at}: status === '${field}' ? limit : null,`).join('\n')}
    }
    if (searchParams.get('debug')) console.log('Shaped', extra)
`
}
