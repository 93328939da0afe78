import type { Pool } from 'pg'
import type { ClientFactory } from '../types.ts'
import { mostConnections, openPool, type PoolOptions } from './open.ts'
import { endPool, type PoolHandle, terminatePool } from './pool.ts'

export type PgClientOptions = PoolOptions

/**
 * A `pg.Pool` for each tenant. Needs the credential `databaseUrl` or, where the tenant has one URL only, `url`.
 *
 * Use promises, not callbacks: with callbacks, a query that had to wait runs in the context of whoever made room for it.
 */
export function pgClients(options: PgClientOptions = {}): ClientFactory<Pool, PoolHandle> {
  return {
    name: 'pg',
    connections: mostConnections,
    create: (connection) => openPool(connection, options),
    open: ({ pool }) => pool,
    check: async ({ pool }) => {
      await pool.query('SELECT 1')
    },
    dispose: endPool,
    terminate: terminatePool,
  }
}
