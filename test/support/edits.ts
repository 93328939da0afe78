/** Random edits of a small program, of the kinds that change what other files mean: for properties of what is remembered. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { discover } from '../../src/repo/discover.ts'

/** An edit as plain numbers, so that one that fails can be made smaller. */
export interface Edit {
  readonly kind: number
  readonly file: number
  readonly value: number
}

export const anyEdit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.nat({ max: 1000 }),
  file: fc.nat({ max: 100_000 }),
  value: fc.nat({ max: 1000 }),
})

/** Functions that others hand clients to, or take them from; edits call them. */
export const sharedQueries = `import { createServerSupabaseClient, getTenantDatabaseClient } from '@/lib/supabase-client'

let kept: any

export function keep(client: any) {
  kept = client
}

export async function rowsOf(client: any, table: string) {
  return client.from(table).select('*')
}

export function listKept() {
  return kept.from('accounts').select('*')
}

export const sharedClient = () => createServerSupabaseClient()
`

const tables = ['users', 'accounts', 'tenants', 'invoices', 'nobody_knows_it']

type Change = (text: string, value: number) => string

const changes: readonly Change[] = [
  (text, value) => `// a line that says nothing ${value}\n${text}`,
  (text) => text.replace('createServerSupabaseClient()', "await getTenantDatabaseClient('t')"),
  (text) => text.replace(/await getTenantDatabaseClient\([^)]*\)/, 'createServerSupabaseClient()'),
  (text, value) => text.replace(/\.from\('[\w-]+'\)/, `.from('${tables[value % tables.length]}')`),
  (text) => text.replace('await ', ''),
  (text) => (text.startsWith("'use client'") ? text.replace(/^'use client'\n/, '') : `'use client'\n${text}`),
  (text, value) => (value % 5 === 0 ? `${text}\n{{{` : text.replace('\n{{{', '')),
  (text) => text.replace('@/lib/supabase-client', '@/lib/supabase'),
  (text, value) =>
    `import { keep, rowsOf } from '@/lib/shared-queries'\nimport { createServerSupabaseClient as made${value} } from '@/lib/supabase-client'\n${text}\nexport async function more${value}() {\n  keep(made${value}())\n  return rowsOf(made${value}(), '${tables[value % tables.length]}')\n}\n`,
  (text, value) =>
    `import { listKept, sharedClient } from '@/lib/shared-queries'\n${text}\nexport const other${value} = () => [listKept(), sharedClient().from('${tables[value % tables.length]}').delete()]\n`,
  (text, value) =>
    `${text}\nexport { createServerSupabaseClient as again${value} } from '@/lib/supabase-client'\n`,
  (text) => text.replace('sharedClient = () => createServer', 'sharedClient = () => getTenant'),
  (text) => text.replace('SUPABASE_SERVICE_ROLE_KEY', 'ANOTHER_KEY').replace('if (!session', 'if (session'),
  (text, value) =>
    text.replace('session.user.tenantId', value % 2 ? 'body.tenantId' : 'session?.user?.tenantId'),
]

/** Makes an edit. */
export function makeEdit(root: string, { kind, file, value }: Edit): void {
  const files = discover(root).sources
  // What many others use is edited as often as all the rest.
  const central = files.filter((path) => path.includes('/lib/'))
  const list = value % 3 === 0 && central.length > 0 ? central : files
  const path = list[file % list.length]!
  const absolute = join(root, path)
  const choice = kind % (changes.length + 3)
  if (choice < changes.length) {
    const before = readFileSync(absolute, 'utf8')
    writeFileSync(absolute, changes[choice]!(before, value))
  } else if (choice === changes.length) {
    const copy = join(dirname(absolute), `copy-${value % 7}`, path.split('/').at(-1)!)
    mkdirSync(dirname(copy), { recursive: true })
    writeFileSync(copy, readFileSync(absolute))
  } else if (choice === changes.length + 1) {
    if (!path.includes('/lib/supabase-client')) rmSync(absolute)
  } else {
    // A file in the way of another one: `x/index.ts` and `x.ts` have one name.
    const bare = absolute.replace(/\.tsx?$/, '')
    const twin = join(bare, 'index.ts')
    if (existsSync(twin)) rmSync(bare, { recursive: true })
    else {
      mkdirSync(bare, { recursive: true })
      writeFileSync(twin, `export * from '@/lib/shared-queries'\nexport const twin = ${value}\n`)
    }
  }
}
