/**
 * The states of leases and clients against a model, and in any order in which lookups, creations and disposals may end.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  ClientDisposedError,
  createTenantDatabases,
  isTenantizeError,
  type TenantDatabases,
  type TenantLease,
} from '../../../src/runtime/index.ts'
import { TestClock, turn } from '../support/clock.ts'
import { type WatchedClient, World } from '../support/watched-clients.ts'

const minute = 60_000
const maxClients = 3
const deadline = 5 * minute

interface Held {
  readonly tenantId: string
  readonly version: number
  readonly until: number
  readonly lease: TenantLease<WatchedClient>
  readonly client: WatchedClient
}

/** What must be true, by what was done. */
interface Model {
  now: number
  held: Held[]
  closed: boolean
}

interface Real {
  readonly world: World
  readonly clock: TestClock
  readonly tenants: TenantDatabases<WatchedClient>
}

/** After every command: no breach, and the figures are the model's. */
async function check(model: Model, { world, tenants }: Real): Promise<void> {
  await turn()
  expect(world.breaches).toEqual([])
  const stats = tenants.getCacheStats()
  expect(stats.leases).toBe(model.held.length)
  expect(stats.clientCacheSize + stats.draining).toBe(world.open.size)
  expect(world.open.size).toBeLessThanOrEqual(maxClients)
  for (const { client, tenantId, version } of model.held) expect(client.use()).toEqual({ tenantId, version })
}

class Acquire implements fc.AsyncCommand<Model, Real> {
  constructor(readonly tenantId: string) {}
  check = () => true
  async run(model: Model, real: Real) {
    const { world, tenants, clock } = real
    const status = world.statuses.get(this.tenantId) ?? 'active'
    const result = await tenants.acquire(this.tenantId).catch((error: unknown) => error)
    if (isTenantizeError(result)) {
      const busy = new Set(model.held.map(({ client }) => client)).size
      const reasons = {
        MANAGER_CLOSED: model.closed,
        CAPACITY_EXCEEDED: busy >= maxClients,
        TENANT_SUSPENDED: status === 'suspended',
        TENANT_NOT_FOUND: status === 'missing',
        TENANT_UNREACHABLE: world.failCreation,
        DIRECTORY_UNAVAILABLE: world.failLookup,
      } as Record<string, boolean>
      // A negative answer may be some seconds old.
      const remembered = result.code === 'TENANT_SUSPENDED' || result.code === 'TENANT_NOT_FOUND'
      if (!remembered) expect([result.code, reasons[result.code]]).toEqual([result.code, true])
    } else {
      const lease = result as TenantLease<WatchedClient>
      expect(model.closed).toBe(false)
      const { client } = lease
      expect(client.tenantId).toBe(this.tenantId)
      client.held++
      const { version } = client
      model.held.push({ tenantId: this.tenantId, version, until: clock.now() + deadline, lease, client })
    }
    await check(model, real)
  }
  toString = () => `acquire ${this.tenantId}`
}

class Release implements fc.AsyncCommand<Model, Real> {
  constructor(readonly index: number) {}
  check = (model: Readonly<Model>) => model.held.length > 0
  async run(model: Model, real: Real) {
    const [held] = model.held.splice(this.index % model.held.length, 1)
    held!.client.held--
    held!.lease.release()
    // Once more: somebody else's lease must not end by it.
    held!.lease.release()
    expect(() => held!.lease.client).toThrow(ClientDisposedError)
    await check(model, real)
  }
  toString = () => `release ${this.index}`
}

/** Time passes; leases that are overdue are taken away. */
class Pass implements fc.AsyncCommand<Model, Real> {
  constructor(readonly milliseconds: number) {}
  check = (model: Readonly<Model>) => !model.closed
  async run(model: Model, real: Real) {
    const end = real.clock.now() + this.milliseconds
    // The manager looks every thirty seconds: in between, a lease may or may not be there. The model looks with it.
    while (real.clock.now() < end) {
      const next = Math.min(end, real.clock.now() + 1_000)
      for (const held of model.held) if (held.until <= next) held.client.held--
      const overdue = model.held.filter(({ until }) => until <= next)
      model.held = model.held.filter(({ until }) => until > next)
      for (const { lease } of overdue) lease.release()
      await real.clock.pass(next - real.clock.now())
    }
    await check(model, real)
  }
  toString = () => `pass ${this.milliseconds}`
}

/** Something that is done to the world or the manager, and changes nothing for those who hold a lease. */
class Do implements fc.AsyncCommand<Model, Real> {
  constructor(
    readonly what: string,
    readonly act: (real: Real) => void,
  ) {}
  check = () => true
  async run(model: Model, real: Real) {
    this.act(real)
    await check(model, real)
  }
  toString = () => this.what
}

class Close implements fc.AsyncCommand<Model, Real> {
  check = (model: Readonly<Model>) => !model.closed
  async run(model: Model, real: Real) {
    model.closed = true
    const report = real.tenants.close()
    await turn()
    // Those who hold a lease keep it until the time to close is over.
    await check(model, real)
    const holders = new Set(model.held.map(({ client }) => client))
    for (const client of holders) client.held = 0
    model.held = []
    await real.clock.pass(60_000)
    const { unfinished } = await report
    expect(unfinished.filter(({ reason }) => reason === 'leases were held')).toHaveLength(holders.size)
    expect(real.world.open.size).toBe(0)
    await check(model, real)
  }
  toString = () => 'close'
}

const tenant = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const commands = [
  tenant.map((tenantId) => new Acquire(tenantId)),
  tenant.map((tenantId) => new Acquire(tenantId)),
  fc.nat(9).map((index) => new Release(index)),
  fc.nat(9).map((index) => new Release(index)),
  fc.constantFrom(1_000, 20_000, 2 * minute, 6 * minute, 70 * minute).map((time) => new Pass(time)),
  tenant.map((id) => new Do(`clear ${id}`, ({ tenants }) => tenants.clearTenantCache(id))),
  fc.constant(new Do('clear all', ({ tenants }) => tenants.clearAllCaches())),
  tenant.map(
    (id) => new Do(`change ${id}`, ({ world }) => world.versions.set(id, (world.versions.get(id) ?? 0) + 1)),
  ),
  fc
    .tuple(tenant, fc.constantFrom('active' as const, 'suspended' as const, 'missing' as const))
    .map(([id, status]) => new Do(`${id} is ${status}`, ({ world }) => world.statuses.set(id, status))),
  fc
    .boolean()
    .map((fail) => new Do(`creation fails: ${fail}`, ({ world }) => void (world.failCreation = fail))),
  fc
    .boolean()
    .map((fail) => new Do(`disposal fails: ${fail}`, ({ world }) => void (world.failDisposal = fail))),
  fc.boolean().map((fail) => new Do(`lookup fails: ${fail}`, ({ world }) => void (world.failLookup = fail))),
  fc.constant(new Close()),
]

it('leases and clients are what the model says, whatever is done in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 60 }), async (sequence) => {
      const world = new World(maxClients)
      const clock = new TestClock()
      const { directory, factory: client } = world
      const tenants = createTenantDatabases({ directory, client, clock, closeOn: [], limits: { maxClients } })
      await fc.asyncModelRun(
        () => ({ model: { now: 0, held: [], closed: false } as Model, real: { world, clock, tenants } }),
        sequence,
      )
    }),
    { numRuns: 150 },
  )
}, 60_000)

it('no order of lookups, creations and disposals hands out a wrong, old or dead client, or loses a request', async () => {
  const action = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('request' as const), tenant, uses: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('change' as const), tenant }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('clear all' as const) }) },
  )
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(action, { maxLength: 25 }), async (scheduler, actions) => {
      const world = new World(maxClients, (what) => scheduler.schedule(Promise.resolve(), what))
      const { directory, factory: client } = world
      const limits = { maxClients, waitForRoom: 60_000 }
      const tenants = createTenantDatabases({ directory, client, closeOn: [], limits })
      const request = async (tenantId: string, uses: number) => {
        const least = world.versions.get(tenantId) ?? 0
        await tenants.withTenant(tenantId, async (client) => {
          client.held++
          for (let left = uses; left >= 0; left--) {
            const used = client.use()
            expect(used.tenantId).toBe(tenantId)
            // A request that came after a change never sees what was before.
            expect(used.version).toBeGreaterThanOrEqual(least)
            if (left > 0) await scheduler.schedule(Promise.resolve(), `use ${tenantId}`)
          }
          client.held--
        })
      }
      const running = actions.map(async (one, index) => {
        await scheduler.schedule(Promise.resolve(), `start ${index}`)
        if (one.do === 'request') return request(one.tenant, one.uses)
        if (one.do === 'clear all') return tenants.clearAllCaches()
        world.versions.set(one.tenant, (world.versions.get(one.tenant) ?? 0) + 1)
        tenants.clearTenantCache(one.tenant)
      })
      await scheduler.waitFor(Promise.all(running))
      expect(world.breaches).toEqual([])
      expect(tenants.getCacheStats()).toMatchObject({ leases: 0, waiting: 0 })
      const closing = tenants.close()
      await scheduler.waitFor(closing)
      expect((await closing).unfinished).toEqual([])
      expect(world.open.size).toBe(0)
    }),
    { numRuns: 200 },
  )
}, 60_000)
