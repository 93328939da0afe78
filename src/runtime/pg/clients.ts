import type { Pool, PoolConfig } from 'pg'
import { CredentialError } from '../errors.ts'
import type { ClientFactory, TenantConnection } from '../types.ts'
import { endPool, type PoolHandle, terminatePool, trackPool } from './pool.ts'

export interface PgClientOptions {
  /** `pg.Pool`: the application brings the driver. */
  readonly Pool: new (
    config: PoolConfig,
  ) => Pool
  /** What else the pool is given, such as `ssl` or `statement_timeout`. The connection's own settings win. */
  readonly config?: Omit<PoolConfig, 'connectionString' | 'max' | 'min'>
  /** Told of errors of idle connections, which `pg` reports to nobody in particular. Without it, they are dropped. */
  readonly onIdleError?: (tenantId: string, error: Error) => void
}

/**
 * A `pg.Pool` for each tenant. Needs the credential `databaseUrl` or, where the tenant has one URL only, `url`.
 *
 * Use promises, not callbacks: with callbacks, a query that had to wait runs in the context of whoever made room for it.
 */
export function pgClients(options: PgClientOptions): ClientFactory<Pool, PoolHandle> {
  return {
    name: 'pg',
    connections: ({ pool }) => pool?.max ?? 10,
    create: (connection) => {
      const { url, max, min } = settingsOf(connection)
      const pool = new options.Pool({
        connectionTimeoutMillis: 5_000,
        ...options.config,
        connectionString: url,
        max,
        min,
      })
      pool.on('error', (error) => options.onIdleError?.(connection.tenantId, error))
      return trackPool(pool)
    },
    open: ({ pool }) => pool,
    check: async ({ pool }) => {
      await pool.query('SELECT 1')
    },
    dispose: endPool,
    terminate: terminatePool,
  }
}

function settingsOf({ tenantId, credentials, pool }: TenantConnection) {
  const name = credentials.databaseUrl === undefined ? 'url' : 'databaseUrl'
  const url = credentials[name]?.reveal()
  if (url === undefined) throw new CredentialError(tenantId, name, 'it is missing')
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') {
    throw new CredentialError(tenantId, name, 'it is not the URL of a Postgres database')
  }
  return { url, max: pool?.max ?? 10, min: pool?.min ?? 0 }
}
