/** Managers over real databases, and what they did. */
import pg from 'pg'
import { onTestFinished } from 'vitest'
import {
  type CreateOptions,
  createTenantDatabases,
  type Directory,
  type ManagerEvent,
  Secret,
  type TenantConfiguration,
  type TenantDatabases,
} from '../../../src/runtime/index.ts'
import { pgClients } from '../../../src/runtime/pg/index.ts'
import type { PoolHandle } from '../../../src/runtime/pg/pool.ts'
import type { Databases } from './postgres.ts'

/** The directory in the application database, which counts questions and may be made to fail or to wait. */
export class TableDirectory implements Directory {
  readonly name = 'table tenants'
  lookups = 0
  failing: Error | undefined
  /** What each question waits for. */
  gate: Promise<unknown> | undefined

  constructor(
    private readonly databases: Databases,
    readonly pool = new pg.Pool({ connectionString: databases.application.url, max: 2 }),
  ) {
    pool.on('error', () => {})
  }

  async lookup(tenantId: string): Promise<TenantConfiguration | null> {
    this.lookups++
    const { gate } = this
    const { rows } = await this.pool.query('SELECT * FROM tenants WHERE id = $1', [tenantId])
    await gate
    if (this.failing !== undefined) throw this.failing
    const [row] = rows
    if (row === undefined) return null
    return {
      tenantId: row.id,
      status: row.status,
      credentials: row.data_source_url === null ? {} : { url: new Secret(row.data_source_url) },
      pool: row.connection_pool_config,
      ...(row.tenant_id_in_data_source === null ? {} : { tenantIdInDatabase: row.tenant_id_in_data_source }),
    }
  }

  /** Writes a tenant's row. */
  async put(
    tenantId: string,
    url: string | null,
    status = 'active',
    pool: unknown = { max: 3 },
  ): Promise<void> {
    await this.databases.query(
      `INSERT INTO tenants (id, data_source_url, status, connection_pool_config) VALUES ($1, $2, $3, $4)
       ON CONFLICT (id) DO UPDATE SET data_source_url = $2, status = $3, connection_pool_config = $4`,
      this.databases.application.url,
      [tenantId, url, status, JSON.stringify(pool)],
    )
  }

  async remove(tenantId: string): Promise<void> {
    await this.databases.query('DELETE FROM tenants WHERE id = $1', this.databases.application.url, [
      tenantId,
    ])
  }

  async close(): Promise<void> {
    await this.pool.end()
  }
}

export type PgTenants = TenantDatabases<pg.Pool, PoolHandle>

export interface Setup {
  readonly tenants: PgTenants
  readonly directory: TableDirectory
  readonly events: ManagerEvent[]
  /** The events of one type. */
  of<T extends ManagerEvent['type']>(type: T): Extract<ManagerEvent, { type: T }>[]
}

/** A manager for tenants `a` and `b`, closed after the test. */
export async function setUp(
  databases: Databases,
  options: Partial<CreateOptions<pg.Pool, PoolHandle>> = {},
): Promise<Setup> {
  const directory = new TableDirectory(databases)
  await directory.put('a', databases.tenantA.url)
  await directory.put('b', databases.tenantB.url)
  const events: ManagerEvent[] = []
  const tenants = createTenantDatabases({
    directory,
    client: pgClients({ Pool: pg.Pool }),
    instrumentation: { event: (event) => void events.push(event) },
    closeOn: [],
    ...options,
  })
  onTestFinished(async () => {
    await tenants.close()
    if (!directory.pool.ended) await directory.pool.end()
  })
  return {
    tenants,
    directory,
    events,
    of: (type) => events.filter((event) => event.type === type) as never,
  }
}

/** Which database answers. */
export async function ownerOf(client: pg.Pool | pg.PoolClient): Promise<string> {
  const { rows } = await client.query('SELECT owner FROM accounts WHERE id = 1')
  return rows[0].owner
}
