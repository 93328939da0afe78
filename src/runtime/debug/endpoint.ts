import { isTenantizeError } from '../errors.ts'
import type { Directory } from '../types.ts'
import type { Observed } from './health.ts'

export interface DebugEndpointOptions<Client> {
  readonly tenants: Observed & {
    withTenant<T>(
      tenantId: string,
      run: (
        client: Client,
        lease: { readonly tenantIdInDatabase: string; readonly database: string },
      ) => Promise<T>,
    ): Promise<T>
  }
  readonly directory: Directory
  /** Off unless it is true: set it from the environment, for as long as somebody looks. */
  readonly enabled: boolean
  /** Who asks: the tenant of the session, or null to refuse. A tenant is only ever told about itself. */
  readonly authenticate: (request: Request) => Promise<{ readonly tenantId: string } | null>
  /** Counts some rows of the tenant. The id is the one that the tenant has inside its own database. */
  readonly count: (client: Client, tenantIdInDatabase: string) => Promise<number>
  /** How long all of it may take, in milliseconds. 10,000. */
  readonly timeout?: number
}

/** What the endpoint answers. No address, no key, no row, and of errors only their code. */
export interface DebugAnswer {
  readonly status: 'success' | 'error'
  readonly timestamp: string
  readonly tenantId: string
  readonly connectionInfo: {
    readonly status: string
    readonly region: string | null
    readonly poolConfig: { readonly min?: number; readonly max?: number } | null
    readonly hasUrl: boolean
    readonly hasServiceKey: boolean
    readonly hasAnonKey: boolean
  } | null
  readonly connectionTest: {
    readonly success: boolean
    readonly responseTimeMs: number
    readonly error?: string
  }
  readonly queryTest: { readonly success: boolean; readonly recordCount: number; readonly error?: string }
  readonly cacheStats: unknown
  readonly checks: {
    readonly hasConnectionInfo: boolean
    readonly canConnect: boolean
    readonly canQuery: boolean
    readonly cacheWorking: boolean
  }
}

/**
 * A handler for `GET /api/debug/tenant-connection`: `export const GET = debugEndpoint({ … })`.
 * Answers 404 while it is off, 401 for nobody, 200 with a `DebugAnswer`, also about a tenant that can't be reached.
 */
export function debugEndpoint<Client>(
  options: DebugEndpointOptions<Client>,
): (request: Request) => Promise<Response> {
  const json = (status: number, body: unknown) =>
    Response.json(body, { status, headers: { 'cache-control': 'no-store' } })
  return async (request) => {
    if (options.enabled !== true) return json(404, { error: 'Not found' })
    const asking = await options.authenticate(request).catch(() => null)
    if (!asking) return json(401, { error: 'Unauthorized' })
    return json(200, await answer(options, asking.tenantId))
  }
}

async function answer<Client>(
  { tenants, directory, count, timeout = 10_000 }: DebugEndpointOptions<Client>,
  tenantId: string,
): Promise<DebugAnswer> {
  const signal = AbortSignal.timeout(timeout)
  const known = await directory.lookup(tenantId, { signal }).catch(() => null)
  const started = performance.now()
  const connection = await outcome(() => tenants.check(tenantId, { signal }))
  const responseTimeMs = Math.round(performance.now() - started)
  const query = await outcome(() =>
    tenants.withTenant(tenantId, async (client, lease) =>
      lease.database === 'tenant'
        ? count(client, lease.tenantIdInDatabase)
        : Promise.reject(new Error('served by main')),
    ),
  )
  const cacheStats = tenants.getCacheStats()
  const has = (name: string) => known?.credentials[name] !== undefined
  const checks = {
    hasConnectionInfo: known !== null,
    canConnect: connection.success,
    canQuery: query.success,
    cacheWorking: cacheStats.configCacheSize > 0 || cacheStats.clientCacheSize > 0,
  }
  return {
    status: checks.hasConnectionInfo && checks.canConnect && checks.canQuery ? 'success' : 'error',
    timestamp: new Date().toISOString(),
    tenantId,
    connectionInfo: known && {
      status: known.status,
      region: known.region ?? null,
      poolConfig: known.pool ?? null,
      hasUrl: has('url'),
      hasServiceKey: has('serviceKey'),
      hasAnonKey: has('anonKey'),
    },
    connectionTest: { success: connection.success, responseTimeMs, ...problem(connection) },
    queryTest: { success: query.success, recordCount: query.value ?? 0, ...problem(query) },
    cacheStats,
    checks,
  }
}

interface Outcome<T> {
  readonly success: boolean
  readonly value?: T
  readonly error?: string
}

async function outcome<T>(run: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { success: true, value: await run() }
  } catch (error) {
    return { success: false, error: isTenantizeError(error) ? error.code : 'QUERY_FAILED' }
  }
}

const problem = ({ error }: Outcome<unknown>): { error?: string } => (error === undefined ? {} : { error })
