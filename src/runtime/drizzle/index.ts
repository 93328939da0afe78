/** `tenantize/runtime/drizzle`: Drizzle over a pool of `pg` for each tenant. */
import type { DrizzleConfig } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'
import { driver } from '../driver.ts'
import { mostConnections, openPool, type PoolOptions } from '../pg/open.ts'
import { endPool, type PoolHandle, terminatePool } from '../pg/pool.ts'
import type { ClientFactory } from '../types.ts'

export interface DrizzleClientsOptions<Schema extends Record<string, unknown>> extends PoolOptions {
  /** What `drizzle()` is given beside the pool: the schema, the casing, a logger. */
  readonly drizzle?: DrizzleConfig<Schema>
}

export type DrizzleClient<Schema extends Record<string, unknown>> = NodePgDatabase<Schema> & {
  readonly $client: Pool
}

interface Shared<Schema extends Record<string, unknown>> extends PoolHandle {
  readonly database: DrizzleClient<Schema>
}

/** Makes a database object of Drizzle for each tenant; the pool under it is this library's to end. */
export function drizzleClients<Schema extends Record<string, unknown> = Record<string, never>>(
  options: DrizzleClientsOptions<Schema> = {},
): ClientFactory<DrizzleClient<Schema>, Shared<Schema>> {
  return {
    name: 'drizzle',
    connections: mostConnections,
    revoke: 'deep',
    async create(connection) {
      const { drizzle } = await driver('drizzle-orm', () => import('drizzle-orm/node-postgres'))
      const handle = await openPool(connection, options)
      const database = drizzle({ ...options.drizzle, client: handle.pool }) as DrizzleClient<Schema>
      return Object.assign(handle, { database })
    },
    open: ({ database }) => database,
    check: async ({ pool }) => {
      await pool.query('SELECT 1')
    },
    dispose: endPool,
    terminate: terminatePool,
  }
}
