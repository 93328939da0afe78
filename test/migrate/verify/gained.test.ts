import { describe, expect, it } from 'vitest'
import { openVerifier } from '../../../src/migrate/verify/index.ts'
import { gains, strict, tree } from './tree.ts'

const client = `
export interface Client { from(table: string): { select(): Promise<{ data: { name: string }[] }> } }
declare const made: Client
export const createClient = (): Client => made
export async function getTenantClient(tenantId: string): Promise<Client> { void tenantId; return made }
`
const route = `import { createClient } from '@/client'
export async function GET(session: { tenantId: string }) {
  const client = createClient()
  const { data } = await client.from('accounts').select()
  return data.map((row) => row.name)
}
`
const files = { 'tsconfig.json': strict, 'src/client.ts': client, 'src/route.ts': route }

const swapped = (call: string) =>
  route.replace('createClient }', 'getTenantClient }').replace('createClient()', call)

describe('what a change gains', () => {
  it('is nothing when the rewrite is right', async () => {
    const app = tree(files)
    const result = await app.verify({ 'src/route.ts': swapped('await getTenantClient(session.tenantId)') })
    expect(result).toEqual({ gained: new Map(), checkedFiles: 1, programs: 1, missingConfig: [] })
  })

  it('is the missing await, with the compiler’s words', async () => {
    const app = tree(files)
    const { gained } = await app.verify({ 'src/route.ts': swapped('getTenantClient(session.tenantId)') })
    expect(gained.get(app.path('src/route.ts'))).toEqual([
      {
        file: app.path('src/route.ts'),
        line: 4,
        column: 33,
        code: 2339,
        message: "Property 'from' does not exist on type 'Promise<Client>'.",
      },
      expect.objectContaining({ line: 5, code: 7006 }),
    ])
  })

  it('is the session that is not there', async () => {
    const app = tree(files)
    const result = await app.verify({ 'src/route.ts': swapped('await getTenantClient(session2.tenantId)') })
    expect(gains(app, result)).toEqual(['src/route.ts: src/route.ts:3 TS2552'])
  })

  it('is a syntax error', async () => {
    const app = tree(files)
    const result = await app.verify({ 'src/route.ts': ['return data', 'return return data'] })
    expect(gains(app, result)[0]).toBe('src/route.ts: src/route.ts:5 TS1109')
  })

  it('shows in an unchanged importer, through a barrel, and counts for the changed file', async () => {
    const app = tree({
      ...files,
      'src/service.ts': `export function count() { return 1 }\nexport const other = 2\n`,
      'src/barrel.ts': `export * from './service'\n`,
      'src/page.ts': `import { count } from './barrel'\nexport const next: number = count() + 1\n`,
    })
    const result = await app.verify({ 'src/service.ts': ['export function', 'export async function'] })
    expect(gains(app, result)).toEqual(['src/service.ts: src/page.ts:2 TS2365'])
    expect(result.checkedFiles).toBe(3)
  })

  it('does not look at importers when what the file exports stays the same', async () => {
    const app = tree({ ...files, 'src/page.ts': `import { GET } from './route'\nexport const page = GET\n` })
    const result = await app.verify({ 'src/route.ts': swapped('await getTenantClient(session.tenantId)') })
    expect(result.checkedFiles).toBe(1)
  })

  it('shows everywhere when a global declaration changes', async () => {
    const app = tree({
      ...files,
      'src/globals.d.ts': `declare function tenantOf(): string\n`,
      'src/page.ts': `export const id: string = tenantOf()\n`,
    })
    const result = await app.verify({ 'src/globals.d.ts': [': string', ': Promise<string>'] })
    expect(gains(app, result)).toEqual(['src/globals.d.ts: src/page.ts:1 TS2322'])
  })
})

describe('an error that was there before', () => {
  const wrong = `import { createClient } from '@/client'
export async function GET(session: { tenantId: string }) {
  const client = createClient(missing)
  void session
  const wrong: number = 'text'
  return [client, wrong, missing]
}
`

  it('is not gained when its line moves', async () => {
    const app = tree({ ...files, 'src/route.ts': wrong })
    const { gained } = await app.verify({
      'src/route.ts': ['  void session\n', '  void session\n\n\n  void 0\n'],
    })
    expect([...gained]).toEqual([])
  })

  it('is not gained when its line is edited', async () => {
    const app = tree({ ...files, 'src/route.ts': wrong })
    const edited = wrong.replace('client = createClient(missing)', 'tenantClient = createClient(missing)')
    const result = await app.verify({ 'src/route.ts': edited.replace('[client', '[tenantClient') })
    expect(gains(app, result)).toEqual([])
  })

  it('is gained when there is one more of it', async () => {
    const app = tree({ ...files, 'src/route.ts': wrong })
    const result = await app.verify({
      'src/route.ts': ['  void session\n', '  void session\n  void missing\n'],
    })
    expect(gains(app, result)).toEqual(['src/route.ts: src/route.ts:5 TS2304'])
  })

  it('does not excuse the same error elsewhere while its own line stands', async () => {
    const app = tree({ ...files, 'src/route.ts': wrong })
    const declared = wrong.replace('  const client', '  const missing = 1\n  const client')
    const result = await app.verify({ 'src/route.ts': `${declared}export const late = missing\n` })
    expect(gains(app, result)).toContain('src/route.ts: src/route.ts:9 TS2304')
  })
})

describe('checking again', () => {
  it('computes only what changed since, and comes to the same result as a fresh check', async () => {
    const app = tree({
      ...files,
      'src/second.ts': route,
      'src/page.ts': `import { GET } from './second'\nexport const names = GET({ tenantId: '' }).then((all) => all.map((one) => one.trim()))\n`,
    })
    const verifier = await openVerifier(app.root)
    const originals = new Map(['src/route.ts', 'src/second.ts'].map((name) => [app.path(name), route]))
    const bad = swapped('getTenantClient(session.tenantId)')
    const good = swapped('await getTenantClient(session.tenantId)')
    const steps: Record<string, string>[] = [
      { 'src/route.ts': bad, 'src/second.ts': good },
      { 'src/second.ts': good },
      { 'src/route.ts': bad },
      { 'src/route.ts': good, 'src/second.ts': bad },
      {},
    ]
    const seen: number[] = []
    for (const texts of steps) {
      const changes = new Map(Object.entries(texts).map(([name, text]) => [app.path(name), text]))
      const again = gains(app, verifier.check({ changes, originals, planned: [] }))
      expect(again).toEqual(gains(app, await app.verify(texts)))
      seen.push(again.length)
    }
    expect(seen).toEqual([2, 0, 2, 3, 0])
  })
})
