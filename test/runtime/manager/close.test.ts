/** The end: nothing is lost in silence, nothing stays open. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { describe, expect, it, vi } from 'vitest'
import { createTenantDatabases, fileDirectory } from '../../../src/runtime/index.ts'
import { pgClients } from '../../../src/runtime/pg/index.ts'
import { eventually } from '../support/eventually.ts'
import { usePostgres } from '../support/postgres.ts'
import { ownerOf, setUp } from '../support/tenants.ts'

const databases = usePostgres()

/** Connections to the tenants' and the application's databases, but for the one that asks. */
async function open(): Promise<number> {
  const counts = [databases.application, databases.tenantA, databases.tenantB].map((one) =>
    databases.connections(one),
  )
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}

describe('close', () => {
  it('waits for work, refuses more, and leaves no connection', async () => {
    const { tenants } = await setUp(databases)
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => tenants.withTenant(index % 2 ? 'a' : 'b', ownerOf)),
    )
    expect(await open()).toBeGreaterThan(0)
    const running = tenants.withTenant('a', (pool) => pool.query('SELECT pg_sleep(0.1), 1 AS one'))
    await eventually(() => expect(tenants.getCacheStats().leases).toBe(1))
    const report = tenants.close()
    await expect(tenants.withTenant('a', ownerOf)).rejects.toMatchObject({ code: 'MANAGER_CLOSED' })
    await expect(tenants.acquire('b')).rejects.toMatchObject({ code: 'MANAGER_CLOSED' })
    expect((await running).rows[0].one).toBe(1)
    expect(await report).toEqual({ closed: 2, unfinished: [] })
    expect(await open()).toBe(0)
  })

  it('says which leases it had to take away, and cuts what they run', async () => {
    const { tenants } = await setUp(databases, { limits: { closeTimeout: 50 } })
    const lease = await tenants.acquire('a')
    const running = lease.client.query('SELECT pg_sleep(60)').catch((error: Error) => error)
    await tenants.withTenant('b', ownerOf)
    expect(await tenants.close()).toEqual({
      closed: 2,
      unfinished: [{ tenantId: 'a', leases: 1, reason: 'leases were held' }],
    })
    expect(await running).toBeInstanceOf(Error)
    expect(() => lease.client).toThrow('kept beyond its lease')
    await eventually(async () => expect(await open()).toBe(0))
  })

  it('says which disposals failed', async () => {
    const client = pgClients({ Pool: pg.Pool })
    const failing: typeof client = {
      ...client,
      dispose: async (handle) => {
        await client.dispose(handle)
        throw new Error('no')
      },
    }
    const { tenants } = await setUp(databases, { client: failing })
    await tenants.withTenant('a', ownerOf)
    expect((await tenants.close()).unfinished).toEqual([
      { tenantId: 'a', leases: 0, reason: 'disposal failed' },
    ])
  })

  it('ends what is being opened; those who wait are told', async () => {
    const { tenants, directory } = await setUp(databases)
    directory.gate = new Promise(() => {})
    const waiting = [tenants.acquire('a'), tenants.withTenant('b', ownerOf)]
    await eventually(() => expect(directory.lookups).toBe(2))
    const report = tenants.close()
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'MANAGER_CLOSED' })
    expect(await report).toEqual({ closed: 0, unfinished: [] })
  })

  it('ends a client whose first connection is under way', async () => {
    const client = pgClients({ Pool: pg.Pool })
    let reached!: () => void
    const started = new Promise<void>((resolve) => {
      reached = resolve
    })
    const slow: typeof client = {
      ...client,
      check: async ({ pool }) => {
        reached()
        await pool.query('SELECT pg_sleep(60)')
      },
    }
    const { tenants } = await setUp(databases, { client: slow })
    const waiting = tenants.acquire('a')
    await started
    await eventually(async () => expect(await databases.connections(databases.tenantA)).toBe(1))
    const report = tenants.close()
    await expect(waiting).rejects.toMatchObject({ code: 'MANAGER_CLOSED' })
    await report
    await eventually(async () => expect(await open()).toBe(0))
  })

  it('is the same when it is called again', async () => {
    const { tenants } = await setUp(databases)
    expect(tenants.close()).toBe(tenants.close())
  })
})

describe('a manager with a name', () => {
  const options = () => ({
    name: 'hot',
    directory: fileDirectory({ path: 'tenants.json' }),
    client: pgClients({ Pool: pg.Pool }),
    closeOn: [],
    watch: false,
  })

  it('is one for the process, however often the module is loaded, until it is closed', async () => {
    const first = createTenantDatabases(options())
    expect(createTenantDatabases(options())).toBe(first)
    // Another copy of the library, as bundlers make them.
    vi.resetModules()
    const copy = await import('../../../src/runtime/index.ts')
    expect(copy.createTenantDatabases).not.toBe(createTenantDatabases)
    expect(copy.createTenantDatabases(options())).toBe(first)
    await first.close()
    const next = createTenantDatabases(options())
    expect(next).not.toBe(first)
    await next.close()
  })

  it('is not handed out for clients of another kind', async () => {
    const first = createTenantDatabases(options())
    const other = { ...options().client, name: 'other' }
    expect(() => createTenantDatabases({ ...options(), client: other })).toThrow(
      '"hot" names tenant databases of',
    )
    await first.close()
  })
})

it('SIGTERM closes, says what did not close, and ends the process', async () => {
  const program = fileURLToPath(new URL('../support/service.mjs', import.meta.url))
  const environment = {
    ...process.env,
    TENANT_URL: databases.tenantA.url,
    APPLICATION_URL: databases.application.url,
  }
  const child = spawn(process.execPath, [program], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  await eventually(() => expect(output).toContain('serving'))
  expect(await databases.connections(databases.tenantA)).toBeGreaterThan(0)
  child.kill('SIGTERM')
  const [code, signal] = await once(child, 'exit')
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' })
  expect(errors).toContain('TenantizeClose: Not everything closed in order: a: leases were held (1)')
  expect(errors + output).not.toContain(databases.tenantA.password)
  await eventually(async () => expect(await databases.connections(databases.tenantA)).toBe(0))
})
