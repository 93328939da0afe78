/** Changes in the directory reach the manager: notified, polled, or missed. */
import pg from 'pg'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  createTenantDatabases,
  type Directory,
  type DirectoryListener,
  dataSourceColumns,
  listenForChanges,
  type ManagerEvent,
  notifyTriggerSql,
  pollForChanges,
  postgresDirectory,
} from '../../../src/runtime/index.ts'
import { pgClients } from '../../../src/runtime/pg/index.ts'
import { TestClock } from '../support/clock.ts'
import { eventually } from '../support/eventually.ts'
import { usePostgres } from '../support/postgres.ts'
import { startProxy } from '../support/proxy.ts'
import { ownerOf, TableDirectory } from '../support/tenants.ts'

const databases = usePostgres()
const application = () => databases.application.url
const listener = () => new pg.Client({ connectionString: application(), application_name: 'listener' })

beforeAll(async () => {
  await databases.query(notifyTriggerSql(), application())
  // Again, as a migration that is repeated would.
  await databases.query(notifyTriggerSql(), application())
})

/** A manager whose directory reads the table and hears of changes in the way that is given. */
async function setUp(watch: (reading: Directory) => Partial<Directory>, clock?: TestClock) {
  const rows = new TableDirectory(databases)
  await rows.put('a', databases.tenantA.url)
  await rows.put('b', databases.tenantB.url)
  const columns = { ...dataSourceColumns, status: 'status' }
  const reading = postgresDirectory({ pool: rows.pool, columns })
  const events: ManagerEvent[] = []
  const tenants = createTenantDatabases({
    directory: { ...reading, ...watch(reading) },
    client: pgClients({ Pool: pg.Pool }),
    instrumentation: { event: (event) => void events.push(event) },
    closeOn: [],
    ...(clock === undefined ? {} : { clock }),
  })
  onTestFinished(async () => {
    await tenants.close()
    await rows.close()
  })
  return {
    tenants,
    rows,
    events,
    on: () => eventually(() => expect(tenants.getCacheStats().watch).toBe('on')),
  }
}

const listening = () => ({
  watch: listenForChanges({ client: listener, heartbeat: 5_000, retry: { first: 20, most: 100 } }),
})

describe('with LISTEN', () => {
  it('an update is seen at once', async () => {
    const { tenants, rows, on } = await setUp(listening)
    await on()
    expect(await tenants.withTenant('a', ownerOf)).toBe('A')
    await rows.put('a', databases.tenantB.url)
    await eventually(async () => expect(await tenants.withTenant('a', ownerOf)).toBe('B'))
  })

  it('a suspension takes the client away from nobody, but from the next request on', async () => {
    const { tenants, rows, events, on } = await setUp(listening)
    await on()
    const held = await tenants.acquire('a')
    await rows.put('a', databases.tenantA.url, 'suspended')
    // Without any request: the client drains because of the notification.
    await eventually(() => expect(tenants.getCacheStats().draining).toBe(1))
    await expect(tenants.withTenant('a', ownerOf)).rejects.toMatchObject({ code: 'TENANT_SUSPENDED' })
    expect(await ownerOf(held.client)).toBe('A')
    held.release()
    await eventually(() => expect(events.some(({ type }) => type === 'client-disposed')).toBe(true))
  })

  it('a deletion, a new tenant and a truncation are seen', async () => {
    const { tenants, rows, on } = await setUp(listening)
    await on()
    await tenants.withTenant('a', ownerOf)
    await rows.remove('a')
    await eventually(() =>
      expect(tenants.withTenant('a', ownerOf)).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' }),
    )
    await rows.put('a', databases.tenantA.url)
    await eventually(async () => expect(await tenants.withTenant('a', ownerOf)).toBe('A'))
    await databases.query('TRUNCATE tenants', application())
    await eventually(() =>
      expect(tenants.withTenant('a', ownerOf)).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' }),
    )
  })

  it('what happens while the connection is lost is seen when it is back', async () => {
    const { tenants, rows, events, on } = await setUp(listening)
    await on()
    expect(await tenants.withTenant('a', ownerOf)).toBe('A')
    await databases.query(`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'listener' AND datname = '${databases.application.name}'`)
    await rows.put('a', databases.tenantB.url)
    await eventually(() => expect(events.some(({ type }) => type === 'watch-lost')).toBe(true))
    await eventually(async () => expect(await tenants.withTenant('a', ownerOf)).toBe('B'))
    expect(events.filter(({ type }) => type === 'watch-restored')).toHaveLength(2)
    // And it listens again.
    await rows.put('a', databases.tenantA.url)
    await eventually(async () => expect(await tenants.withTenant('a', ownerOf)).toBe('A'))
  })

  it('a notification that never comes is made up for when the configuration expires', async () => {
    const clock = new TestClock()
    const { tenants, rows, on } = await setUp(listening, clock)
    await on()
    expect(await tenants.withTenant('a', ownerOf)).toBe('A')
    await databases.query('ALTER TABLE tenants DISABLE TRIGGER ALL', application())
    await rows.put('a', databases.tenantB.url)
    await databases.query('ALTER TABLE tenants ENABLE TRIGGER ALL', application())
    expect(await tenants.withTenant('a', ownerOf)).toBe('A')
    await clock.pass(6 * 60_000)
    expect(await tenants.withTenant('a', ownerOf)).toBe('B')
  })

  it('a directory that is down at the start is listened to when it is up', async () => {
    let up = false
    const down = () => new pg.Client({ host: '127.0.0.1', port: 1 })
    const { tenants, events, on } = await setUp(() => ({
      watch: listenForChanges({ client: () => (up ? listener() : down()), retry: { first: 10, most: 20 } }),
    }))
    await eventually(() =>
      expect(events.filter(({ type }) => type === 'watch-lost').length).toBeGreaterThan(1),
    )
    expect(tenants.getCacheStats().watch).toBe('lost')
    expect(await tenants.withTenant('a', ownerOf)).toBe('A')
    up = true
    await on()
  })

  it('a connection that is silent is given up, and changes are heard over a new one', async () => {
    const proxy = await startProxy(Number(new URL(application()).port))
    onTestFinished(() => proxy.close())
    const url = new URL(application())
    url.port = String(proxy.port)
    const client = () => new pg.Client({ connectionString: url.href })
    const { tenants, rows, events, on } = await setUp(() => ({
      watch: listenForChanges({ client, heartbeat: 200, retry: { first: 20, most: 100 } }),
    }))
    await on()
    expect(await tenants.withTenant('a', ownerOf)).toBe('A')
    proxy.stall()
    await rows.put('a', databases.tenantB.url)
    await eventually(() => expect(events.some(({ type }) => type === 'watch-lost')).toBe(true))
    await eventually(async () => expect(await tenants.withTenant('a', ownerOf)).toBe('B'))
    await on()
    // A connection that is silent does not hold up the end either.
    proxy.stall()
    expect(await tenants.close()).toMatchObject({ unfinished: [] })
  })

  it('stops with the manager, listening or not, and leaves no connection', async () => {
    const { tenants, on } = await setUp(listening)
    await on()
    await tenants.close()
    const count = `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE application_name = 'listener' AND datname = '${databases.application.name}'`
    expect((await databases.query(count)).rows[0].count).toBe(0)
    const never = await setUp(() => ({
      watch: listenForChanges({ client: () => new pg.Client({ host: '127.0.0.1', port: 1 }) }),
    }))
    expect(await never.tenants.close()).toMatchObject({ unfinished: [] })
  })
})

it('what is in doubt serves nobody before it was asked for again, and serves while the directory is down', async () => {
  let listener!: DirectoryListener
  const watch = async (given: DirectoryListener) => {
    listener = given
    return { stop: async () => {} }
  }
  const { tenants, rows, on } = await setUp(() => ({ watch }))
  await on()
  expect(await tenants.withTenant('a', ownerOf)).toBe('A')
  await rows.put('a', databases.tenantB.url)
  expect(await tenants.withTenant('a', ownerOf)).toBe('A')
  listener.reset('the test says so')
  expect(await tenants.withTenant('a', ownerOf)).toBe('B')
  await databases.query('ALTER TABLE tenants RENAME TO hidden', application())
  listener.reset('the test says so')
  expect(await tenants.withTenant('a', ownerOf)).toBe('B')
  await databases.query('ALTER TABLE hidden RENAME TO tenants', application())
})

describe('by polling', () => {
  const polling = (reading: Directory) => ({ watch: pollForChanges(reading, { interval: 20 }) })

  it('updates, deletions and new tenants are seen', async () => {
    const { tenants, rows, on } = await setUp(polling)
    await on()
    expect(await tenants.withTenant('a', ownerOf)).toBe('A')
    await expect(tenants.withTenant('c', ownerOf)).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' })
    await rows.put('a', databases.tenantB.url)
    await rows.put('c', databases.tenantA.url)
    await eventually(async () => expect(await tenants.withTenant('a', ownerOf)).toBe('B'))
    await eventually(async () => expect(await tenants.withTenant('c', ownerOf)).toBe('A'))
    await rows.remove('c')
    await eventually(() =>
      expect(tenants.withTenant('c', ownerOf)).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' }),
    )
  })

  it('what changed while it failed is seen when it works again', async () => {
    const { tenants, rows, events, on } = await setUp(polling)
    await on()
    expect(await tenants.withTenant('a', ownerOf)).toBe('A')
    await databases.query('ALTER TABLE tenants RENAME TO hidden', application())
    await eventually(() => expect(events.some(({ type }) => type === 'watch-lost')).toBe(true))
    await databases.query('ALTER TABLE hidden RENAME TO tenants', application())
    await rows.put('a', databases.tenantB.url)
    await eventually(async () => expect(await tenants.withTenant('a', ownerOf)).toBe('B'))
  })
})
