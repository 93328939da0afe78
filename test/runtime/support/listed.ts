/** A directory in memory, for tests of clients. */
import { type Directory, Secret, type TenantConfiguration } from '../../../src/runtime/index.ts'

export function listed(
  tenants: Readonly<Record<string, Readonly<Record<string, string>>>>,
  more: Partial<TenantConfiguration> = {},
): Directory {
  return {
    name: 'a list',
    async lookup(tenantId) {
      const credentials = tenants[tenantId]
      if (!credentials) return null
      return {
        tenantId,
        status: 'active',
        credentials: Object.fromEntries(
          Object.entries(credentials).map(([name, text]) => [name, new Secret(text)]),
        ),
        ...more,
      }
    },
  }
}

/**
 * A thousand requests of two tenants at a time, in an order that changes: each must see its own database.
 * @returns the requests that did not
 */
export async function strangers(
  ownerFor: (tenantId: 'a' | 'b', id: number) => Promise<string>,
): Promise<string[]> {
  const requests = Array.from({ length: 1_000 }, async (_, number) => {
    const tenantId = (number * 7919) % 13 < 6 ? 'a' : 'b'
    if (number % 3 === 0) await new Promise((resolve) => setTimeout(resolve, number % 5))
    const owner = await ownerFor(tenantId, 1 + (number % 50))
    return owner === tenantId.toUpperCase() ? [] : [`request ${number} of ${tenantId} saw ${owner}`]
  })
  return (await Promise.all(requests)).flat()
}
