/** Nobody loses a client that they hold; nobody keeps one for ever. */
import pg from 'pg'
import { describe, expect, it, vi } from 'vitest'
import { ClientDisposedError } from '../../../src/runtime/index.ts'
import { pgClients } from '../../../src/runtime/pg/index.ts'
import { TestClock } from '../support/clock.ts'
import { eventually } from '../support/eventually.ts'
import { usePostgres } from '../support/postgres.ts'
import { ownerOf, setUp } from '../support/tenants.ts'

const databases = usePostgres()
const minute = 60_000

async function sleeping(): Promise<number> {
  const { rows } = await databases.query(
    "SELECT count(*)::int AS count FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND datname = $1 AND state = 'active'",
    databases.admin,
    [databases.tenantA.name],
  )
  return rows[0].count
}

describe('a client that has to go', () => {
  it('finishes the query that runs', async () => {
    const { tenants, of } = await setUp(databases)
    const running = tenants.withTenant('a', (pool) => pool.query('SELECT pg_sleep(0.2), 42 AS answer'))
    await eventually(() => expect(tenants.getCacheStats().leases).toBe(1))
    tenants.clearTenantCache('a')
    expect((await running).rows[0].answer).toBe(42)
    await eventually(() => expect(of('client-disposed')).toHaveLength(1))
    await eventually(async () => expect(await databases.connections(databases.tenantA)).toBe(0))
  })

  it('finishes the transaction that is open', async () => {
    const { tenants } = await setUp(databases)
    await tenants.withTenant('a', async (pool) => {
      const client = await pool.connect()
      await client.query('BEGIN')
      await client.query("UPDATE accounts SET name = 'kept' WHERE id = 7")
      tenants.clearAllCaches()
      await new Promise((resolve) => setTimeout(resolve, 50))
      await client.query("UPDATE accounts SET name = 'kept' WHERE id = 8")
      await client.query('COMMIT')
      client.release()
    })
    const { rows } = await databases.query(
      "SELECT id FROM accounts WHERE name = 'kept'",
      databases.tenantA.url,
    )
    expect(rows).toHaveLength(2)
  })

  it('serves those who wait for one of its connections', async () => {
    const { tenants, directory } = await setUp(databases)
    await directory.put('a', databases.tenantA.url, 'active', { max: 1 })
    const queries = Array.from({ length: 10 }, (_, index) =>
      tenants.withTenant('a', async (pool) => {
        const { rows } = await pool.query('SELECT pg_sleep(0.03), $1::int AS index', [index])
        return rows[0].index
      }),
    )
    await eventually(() => expect(tenants.getCacheStats().leases).toBe(10))
    tenants.clearTenantCache('a')
    expect(await Promise.all(queries)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('serves who waits although the lease is over already', async () => {
    const { tenants, directory } = await setUp(databases)
    await directory.put('a', databases.tenantA.url, 'active', { max: 1 })
    const late: Promise<pg.QueryResult>[] = []
    // The work does not wait for its queries: the pool is asked to end while one runs and two wait.
    await tenants.withTenant('a', (pool) => {
      for (let index = 0; index < 3; index++) late.push(pool.query('SELECT pg_sleep(0.02), 1 AS one'))
    })
    tenants.clearTenantCache('a')
    const results = await Promise.all(late)
    expect(results.map(({ rows }) => rows[0].one)).toEqual([1, 1, 1])
  })

  it('is gone for a request that comes after', async () => {
    const { tenants, of } = await setUp(databases)
    const held = await tenants.acquire('a')
    tenants.clearTenantCache('a')
    expect(await tenants.withTenant('a', ownerOf)).toBe('A')
    expect(of('client-created')).toHaveLength(2)
    expect(tenants.getCacheStats()).toMatchObject({ clientCacheSize: 1, draining: 1, leases: 1 })
    held.release()
    await eventually(() => expect(tenants.getCacheStats()).toMatchObject({ draining: 0, leases: 0 }))
  })
})

it('a database that is dropped under a lease fails its queries, and the tenant is told so from then on', async () => {
  const { tenants, directory } = await setUp(databases)
  const dropped = await databases.create({ owner: 'dropped' })
  await directory.put('d', dropped.url)
  await tenants.withTenant('d', async (pool) => {
    expect(await ownerOf(pool)).toBe('dropped')
    await databases.query(`DROP DATABASE ${dropped.name} WITH (FORCE)`)
    await expect(ownerOf(pool)).rejects.toThrow()
  })
  await expect(tenants.check('d')).rejects.toMatchObject({ code: 'TENANT_UNREACHABLE' })
  tenants.clearTenantCache('d')
  await expect(tenants.acquire('d')).rejects.toMatchObject({
    code: 'TENANT_UNREACHABLE',
    cause: { code: '3D000' },
  })
  expect(await tenants.withTenant('a', ownerOf)).toBe('A')
  expect(await tenants.close()).toMatchObject({ unfinished: [] })
})

describe('a lease that is held too long', () => {
  it('is reported and taken away; others of the same client go on', async () => {
    const clock = new TestClock()
    const { tenants, of } = await setUp(databases, { clock })
    const forgotten = await tenants.acquire('a')
    const { client } = forgotten
    await clock.pass(4 * minute)
    const other = await tenants.acquire('a')
    await clock.pass(2 * minute)
    expect(of('lease-overdue')).toMatchObject([{ tenantId: 'a', forced: false }])
    expect(() => client.query('SELECT 1')).toThrow(ClientDisposedError)
    expect(await ownerOf(other.client)).toBe('A')
    other.release()
    forgotten.release()
    expect(tenants.getCacheStats()).toMatchObject({ leases: 0, idle: 1 })
  })

  it('does not keep a draining client: what it runs is cut', async () => {
    const clock = new TestClock()
    const { tenants, of } = await setUp(databases, { clock })
    const held = await tenants.acquire('a')
    const running = held.client.query('SELECT pg_sleep(60)').catch((error: Error) => error)
    await eventually(async () => expect(await sleeping()).toBe(1))
    tenants.clearTenantCache('a')
    await clock.pass(6 * minute)
    expect(of('lease-overdue')).toMatchObject([{ forced: true }])
    expect(await running).toBeInstanceOf(Error)
    await eventually(() => expect(of('client-disposed')).toHaveLength(1))
    expect(() => held.client).toThrow(ClientDisposedError)
    // The server was told as well; it would not notice by itself before the query ends.
    await eventually(async () => expect(await databases.connections(databases.tenantA)).toBe(0))
  })

  it('may be given more time', async () => {
    const clock = new TestClock()
    const { tenants, of } = await setUp(databases, { clock })
    await tenants.withTenant('a', { deadline: Number.POSITIVE_INFINITY }, async (pool) => {
      await clock.pass(50 * minute)
      expect(await ownerOf(pool)).toBe('A')
    })
    expect(of('lease-overdue')).toEqual([])
  })
})

describe('a disposal', () => {
  const factory = () => pgClients({ Pool: pg.Pool })

  it('that throws is reported, counted, and takes no room', async () => {
    const client = factory()
    const failing = {
      ...client,
      dispose: async (handle: Parameters<typeof client.dispose>[0]) => {
        await client.dispose(handle)
        throw new Error(`can't end ${databases.tenantA.url}`)
      },
    }
    const { tenants, of } = await setUp(databases, { client: failing, limits: { maxClients: 1 } })
    await tenants.withTenant('a', ownerOf)
    expect(await tenants.withTenant('b', ownerOf)).toBe('B')
    expect(tenants.getCacheStats()).toMatchObject({ disposeFailures: 1, clientCacheSize: 1, draining: 0 })
    const [failed] = of('dispose-failed')
    expect((failed!.error as Error).message).toBe("can't end [secret]")
    expect(of('client-disposed')).toHaveLength(1)
  })

  it('that throws at once is the same', async () => {
    const client = factory()
    const failing: typeof client = {
      ...client,
      dispose: () => {
        throw new Error('no')
      },
    }
    const { tenants, of } = await setUp(databases, { client: failing, limits: { maxClients: 1 } })
    await tenants.withTenant('a', ownerOf)
    expect(await tenants.withTenant('b', ownerOf)).toBe('B')
    expect(of('dispose-failed')).toHaveLength(1)
    // What could not be ended in order was ended by force.
    await eventually(async () => expect(await databases.connections(databases.tenantA)).toBe(0))
  })

  it('that never ends is ended by force', async () => {
    const client = factory()
    const hanging = { ...client, dispose: () => new Promise<void>(() => {}) }
    const limits = { maxClients: 1, disposeTimeout: 50 }
    const { tenants, of } = await setUp(databases, { client: hanging, limits })
    await tenants.withTenant('a', ownerOf)
    expect(await tenants.withTenant('b', ownerOf)).toBe('B')
    expect(of('dispose-failed')).toHaveLength(1)
    await eventually(async () => expect(await databases.connections(databases.tenantA)).toBe(0))
  })

  it('happens once, however often it is asked for', async () => {
    const client = factory()
    const dispose = vi.fn(client.dispose)
    const { tenants } = await setUp(databases, { client: { ...client, dispose } })
    await tenants.withTenant('a', ownerOf)
    tenants.clearTenantCache('a')
    tenants.clearAllCaches()
    await tenants.close()
    await tenants.close()
    expect(dispose).toHaveBeenCalledTimes(1)
  })
})

it('listeners that throw do not disturb requests', async () => {
  const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const { tenants } = await setUp(databases, {
    instrumentation: {
      event: () => {
        throw new Error('of the listener')
      },
    },
  })
  expect(await tenants.withTenant('a', ownerOf)).toBe('A')
  expect(warning).toHaveBeenCalled()
  await tenants.close()
  warning.mockRestore()
})

it('what surrounds the work sees each step and its tenant', async () => {
  const steps: string[] = []
  const { tenants } = await setUp(databases, {
    instrumentation: [
      {
        around: async ({ name, tenantId }, run) => {
          steps.push(`${name} ${tenantId}`)
          return run()
        },
      },
    ],
  })
  await tenants.withTenant('a', ownerOf)
  await tenants.withTenant('a', ownerOf)
  await tenants.close()
  expect(steps).toEqual(['with-tenant a', 'lookup a', 'create-client a', 'with-tenant a', 'dispose-client a'])
})
