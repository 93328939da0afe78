/** `tenantize/runtime/prisma`: Prisma 7 over a pool of `pg` for each tenant. */
import { driver } from '../driver.ts'
import { addressOf, mostConnections, openPool, type PoolOptions } from '../pg/open.ts'
import { endPool, type PoolHandle, terminatePool } from '../pg/pool.ts'
import type { ClientFactory } from '../types.ts'

/** What is needed of a generated client. */
export interface PrismaLike {
  $connect(): Promise<void>
  $disconnect(): Promise<void>
}

export interface PrismaClientsOptions<Client extends PrismaLike> extends PoolOptions {
  /** The client that `prisma generate` made for the tenants' schema. */
  readonly PrismaClient: new (
    // biome-ignore lint/suspicious/noExplicitAny: each generated client has option types of its own
    options: any,
  ) => Client
  /** What else the client is given: `log`, `omit`, `transactionOptions`. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Makes of each new client what requests are handed, such as `(client) => client.$extends(…)`. */
  readonly extend?: (client: Client) => Client
}

interface Shared<Client> extends PoolHandle {
  readonly made: Client
  readonly client: Client
}

/**
 * Makes a Prisma client for each tenant, for PostgreSQL. `?connection_limit=` and `?schema=` of the URL hold, which
 * Prisma 7 with adapter-pg ignores by itself. A client that was disposed of stays so: by itself, Prisma would connect again.
 */
export function prismaClients<Client extends PrismaLike>({
  PrismaClient,
  options,
  extend = (client) => client,
  ...pooling
}: PrismaClientsOptions<Client>): ClientFactory<Client, Shared<Client>> {
  return {
    name: 'prisma',
    connections: mostConnections,
    revoke: 'deep',
    async create(connection) {
      const { PrismaPg } = await driver('@prisma/adapter-pg', () => import('@prisma/adapter-pg'))
      const { schema } = addressOf(connection)
      const handle = await openPool(connection, pooling)
      const adapter = new PrismaPg(handle.pool, schema === undefined ? {} : { schema })
      const made = new PrismaClient({ ...options, adapter })
      return Object.assign(handle, { made, client: extend(made) })
    },
    open: ({ client }) => client,
    check: async ({ pool }) => {
      await pool.query('SELECT 1')
    },
    async dispose(shared) {
      await shared.made.$disconnect()
      await endPool(shared)
    },
    async terminate(shared) {
      await terminatePool(shared)
      await shared.made.$disconnect()
    },
  }
}
