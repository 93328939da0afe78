/** Limits hold at every moment, and idle clients make room. */
import { beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import type { Database } from '../support/postgres.ts'
import { usePostgres } from '../support/postgres.ts'
import { ownerOf, type Setup, setUp } from '../support/tenants.ts'

const databases = usePostgres()
const more: Database[] = []
const names = ['t0', 't1', 't2', 't3', 't4', 't5']

beforeAll(async () => {
  for (const owner of names) more.push(await databases.create({ name: owner, owner }))
})

async function withMore(options: Parameters<typeof setUp>[1]): Promise<Setup> {
  const setup = await setUp(databases, options)
  for (const [index, name] of names.entries()) await setup.directory.put(name, more[index]!.url)
  return setup
}

describe('the number of clients', () => {
  it('is never passed, while many tenants come in turns', async () => {
    const { tenants, of } = await withMore({ limits: { maxClients: 3, waitForRoom: 30_000 } })
    let most = 0
    const requests = Array.from({ length: 200 }, async (_, index) => {
      const name = names[(index * 7) % names.length]!
      expect(await tenants.withTenant(name, ownerOf)).toBe(name)
      const { clientCacheSize, draining } = tenants.getCacheStats()
      most = Math.max(most, clientCacheSize + draining)
    })
    await Promise.all(requests)
    expect(most).toBeLessThanOrEqual(3)
    expect(of('client-created').length).toBeGreaterThanOrEqual(names.length)
    expect(tenants.getCacheStats()).toMatchObject({ leases: 0, waiting: 0 })
  })

  it('makes the client leave that is idle longest', async () => {
    const { tenants, of } = await withMore({ limits: { maxClients: 3 } })
    for (const name of ['t0', 't1', 't2', 't0', 't3']) await tenants.withTenant(name, ownerOf)
    expect(of('client-draining')).toMatchObject([{ tenantId: 't1', reason: 'evicted' }])
    expect(tenants.getCacheStats()).toMatchObject({ evictions: 1, clientCacheSize: 3 })
  })

  it('never makes a client leave that somebody holds', async () => {
    const { tenants, of } = await withMore({ limits: { maxClients: 2 } })
    const first = await tenants.acquire('t0')
    const second = await tenants.acquire('t1')
    await expect(tenants.acquire('t2')).rejects.toMatchObject({
      code: 'CAPACITY_EXCEEDED',
      limit: 'maxClients',
      allowed: 2,
    })
    expect(of('client-draining')).toEqual([])
    expect(await ownerOf(first.client)).toBe('t0')
    second.release()
    expect(await tenants.withTenant('t2', ownerOf)).toBe('t2')
    expect(of('client-draining')).toMatchObject([{ tenantId: 't1' }])
    first.release()
  })

  it('rejects although a client is idle, when that is set', async () => {
    const { tenants } = await withMore({ limits: { maxClients: 1, whenFull: 'reject' } })
    await tenants.withTenant('t0', ownerOf)
    await expect(tenants.acquire('t1')).rejects.toMatchObject({ code: 'CAPACITY_EXCEEDED' })
    expect(await tenants.withTenant('t0', ownerOf)).toBe('t0')
  })

  it('lets requests wait for room in turn', async () => {
    const { tenants } = await withMore({ limits: { maxClients: 1, waitForRoom: 30_000 } })
    const held = await tenants.acquire('t0')
    const order: string[] = []
    const waiting: Promise<unknown>[] = []
    for (const name of ['t1', 't2', 't3']) {
      waiting.push(tenants.withTenant(name, async (client) => order.push(await ownerOf(client))))
      await eventually(() => expect(tenants.getCacheStats().waiting).toBe(waiting.length))
    }
    held.release()
    await Promise.all(waiting)
    expect(order).toEqual(['t1', 't2', 't3'])
  })

  it('lets them wait no longer than is set', async () => {
    const { tenants } = await withMore({ limits: { maxClients: 1, waitForRoom: 100 } })
    const held = await tenants.acquire('t0')
    const started = performance.now()
    await expect(tenants.acquire('t1')).rejects.toMatchObject({ code: 'CAPACITY_EXCEEDED' })
    expect(performance.now() - started).toBeGreaterThan(90)
    held.release()
    expect(tenants.getCacheStats().waiting).toBe(0)
  })

  it('forgets who gave up waiting', async () => {
    const { tenants } = await withMore({ limits: { maxClients: 1, waitForRoom: 30_000 } })
    const held = await tenants.acquire('t0')
    const waiting = tenants.acquire('t1')
    await eventually(() => expect(tenants.getCacheStats().waiting).toBe(1))
    tenants.clearTenantCache('t1')
    const closing = tenants.close()
    await expect(waiting).rejects.toMatchObject({ code: 'MANAGER_CLOSED' })
    held.release()
    expect(await closing).toMatchObject({ unfinished: [] })
    expect(tenants.getCacheStats()).toMatchObject({ waiting: 0, connections: 0 })
  })
})

describe('the number of connections', () => {
  it('makes pools smaller than they want to be', async () => {
    const { tenants, directory } = await withMore({ limits: { maxConnectionsPerTenant: 2 } })
    await directory.put('t0', more[0]!.url, 'active', { min: 4, max: 8 })
    await tenants.withTenant('t0', async (pool) => {
      const clients = [await pool.connect(), await pool.connect()]
      let third = false
      const waiting = pool.connect().then((client) => {
        third = true
        client.release()
      })
      await new Promise((resolve) => setTimeout(resolve, 30))
      expect(third).toBe(false)
      expect(await databases.connections(more[0]!)).toBe(2)
      for (const client of clients) client.release()
      await waiting
    })
    expect(tenants.getCacheStats().connections).toBe(2)
  })

  it('is limited over all tenants, in the server as well', async () => {
    const { tenants } = await withMore({ limits: { maxTotalConnections: 7, waitForRoom: 30_000 } })
    // Pools of three: two fit.
    let most = 0
    const count = 'SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = ANY($1)'
    const watching = setInterval(async () => {
      const { rows } = await databases.query(count, databases.admin, [more.map(({ name }) => name)])
      most = Math.max(most, rows[0].count)
    }, 25)
    const requests = Array.from({ length: 60 }, (_, index) =>
      tenants.withTenant(names[index % names.length]!, (pool) => pool.query('SELECT pg_sleep(0.005)')),
    )
    await Promise.all(requests)
    clearInterval(watching)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(6)
  })

  it('that one client needs may be more than there can ever be', async () => {
    const { tenants } = await withMore({ limits: { maxTotalConnections: 2 } })
    await expect(tenants.acquire('t0')).rejects.toMatchObject({
      code: 'CAPACITY_EXCEEDED',
      limit: 'maxTotalConnections',
    })
  })

  it('takes no room for a client that could not be made', async () => {
    const { tenants, directory } = await withMore({ limits: { maxClients: 1 } })
    await directory.put('gone', 'postgres://u:p@127.0.0.1:1/gone')
    for (let index = 0; index < 3; index++) {
      await expect(tenants.acquire('gone')).rejects.toMatchObject({ code: 'TENANT_UNREACHABLE' })
    }
    expect(tenants.getCacheStats()).toMatchObject({ connections: 0, clientCacheSize: 0 })
    expect(await tenants.withTenant('t0', ownerOf)).toBe('t0')
  })
})
