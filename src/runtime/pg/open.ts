import type { Pool, PoolConfig } from 'pg'
import { driver } from '../driver.ts'
import { CredentialError } from '../errors.ts'
import type { TenantConnection } from '../types.ts'
import { type PoolHandle, trackPool } from './pool.ts'

/** What every client over a pool of `pg` may be given. */
export interface PoolOptions {
  /** `pg.Pool`, where it is another one than that of the package `pg`. */
  readonly Pool?: new (
    config: PoolConfig,
  ) => Pool
  /** What else the pool is given, such as `ssl` or `statement_timeout`. The connection's own settings win. */
  readonly config?: Omit<PoolConfig, 'connectionString' | 'max' | 'min'>
  /** Told of errors of idle connections, which `pg` reports to nobody in particular. Without it, they are dropped. */
  readonly onIdleError?: (tenantId: string, error: Error) => void
}

/** What a URL of Prisma says beside the address; `pg` would send it to the server, or ignore it. */
export interface UrlSettings {
  /** `?connection_limit=` */
  readonly connectionLimit?: number
  /** `?schema=` */
  readonly schema?: string
  /** `?pool_timeout=`, in milliseconds. */
  readonly poolTimeout?: number
}

export interface PoolAddress extends UrlSettings {
  /** Without the parameters above. */
  readonly url: string
}

/** The most connections of a tenant that says nothing. */
export const usualMax = 10

/**
 * The address of a tenant's database: the credential `databaseUrl` or, where the tenant has one URL only, `url`.
 * @throws CredentialError without a word of the URL
 */
export function addressOf({ tenantId, credentials }: TenantConnection): PoolAddress {
  const name = credentials.databaseUrl === undefined ? 'url' : 'databaseUrl'
  const text = credentials[name]?.reveal()
  if (text === undefined) throw new CredentialError(tenantId, name, 'it is missing')
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'postgres:' && url?.protocol !== 'postgresql:')
    throw new CredentialError(tenantId, name, 'it is not the URL of a Postgres database')
  const number = (parameter: string): number | undefined => {
    const value = url.searchParams.get(parameter)
    if (value === null) return undefined
    const parsed = Number(value)
    if (!Number.isInteger(parsed) || parsed < 0)
      throw new CredentialError(tenantId, name, `its parameter ${parameter} is not a number`)
    return parsed
  }
  const connectionLimit = number('connection_limit')
  const poolTimeout = number('pool_timeout')
  const schema = url.searchParams.get('schema') ?? undefined
  for (const parameter of ['connection_limit', 'pool_timeout', 'schema', 'pgbouncer', 'statement_cache_size'])
    url.searchParams.delete(parameter)
  return {
    url: url.href,
    ...(connectionLimit === undefined || connectionLimit === 0 ? {} : { connectionLimit }),
    ...(poolTimeout === undefined ? {} : { poolTimeout: poolTimeout * 1000 }),
    ...(schema === undefined ? {} : { schema }),
  }
}

/** The most connections that a tenant's pool may open: what its URL says, else its configuration. */
export function mostConnections(connection: TenantConnection): number {
  const { connectionLimit } = addressOf(connection)
  const most = connection.pool?.max ?? usualMax
  return connectionLimit === undefined
    ? most
    : Math.min(connectionLimit, connection.pool?.max ?? connectionLimit)
}

/** Opens a tenant's pool. Sessions begin in the schema of the URL, where it names one. */
export async function openPool(connection: TenantConnection, options: PoolOptions): Promise<PoolHandle> {
  const { url, poolTimeout, schema } = addressOf(connection)
  const Pool = options.Pool ?? (await driver('pg', () => import('pg'))).default.Pool
  const max = mostConnections(connection)
  const pool = new Pool({
    connectionTimeoutMillis: poolTimeout ?? 5_000,
    ...(schema === undefined ? {} : { options: `-c search_path=${searchPath(schema)}` }),
    ...options.config,
    connectionString: url,
    max,
    min: Math.min(connection.pool?.min ?? 0, max),
  })
  pool.on('error', (error) => options.onIdleError?.(connection.tenantId, error))
  return trackPool(pool)
}

/** A quoted name, as it may stand in the options of a connection: blanks and backslashes are escaped there. */
function searchPath(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`.replace(/[\\ ]/g, '\\$&')
}
