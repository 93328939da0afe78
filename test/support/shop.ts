/** A small application: one route to rewrite, one of the application, one that is done, one that needs a person. */
import { join } from 'node:path'
import { filesBelow, fixtures } from './cases.ts'
import { folder } from './cli.ts'

const types = Object.fromEntries(
  [...filesBelow(join(fixtures, 'shared/types'))].map(([name, text]) => [`types/${name}`, text]),
)

export const rules = {
  databases: {
    app: { clients: ['@/lib/db#createAppClient'], tables: ['tenants', 'users'] },
    tenant: {
      perTenant: true,
      clients: [{ export: '@/lib/db#getTenantClient', arguments: ['$tenantId'], async: true }],
      tables: ['*'],
    },
  },
  routes: [
    { files: 'src/app/api/auth/**', database: 'app' },
    { files: 'src/app/api/**', database: 'tenant' },
  ],
  tenantId: { sources: [{ call: 'next-auth#getServerSession', path: 'user.tenantId' }] },
}

const session = `  const session = await getServerSession(authOptions)
  if (!session?.user) return new Response(null, { status: 401 })
`

export const orders = `import { getServerSession } from 'next-auth'
import { authOptions } from '@/lib/auth'
import { createAppClient } from '@/lib/db'

export async function GET() {
${session}  const supabase = createAppClient()
  const { data: user } = await supabase.from('users').select('*').eq('id', session.user.id).single()
  const { data: orders } = await supabase.from('orders').select('*')
  return Response.json({ user, orders })
}
`

export const files: Readonly<Record<string, string>> = {
  ...types,
  'rules.json': `${JSON.stringify(rules, null, 2)}\n`,
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'ES2022',
      module: 'ESNext',
      moduleResolution: 'bundler',
      lib: ['ES2022'],
      types: [],
      strict: true,
      noEmit: true,
      paths: { '@/*': ['./src/*'] },
    },
    include: ['types', 'src'],
  }),
  'src/lib/auth.ts': `import type { NextAuthOptions } from 'next-auth'

export const authOptions: NextAuthOptions = { providers: [] }
`,
  'src/lib/db.ts': `import { createClient, type SupabaseClient } from '@supabase/supabase-js'

export function createAppClient(): SupabaseClient {
  return createClient('https://app.example.com', 'service')
}

export async function getTenantClient(tenantId: string): Promise<SupabaseClient> {
  return createClient(\`https://\${tenantId}.example.com\`, 'service')
}
`,
  'src/app/api/auth/route.ts': `import { createAppClient } from '@/lib/db'

export async function GET() {
  const { data } = await createAppClient().from('tenants').select('*')
  return Response.json(data)
}
`,
  'src/app/api/invoices/route.ts': `import { getServerSession } from 'next-auth'
import { authOptions } from '@/lib/auth'
import { getTenantClient } from '@/lib/db'

export async function GET() {
${session.replace('!session?.user', '!session?.user?.tenantId')}  const supabase = await getTenantClient(session.user.tenantId)
  const { data } = await supabase.from('invoices').select('*')
  return Response.json(data)
}
`,
  'src/app/api/orders/route.ts': orders,
  'src/app/api/webhooks/route.ts': `import { createAppClient } from '@/lib/db'

export async function POST(request: Request) {
  const supabase = createAppClient()
  await supabase.from('events').insert(await request.json())
  return Response.json({})
}
`,
}

/** The application in a folder of its own; `undefined` leaves a file out. */
export function shop(changed: Readonly<Record<string, string | undefined>> = {}): string {
  const all = Object.entries({ ...files, ...changed }).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text] as const],
  )
  return folder(Object.fromEntries(all))
}

/** The same without what needs a person. */
export const clean = { 'src/app/api/webhooks/route.ts': undefined }
