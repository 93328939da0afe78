/** Which tenant is current. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  currentTenant,
  findCurrentTenant,
  InvalidTenantIdError,
  runWithoutTenant,
  runWithTenant,
  TenantContextError,
} from '../../../src/runtime/index.ts'
import { usePostgres } from '../support/postgres.ts'
import { ownerOf, setUp } from '../support/tenants.ts'

const databases = usePostgres()

describe('the current tenant', () => {
  it('is none outside, which is an error to ask for', () => {
    expect(findCurrentTenant()).toBeUndefined()
    expect(() => currentTenant()).toThrow(TenantContextError)
  })

  it('is the same in all that is called, awaited, or started', async () => {
    const seen = await runWithTenant('a', async () => {
      const timer = new Promise((resolve) => setTimeout(() => resolve(currentTenant()), 1))
      await null
      return [currentTenant(), await timer, await Promise.all([1, 2].map(async () => currentTenant()))]
    })
    expect(seen).toEqual(['a', 'a', ['a', 'a']])
    expect(findCurrentTenant()).toBeUndefined()
  })

  it('ends with an error too', () => {
    expect(() =>
      runWithTenant('a', () => {
        throw new Error('of the work')
      }),
    ).toThrow('of the work')
    expect(findCurrentTenant()).toBeUndefined()
  })

  it('may be named again, and not be another one unless that is said', () => {
    runWithTenant('a', () => {
      expect(runWithTenant('a', currentTenant)).toBe('a')
      expect(() => runWithTenant('b', currentTenant)).toThrow(TenantContextError)
      expect(runWithTenant('b', currentTenant, { nested: 'any' })).toBe('b')
      expect(runWithoutTenant(findCurrentTenant)).toBeUndefined()
      expect(currentTenant()).toBe('a')
    })
  })

  it('is a valid id', () => {
    expect(() => runWithTenant('', currentTenant)).toThrow(InvalidTenantIdError)
    expect(() => runWithTenant(undefined as never, currentTenant)).toThrow(InvalidTenantIdError)
  })

  it('is each one’s own, in any interleaving', async () => {
    const tenant = fc.constantFrom('a', 'b', 'c')
    const step = fc.record({ tenant, waits: fc.array(fc.nat(2), { maxLength: 4 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const request = ({ tenant, waits }: (typeof steps)[number]) =>
          runWithTenant(tenant, async () => {
            for (const wait of waits) {
              if (wait === 0) await null
              else
                await new Promise((resolve) => (wait === 1 ? setImmediate(resolve) : setTimeout(resolve, 0)))
              expect(currentTenant()).toBe(tenant)
            }
          })
        await Promise.all(steps.map(request))
        expect(findCurrentTenant()).toBeUndefined()
      }),
      { numRuns: 50 },
    )
  })
})

describe('withTenant', () => {
  it('makes its tenant the current one, through queries as well', async () => {
    const { tenants } = await setUp(databases)
    await tenants.withTenant('a', async (pool) => {
      expect(currentTenant()).toBe('a')
      await pool.query('SELECT 1')
      expect(currentTenant()).toBe('a')
      expect(await tenants.withTenant(currentTenant(), ownerOf)).toBe('A')
    })
    expect(findCurrentTenant()).toBeUndefined()
  })

  it('refuses another tenant inside, unless that is said', async () => {
    const { tenants, directory } = await setUp(databases)
    await tenants.withTenant('a', async () => {
      await expect(tenants.withTenant('b', ownerOf)).rejects.toThrow(TenantContextError)
      await expect(tenants.acquire('b')).rejects.toThrow(TenantContextError)
      expect(await tenants.withTenant('b', { nested: 'any' }, ownerOf)).toBe('B')
    })
    expect(directory.lookups).toBe(2)
  })

  it('keeps a thousand interleaved requests apart', async () => {
    const { tenants } = await setUp(databases)
    const request = (index: number) => {
      const tenant = index % 2 === 0 ? 'a' : 'b'
      return tenants.withTenant(tenant, async (pool) => {
        await pool.query('SELECT 1')
        return currentTenant() === tenant && (await ownerOf(pool)) === tenant.toUpperCase()
      })
    }
    const results = await Promise.all(Array.from({ length: 1_000 }, (_, index) => request(index)))
    expect(results.every(Boolean)).toBe(true)
  })
})
