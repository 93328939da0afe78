/** The directory is down, slow, or comes back. */
import { describe, expect, it } from 'vitest'
import { TestClock } from '../support/clock.ts'
import { usePostgres } from '../support/postgres.ts'
import { ownerOf, setUp } from '../support/tenants.ts'

const databases = usePostgres()
const second = 1_000
const minute = 60 * second
const down = Object.assign(new Error('connect ECONNREFUSED postgres://app:canary-secret@10.0.0.1/app'), {
  code: 'ECONNREFUSED',
})

describe('while the directory is down', () => {
  it('a tenant that is not known is an outage, never a missing tenant', async () => {
    const { tenants, directory } = await setUp(databases)
    directory.failing = down
    const error = await tenants.acquire('a').catch((caught) => caught)
    expect(error).toMatchObject({
      code: 'DIRECTORY_UNAVAILABLE',
      retryable: true,
      cause: { code: 'ECONNREFUSED' },
    })
    expect(error.cause.message).toBe('connect ECONNREFUSED postgres://[secret]@10.0.0.1/app')
    directory.failing = undefined
    expect(await tenants.withTenant('a', ownerOf)).toBe('A')
  })

  it('a tenant that is known is served from what is known, for an hour', async () => {
    const clock = new TestClock()
    const { tenants, directory, of } = await setUp(databases, { clock, cache: { clientTtl: 600 * minute } })
    await tenants.withTenant('a', ownerOf)
    directory.failing = down
    for (let passed = 6; passed < 60; passed += 6) {
      await clock.pass(6 * minute)
      expect(await tenants.withTenant('a', ownerOf)).toBe('A')
    }
    expect(of('configuration-stale')).toHaveLength(9)
    expect(tenants.getCacheStats().created).toBe(1)
    await clock.pass(7 * minute)
    await expect(tenants.withTenant('a', ownerOf)).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' })
  })

  it('it is asked now and then, not by every request', async () => {
    const clock = new TestClock()
    const { tenants, directory } = await setUp(databases, { clock })
    await tenants.withTenant('a', ownerOf)
    directory.failing = down
    await clock.pass(6 * minute)
    for (let index = 0; index < 100; index++) await tenants.withTenant('a', ownerOf)
    expect(directory.lookups).toBe(2)
    await clock.pass(6 * second)
    await tenants.withTenant('a', ownerOf)
    expect(directory.lookups).toBe(3)
    directory.failing = undefined
    await directory.put('a', databases.tenantB.url)
    await clock.pass(6 * second)
    expect(await tenants.withTenant('a', ownerOf)).toBe('B')
  })

  it('a tenant that was suspended is not served', async () => {
    const clock = new TestClock()
    const { tenants, directory } = await setUp(databases, { clock })
    await directory.put('a', databases.tenantA.url, 'suspended')
    await expect(tenants.acquire('a')).rejects.toMatchObject({ code: 'TENANT_SUSPENDED' })
    directory.failing = down
    await clock.pass(10 * second)
    await expect(tenants.acquire('a')).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' })
  })

  it('what was cleared is not used', async () => {
    const { tenants, directory } = await setUp(databases)
    await tenants.withTenant('a', ownerOf)
    directory.failing = down
    tenants.clearTenantCache('a')
    await expect(tenants.withTenant('a', ownerOf)).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' })
  })

  it('nothing that is stale is used when that is set', async () => {
    const clock = new TestClock()
    const { tenants, directory } = await setUp(databases, { clock, cache: { staleTtl: 0 } })
    await tenants.withTenant('a', ownerOf)
    directory.failing = down
    await clock.pass(6 * minute)
    await expect(tenants.withTenant('a', ownerOf)).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' })
  })
})

it('a directory that hangs is an outage after some time, and one question for all', async () => {
  const { tenants, directory } = await setUp(databases, { limits: { lookupTimeout: 100 } })
  directory.gate = new Promise(() => {})
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => tenants.acquire('a')))
  expect(
    results.every((result) => result.status === 'rejected' && result.reason.code === 'DIRECTORY_UNAVAILABLE'),
  ).toBe(true)
  expect(directory.lookups).toBe(1)
})

it('a row that can not be read is not an outage: the tenant is refused although it was known', async () => {
  const clock = new TestClock()
  const { tenants, directory } = await setUp(databases, { clock })
  await tenants.withTenant('a', ownerOf)
  await directory.put('a', null)
  await clock.pass(6 * minute)
  await expect(tenants.withTenant('a', ownerOf)).rejects.toMatchObject({ code: 'CREDENTIAL', field: 'url' })
})
