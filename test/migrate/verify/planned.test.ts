import { describe, expect, it } from 'vitest'
import { gains, strict, tree } from './tree.ts'

const files = {
  'tsconfig.json': strict,
  'src/client.ts': `export const createClient = () => ({ rows: async () => [{ name: '' }] })\n`,
  'src/api/route.ts': `import { createClient } from '@/client'
export async function GET() {
  const rows = await createClient().rows()
  return rows.map((row) => row.name)
}
`,
}
const rewritten = (from: string, name = 'getTenant') => `import { ${name} } from '${from}'
export async function GET() {
  const rows = await (await ${name}('t')).rows()
  return rows.map((row) => row.name)
}
`
const planned = [{ module: '@/tenant', export: 'getTenant' }]

describe('a planned client', () => {
  it.each(['@/tenant', '../tenant', '@/api/../tenant'])(
    'may be in a module that does not exist, as %s',
    async (from) => {
      const app = tree(files)
      expect(gains(app, await app.verify({ 'src/api/route.ts': rewritten(from) }, planned))).toEqual([])
    },
  )

  it('may be named by a path in the rules', async () => {
    const app = tree(files)
    const byPath = [{ module: './src/tenant/index.ts', export: 'getTenant' }]
    expect(gains(app, await app.verify({ 'src/api/route.ts': rewritten('@/tenant') }, byPath))).toEqual([])
  })

  it.each([
    ['without a proposal', 'export const unrelated = 1\n'],
    ['with a similar name', 'export const getTenants = 1\n'],
    ['with a default export of that name', 'const getTenant = 1\nexport default getTenant\n'],
    ['without any export', '\n'],
  ])('may be missing from a module that exists: %s', async (_, text) => {
    const app = tree({ ...files, 'src/tenant.ts': text })
    expect(gains(app, await app.verify({ 'src/api/route.ts': rewritten('@/tenant') }, planned))).toEqual([])
  })

  it('does not excuse another module or another export', async () => {
    const app = tree({ ...files, 'src/tenant.ts': 'export const unrelated = 1\n' })
    const otherModule = await app.verify({ 'src/api/route.ts': rewritten('@/tenant2') }, planned)
    expect(gains(app, otherModule)[0]).toBe('src/api/route.ts: src/api/route.ts:1 TS2307')
    const otherExport = await app.verify({ 'src/api/route.ts': rewritten('@/tenant', 'getOther') }, planned)
    expect(gains(app, otherExport)[0]).toBe('src/api/route.ts: src/api/route.ts:1 TS2305')
  })

  it('does not excuse other errors of the file', async () => {
    const app = tree(files)
    const text = rewritten('@/tenant').replace(`'t'`, 'session.tenantId')
    expect(gains(app, await app.verify({ 'src/api/route.ts': text }, planned))).toEqual([
      'src/api/route.ts: src/api/route.ts:3 TS2304',
    ])
  })
})

describe('a planned client with the client it replaces', () => {
  const like = { module: '@/client', export: 'createClient', async: true }
  const typed = [{ module: '@/tenant', export: 'getTenant', like }]
  const withoutAwait = rewritten('@/tenant').replace("(await getTenant('t'))", "getTenant('t')")

  it.each([
    ['does not exist', undefined],
    ['lacks the export', 'export const unrelated = 1\n'],
  ])('is checked as if it were written when its module %s', async (_, text) => {
    const app = tree(text === undefined ? files : { ...files, 'src/tenant.ts': text })
    expect(gains(app, await app.verify({ 'src/api/route.ts': rewritten('@/tenant') }, typed))).toEqual([])
    const result = await app.verify({ 'src/api/route.ts': withoutAwait }, typed)
    expect(gains(app, result)[0]).toBe('src/api/route.ts: src/api/route.ts:3 TS2339')
  })

  it('may stand beside the client it replaces', async () => {
    const app = tree(files)
    const beside = [
      { module: './src/client.ts', export: 'getTenant', like: { ...like, module: './src/client.ts' } },
    ]
    expect(gains(app, await app.verify({ 'src/api/route.ts': rewritten('@/client') }, beside))).toEqual([])
    const wrong = withoutAwait.replace('@/tenant', '@/client')
    expect(gains(app, await app.verify({ 'src/api/route.ts': wrong }, beside)).length).toBeGreaterThan(0)
  })

  it.each([
    ['value', 'client'],
    ['value', 'group', 'client'],
    ['instance', 'Client'],
  ] as const)('is like the %s of `%s`', async (form, exported, member?: string) => {
    const client =
      "import { createClient } from './client'\nexport const client = Object.assign(() => 1, createClient())\nexport const group = { client }\nexport class Client { rows = createClient().rows }\n"
    const app = tree({ ...files, 'src/ready.ts': client })
    const planned = [
      {
        module: '@/tenant',
        export: 'getTenant',
        like: { module: '@/ready', export: exported, form, async: true, ...(member ? { member } : {}) },
      },
    ]
    expect(gains(app, await app.verify({ 'src/api/route.ts': rewritten('@/tenant') }, planned))).toEqual([])
    const result = await app.verify({ 'src/api/route.ts': withoutAwait }, planned)
    expect(gains(app, result)[0]).toBe('src/api/route.ts: src/api/route.ts:3 TS2339')
  })

  it('is left alone once it is written', async () => {
    const app = tree({
      ...files,
      'src/tenant.ts': 'export async function getTenant(id: string) { return id }\n',
    })
    const result = await app.verify({ 'src/api/route.ts': rewritten('@/tenant') }, typed)
    expect(gains(app, result)[0]).toBe('src/api/route.ts: src/api/route.ts:3 TS2339')
  })
})
