import { isTenantizeError } from '../errors.ts'

/** What health and the debug endpoint need of `createTenantDatabases`. */
export interface Observed {
  check(tenantId: string, options?: { readonly signal?: AbortSignal }): Promise<void>
  getCacheStats(): {
    readonly configCacheSize: number
    readonly clientCacheSize: number
    readonly hits: number
    readonly misses: number
    readonly watch: 'off' | 'lost' | 'on'
  }
  readonly closed: boolean
}

export interface HealthOptions {
  /** Tenants to be asked; none by default, because asking all of them is an operation (`tenantize tenants check`). */
  readonly tenants?: readonly string[]
  /** How long one tenant may take, in milliseconds. 3,000. */
  readonly timeout?: number
  /** How many are asked at a time. 8. */
  readonly concurrency?: number
}

export interface Health {
  /** `degraded`: some tenant can't be reached, or changes of the directory are not heard. */
  readonly status: 'ok' | 'degraded' | 'closed'
  /** Share of requests that found a client ready, from 0 to 1; null before the first. */
  readonly hitRate: number | null
  readonly watch: 'off' | 'lost' | 'on'
  readonly clients: number
  /** Tenants that were asked and did not answer, with the error's code. */
  readonly unreachable: readonly { readonly tenantId: string; readonly code: string }[]
}

/** For a readiness probe or an alert. Holds no address and no key. */
export async function health(
  tenants: Observed,
  { tenants: ids = [], timeout = 3_000, concurrency = 8 }: HealthOptions = {},
): Promise<Health> {
  const unreachable: { tenantId: string; code: string }[] = []
  const queue = [...ids]
  const worker = async (): Promise<void> => {
    for (let tenantId = queue.shift(); tenantId !== undefined; tenantId = queue.shift())
      try {
        await tenants.check(tenantId, { signal: AbortSignal.timeout(timeout) })
      } catch (error) {
        unreachable.push({ tenantId, code: isTenantizeError(error) ? error.code : 'TIMEOUT' })
      }
  }
  if (!tenants.closed) await Promise.all(Array.from({ length: Math.max(1, concurrency) }, worker))
  const { hits, misses, clientCacheSize, watch } = tenants.getCacheStats()
  return {
    status: tenants.closed ? 'closed' : unreachable.length > 0 || watch === 'lost' ? 'degraded' : 'ok',
    hitRate: hits + misses === 0 ? null : hits / (hits + misses),
    watch,
    clients: clientCacheSize,
    unreachable: unreachable.sort((a, b) => (a.tenantId < b.tenantId ? -1 : 1)),
  }
}
