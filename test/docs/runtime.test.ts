/** Runs the programs of docs/runtime/ on real databases, built as an application would build them. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeyRing, createKeySet, parseKey, splitFields } from '../../src/runtime/index.ts'
import { useConvex } from '../runtime/support/convex/start.ts'
import { usePostgres } from '../runtime/support/postgres.ts'
import { type Rest, startRest } from '../runtime/support/postgrest.ts'
import { usePrisma } from '../runtime/support/prisma.ts'
import { blocksOf, page, root } from './pages.ts'

const databases = usePostgres()
const key = '0123456789abcdef'.repeat(4)
const keys = createKeyRing(createKeySet(parseKey(key)))
let folder = ''

beforeAll(() => {
  // Inside of the package, so that `tenantize/runtime` is what was built of it.
  mkdirSync(join(root, 'dist'), { recursive: true })
  folder = mkdtempSync(join(root, 'dist', 'docs-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const programs = (path: string) =>
  blocksOf(page(path))
    .filter(({ language }) => language === 'ts' || language === 'tsx')
    .map(({ text }) => text)

/** Bundles files of a page and a program that uses them, runs it, and returns what it prints as JSON. */
async function run(
  name: string,
  files: Readonly<Record<string, string>>,
  main: string,
  env: Record<string, string>,
) {
  const home = join(folder, name)
  mkdirSync(home, { recursive: true })
  for (const [file, text] of Object.entries({ ...files, 'main.ts': main }))
    writeFileSync(join(home, file), text)
  await build({
    absWorkingDir: home,
    entryPoints: ['main.ts'],
    outfile: join(home, 'main.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'silent',
  })
  const { stdout } = await promisify(execFile)(process.execPath, [join(home, 'main.mjs')], {
    cwd: home,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', ENCRYPTION_KEY: key, ...env },
  })
  return JSON.parse(stdout)
}

describe('docs/runtime/supabase.md', () => {
  let application: Rest
  let a: Rest
  beforeAll(async () => {
    application = await startRest('application', databases.application.url)
    a = await startRest('docs-a', databases.tenantA.url)
    const sealed = await keys.encrypt(a.serviceKey, { tenantId: 'acme', field: 'data_source_service_key' })
    await databases.query(
      `INSERT INTO tenants (id, data_source_url, data_source_service_key, tenant_id_in_data_source) VALUES ('acme', $1, $2, 'A')`,
      databases.application.url,
      [a.url, sealed],
    )
  })
  afterAll(async () => void (await Promise.all([application.close(), a.close()])))

  it('gives a request the client of its tenant', async () => {
    const [manager, client, route, counting, debug, watched] = programs('docs/runtime/supabase.md') as [
      string,
      string,
      string,
      string,
      string,
      string,
    ]
    const printed = await run(
      'supabase',
      {
        'tenant-databases.ts': manager,
        'supabase-client.ts': client,
        'route.ts': route,
        'count.ts': counting,
        'debug.ts': debug,
        'watched.ts': watched,
        'session.ts': `export const currentSession = async (_: Request) => ({ user: { tenantId: 'acme' } })`,
      },
      `import { listAccounts } from './route'
       import { countAccounts } from './count'
       import { GET } from './debug'
       import { watched } from './watched'
       import { getCacheStats, clearAllCaches } from './supabase-client'
       const accounts = await listAccounts({ user: { tenantId: 'acme' } })
       const count = await countAccounts('acme')
       const stats = getCacheStats()
       const debug = await (await GET(new Request('http://localhost/'))).json()
       clearAllCaches()
       console.log(JSON.stringify({ owners: accounts.map((account) => account.owner), count, stats, debug, watches: typeof watched.watch, after: getCacheStats() }))
       process.exit()`,
      {
        SUPABASE_URL: application.url,
        SUPABASE_SERVICE_ROLE_KEY: application.serviceKey,
        DEBUG_TENANT_CONNECTION: '1',
      },
    )
    expect(printed).toMatchObject({
      owners: ['A', 'A', 'A', 'A', 'A'],
      count: 50,
      stats: { configCacheSize: 1, clientCacheSize: 1 },
      debug: { status: 'success', tenantId: 'acme', queryTest: { recordCount: 50 } },
      watches: 'function',
      after: { configCacheSize: 0 },
    })
    expect(JSON.stringify(printed)).not.toContain(a.serviceKey)
  })
})

describe('docs/runtime/prisma.md', () => {
  const generated = usePrisma()
  it('runs each company’s work in its own database', async () => {
    const [manager, handler, keeping] = programs('docs/runtime/prisma.md') as [string, string, string]
    const printed = await run(
      'prisma',
      {
        'tenant-prisma.ts': manager,
        'handler.ts': handler,
        'keeping.ts': keeping,
        'generated.ts': `import { createRequire } from 'node:module'
          export const { PrismaClient } = createRequire(import.meta.url)(${JSON.stringify(generated.folder)})
          export type PrismaClient = any`,
        'master.ts': `const rows = JSON.parse(process.env.COMPANIES!)
          export const prismaSuperUser = { company: {
            findFirst: async ({ where }: any) => rows.find((row: any) => row.id === where.id) ?? null,
            findMany: async () => rows } }`,
      },
      `import { firstAccount } from './handler'
       import { accountsOf } from './keeping'
       import { companies } from './tenant-prisma'
       const owners = [(await firstAccount('c1')).owner, (await firstAccount('c2')).owner]
       const kept = (await accountsOf('c2')).map((account: any) => account.owner)
       const failed = await firstAccount('c3').catch((error: Error) => error.name)
       const closed = await companies.close()
       console.log(JSON.stringify({ owners, kept, failed, closed }))`,
      {
        POSTGRES_BASE_URL: databases.baseUrl,
        COMPANIES: JSON.stringify([
          { id: 'c1', dbName: databases.tenantA.name },
          { id: 'c2', dbName: databases.tenantB.name },
        ]),
      },
    )
    expect(printed).toMatchObject({
      owners: ['A', 'B'],
      kept: ['B', 'B', 'B'],
      failed: 'TenantNotFoundError',
    })
  })
})

describe('docs/runtime/convex.md', () => {
  const deployments = useConvex('main', 'own')
  beforeAll(async () => {
    const post = async (url: string, path: string, args: object) => {
      const body = JSON.stringify({ path, format: 'convex_encoded_json', args: [args] })
      expect((await fetch(`${url}/api/mutation`, { method: 'POST', body })).status).toBe(200)
    }
    await post(deployments.main.url, 'accounts:add', { number: 1, owner: 'main' })
    await post(deployments.own.url, 'accounts:add', { number: 1, owner: 'own' })
    for (const connectionStatus of ['connected', 'pending']) {
      const sealed = async (text: string, field: string) =>
        keys.encrypt(text, { tenantId: connectionStatus, field }, 'iv:authTag:ciphertext')
      const fields = splitFields({
        deploymentUrl: await sealed(deployments.own.url, 'encryptedDeploymentUrl'),
        deployKey: await sealed(deployments.own.deployKey, 'encryptedDeployKey'),
      })
      await post(deployments.main.url, 'byod:putConfig', {
        userId: connectionStatus,
        connectionStatus,
        ...fields,
      })
    }
  })
  it('serves a user table from the user’s own deployment when it is connected', async () => {
    const [manager, module, react] = programs('docs/runtime/convex.md') as [string, string, string]
    const printed = await run(
      'convex',
      {
        'databases.ts': manager,
        'module.ts': module,
        'interface.tsx': react,
        'rules.json': JSON.stringify({
          databases: { main: { tables: ['users'] }, user: { perTenant: true, tables: ['accounts'] } },
        }),
      },
      `import { ownerOf } from './module'
       import { getTableLocation } from './databases'
       import { Banner } from './interface'
       const found = [await ownerOf('connected', 1), await ownerOf('pending', 1)]
       console.log(JSON.stringify({ found, tables: ['users', 'accounts'].map(getTableLocation), banner: typeof Banner }))
       process.exit()`,
      { NEXT_PUBLIC_CONVEX_URL: deployments.main.url },
    )
    expect(printed).toEqual({
      found: [
        { name: 'own', isUserDb: true },
        { name: 'main', isUserDb: false },
      ],
      tables: ['main', 'user'],
      banner: 'function',
    })
  })
})

describe('docs/runtime/manager.md', () => {
  it('serves a tenant whose database says that it is, and nobody else', async () => {
    const [manager] = programs('docs/runtime/manager.md') as [string]
    await databases.query(
      `INSERT INTO tenants (id, data_source_url) VALUES ('A', $1), ('B', $1)`,
      databases.application.url,
      [databases.tenantA.url],
    )
    const result = await run(
      'manager',
      { 'tenants.ts': manager },
      `import { tenants } from './tenants'
       const owner = (client: any) => client.query('SELECT owner FROM accounts LIMIT 1').then(({ rows }: any) => rows[0].owner)
       const own = await tenants.withTenant('A', owner)
       const wrong = await tenants.withTenant('B', owner).catch((error: any) => error.code)
       const { unfinished } = await tenants.close()
       console.log(JSON.stringify({ own, wrong, unfinished }))
       process.exit()`,
      { DATABASE_URL: databases.application.url },
    )
    expect(result).toEqual({ own: 'A', wrong: 'CREDENTIAL', unfinished: [] })
  })
})
