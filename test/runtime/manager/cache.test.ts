/** How long something is believed. The databases are real, only time is the test's own. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { createKeyRing, createKeySet, parseKey } from '../../../src/runtime/index.ts'
import { TestClock } from '../support/clock.ts'
import { eventually } from '../support/eventually.ts'
import { usePostgres } from '../support/postgres.ts'
import { ownerOf, setUp } from '../support/tenants.ts'

const databases = usePostgres()
const second = 1_000
const minute = 60 * second

describe('a configuration', () => {
  it('is asked for again after five minutes, however often it was read meanwhile', async () => {
    const clock = new TestClock()
    const { tenants, directory } = await setUp(databases, { clock })
    for (let passed = 0; passed < 5; passed++) {
      await tenants.withTenant('a', ownerOf)
      await clock.pass(minute - 1)
    }
    expect(directory.lookups).toBe(1)
    await clock.pass(5)
    await tenants.withTenant('a', ownerOf)
    expect(directory.lookups).toBe(2)
    expect(tenants.getCacheStats().created).toBe(1)
  })

  it.each([
    ['earliest', 0, 4.5],
    ['latest', 1 - Number.EPSILON, 5.5],
  ])('expires at most a tenth of its time apart: %s', async (_, random, minutes) => {
    const clock = new TestClock()
    clock.random = () => random
    const { tenants, directory } = await setUp(databases, { clock })
    await tenants.withTenant('a', ownerOf)
    await clock.pass(minutes * minute - 10)
    await tenants.withTenant('a', ownerOf)
    expect(directory.lookups).toBe(1)
    await clock.pass(20)
    await tenants.withTenant('a', ownerOf)
    expect(directory.lookups).toBe(2)
  })

  it('that has changed gets a new client; the old one serves those who hold it', async () => {
    const clock = new TestClock()
    const { tenants, directory, of } = await setUp(databases, { clock })
    const old = await tenants.acquire('a', { deadline: 60 * minute })
    await directory.put('a', databases.tenantB.url)
    await clock.pass(6 * minute)
    expect(await tenants.withTenant('a', ownerOf)).toBe('B')
    expect(tenants.getCacheStats()).toMatchObject({ created: 2, draining: 1, clientCacheSize: 1 })
    expect(of('client-draining')).toMatchObject([{ reason: 'changed', leases: 1 }])
    expect(await ownerOf(old.client)).toBe('A')
    old.release()
    await eventually(() => expect(of('client-disposed')).toHaveLength(1))
    expect(tenants.getCacheStats()).toMatchObject({ draining: 0, clientCacheSize: 1 })
  })

  it('that is stored anew with another key, during load, keeps its client', async () => {
    const [old, fresh] = [0, 1].map(() => parseKey(randomBytes(32).toString('hex'))) as [never, never]
    const before = createKeyRing(createKeySet(old))
    const keys = createKeyRing(createKeySet(fresh, [old]))
    const place = { tenantId: 'a', field: 'data_source_url' }
    const { tenants, directory } = await setUp(databases, { keys })
    const lookup = directory.lookup.bind(directory)
    let encrypted = await before.encrypt(databases.tenantA.url, place)
    directory.lookup = async (tenantId) => {
      const found = await lookup(tenantId)
      return found && { ...found, credentials: { url: { encrypted, field: place.field } } }
    }
    const load = Array.from({ length: 300 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index))
      return tenants.withTenant('a', ownerOf)
    })
    setTimeout(async () => {
      encrypted = await keys.encrypt(databases.tenantA.url, place)
      await tenants.withTenant('a', () => undefined)
    }, 100)
    expect(new Set(await Promise.all(load))).toEqual(new Set(['A']))
    expect(tenants.getCacheStats().created).toBe(1)
    encrypted = await keys.encrypt(databases.tenantB.url, place)
    tenants.clearTenantCache('a')
    expect(await tenants.withTenant('a', ownerOf)).toBe('B')
  })

  it('that was read before it changed is not kept: whoever waits gets what holds now', async () => {
    const { tenants, directory } = await setUp(databases)
    let open!: () => void
    directory.gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const waiting = Array.from({ length: 10 }, () => tenants.withTenant('a', ownerOf))
    await eventually(() => expect(directory.lookups).toBe(1))
    await directory.put('a', databases.tenantB.url)
    directory.gate = undefined
    tenants.clearTenantCache('a')
    const late = tenants.withTenant('a', ownerOf)
    expect(new Set(await Promise.all([...waiting, late]))).toEqual(new Set(['B']))
    open()
    expect(directory.lookups).toBe(2)
    expect(await tenants.withTenant('a', ownerOf)).toBe('B')
  })

  it('that fails to be read and is wrong by then is read again', async () => {
    const { tenants, directory } = await setUp(databases)
    let fail!: (error: Error) => void
    directory.gate = new Promise<void>((_, reject) => {
      fail = reject
    })
    // It may fail before anybody waits for it.
    directory.gate.catch(() => {})
    const waiting = tenants.withTenant('a', ownerOf)
    await eventually(() => expect(directory.lookups).toBe(1))
    directory.gate = undefined
    tenants.clearTenantCache('a')
    fail(new Error('the directory went away'))
    expect(await waiting).toBe('A')
  })
})

describe('a tenant that is not served', () => {
  it('is known as missing for some seconds', async () => {
    const clock = new TestClock()
    const { tenants, directory } = await setUp(databases, { clock })
    for (let passed = 0; passed < 4; passed++) {
      await expect(tenants.acquire('new')).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' })
      await clock.pass(1.9 * second)
    }
    expect(directory.lookups).toBe(1)
    await directory.put('new', databases.tenantA.url)
    await clock.pass(second)
    expect(await tenants.withTenant('new', ownerOf)).toBe('A')
  })

  it('is asked for once by a thousand requests', async () => {
    const { tenants, directory } = await setUp(databases)
    const results = await Promise.allSettled(Array.from({ length: 1_000 }, () => tenants.acquire('nobody')))
    expect(results.every(({ status }) => status === 'rejected')).toBe(true)
    expect(directory.lookups).toBe(1)
  })

  it('does not push others from the cache, whatever ids are tried', async () => {
    const { tenants, directory } = await setUp(databases, {
      cache: { maxMissing: 50, maxConfigurations: 10 },
    })
    await tenants.withTenant('a', ownerOf)
    for (let index = 0; index < 200; index++) await tenants.acquire(`try-${index}`).catch(() => {})
    expect(tenants.getCacheStats()).toMatchObject({ missing: 50, configCacheSize: 1 })
    const before = directory.lookups
    await tenants.withTenant('a', ownerOf)
    expect(directory.lookups).toBe(before)
  })

  it('is suspended within seconds of the next question, and its client goes', async () => {
    const clock = new TestClock()
    const { tenants, directory, of } = await setUp(databases, { clock })
    await tenants.withTenant('a', ownerOf)
    await directory.put('a', databases.tenantA.url, 'suspended')
    await clock.pass(6 * minute)
    await expect(tenants.withTenant('a', ownerOf)).rejects.toMatchObject({ code: 'TENANT_SUSPENDED' })
    expect(of('client-draining')).toMatchObject([{ reason: 'revoked' }])
    await directory.put('a', databases.tenantA.url)
    await clock.pass(10 * second)
    expect(await tenants.withTenant('a', ownerOf)).toBe('A')
  })
})

describe('the number of configurations', () => {
  it('is limited; those that are read stay', async () => {
    const { tenants, directory } = await setUp(databases, { cache: { maxConfigurations: 10 } })
    for (let index = 0; index < 30; index++) {
      await directory.put(`t${index}`, null)
      await tenants.acquire(`t${index}`).catch(() => {})
      await tenants.withTenant('a', ownerOf)
    }
    expect(tenants.getCacheStats().configCacheSize).toBe(10)
    const before = directory.lookups
    await tenants.withTenant('a', ownerOf)
    expect(directory.lookups).toBe(before)
  }, 20_000)
})

describe('clearing', () => {
  it('one tenant leaves the other alone', async () => {
    const { tenants, directory } = await setUp(databases)
    await tenants.withTenant('a', ownerOf)
    await tenants.withTenant('b', ownerOf)
    tenants.clearTenantCache('a')
    expect(tenants.getCacheStats()).toMatchObject({ configCacheSize: 1, clientCacheSize: 1 })
    await tenants.withTenant('b', ownerOf)
    expect(directory.lookups).toBe(2)
    await tenants.withTenant('a', ownerOf)
    expect(directory.lookups).toBe(3)
    expect(tenants.getCacheStats().created).toBe(3)
  })

  it('all leaves nothing', async () => {
    const { tenants } = await setUp(databases)
    await tenants.withTenant('a', ownerOf)
    await tenants.withTenant('b', ownerOf)
    await tenants.acquire('nobody').catch(() => {})
    tenants.clearAllCaches()
    expect(tenants.getCacheStats()).toMatchObject({ configCacheSize: 0, clientCacheSize: 0, missing: 0 })
    expect(await tenants.withTenant('a', ownerOf)).toBe('A')
  })
})

describe('time', () => {
  it('removes what has expired, without a request, and then stands still', async () => {
    const clock = new TestClock()
    const { tenants, of } = await setUp(databases, { clock })
    await tenants.withTenant('a', ownerOf)
    expect(clock.timers).toBe(1)
    await clock.pass(62 * minute)
    await eventually(() => expect(of('client-disposed')).toMatchObject([{ reason: 'expired' }]))
    expect(tenants.getCacheStats()).toMatchObject({ configCacheSize: 0, clientCacheSize: 0, connections: 0 })
    await clock.pass(2 * minute)
    expect(clock.timers).toBe(0)
    expect(await tenants.withTenant('a', ownerOf)).toBe('A')
  })

  it('gives a busy tenant a new client after an hour', async () => {
    const clock = new TestClock()
    const { tenants } = await setUp(databases, { clock, cache: { sweepInterval: 1_000 * minute } })
    await tenants.withTenant('a', ownerOf)
    await clock.pass(61 * minute)
    await tenants.withTenant('a', ownerOf)
    expect(tenants.getCacheStats().created).toBe(2)
  })

  it('ends clients that are idle for long, when that is set', async () => {
    const clock = new TestClock()
    const { tenants, of } = await setUp(databases, { clock, cache: { clientIdleTtl: 2 * minute } })
    await tenants.withTenant('a', ownerOf)
    await using held = await tenants.acquire('b')
    await clock.pass(3 * minute)
    await eventually(() =>
      expect(of('client-disposed')).toMatchObject([{ tenantId: 'a', reason: 'expired' }]),
    )
    expect(await ownerOf(held.client)).toBe('B')
  })

  it('sets no timer for requests that find their client', async () => {
    const clock = new TestClock()
    const { tenants } = await setUp(databases, { clock })
    await tenants.withTenant('a', ownerOf)
    const before = clock.timers
    const leases = await Promise.all(Array.from({ length: 100 }, () => tenants.acquire('a')))
    expect(clock.timers).toBe(before)
    for (const lease of leases) lease.release()
  })

  it('that jumps ahead by a day expires everything and breaks nothing', async () => {
    const clock = new TestClock()
    const { tenants, of } = await setUp(databases, { clock })
    const held = await tenants.acquire('a')
    await tenants.withTenant('b', ownerOf)
    await clock.pass(24 * 60 * minute)
    expect(of('lease-overdue')).toMatchObject([{ tenantId: 'a' }])
    expect(() => held.client).toThrow('kept beyond its lease')
    await eventually(() => expect(tenants.getCacheStats()).toMatchObject({ clientCacheSize: 0, draining: 0 }))
    expect(await tenants.withTenant('a', ownerOf)).toBe('A')
    expect(await tenants.withTenant('b', ownerOf)).toBe('B')
  })

  it("is not the wall clock's: setting that moves nothing", async () => {
    const { tenants, directory } = await setUp(databases)
    await tenants.withTenant('a', ownerOf)
    const date = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 365 * 24 * 60 * minute)
    await tenants.withTenant('a', ownerOf)
    date.mockReturnValue(0)
    await tenants.withTenant('a', ownerOf)
    date.mockRestore()
    expect(directory.lookups).toBe(1)
    expect(tenants.getCacheStats().created).toBe(1)
  })
})
