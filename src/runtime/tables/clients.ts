import { ConfigurationError } from '../errors.ts'
import type { TableRouter } from './router.ts'

/** What a caller needs to know of a user's database. */
export interface UserDatabaseState {
  /** Whether the feature is on for the user. `true` where it is left out. */
  readonly isEnabled?: boolean
  /** Only `connected` is served from the user's own database. */
  readonly connectionStatus: string
}

export interface TableClient<Client> {
  readonly client: Client
  /** Whether the client is the one of the user's own database. */
  readonly isUserDb: boolean
}

/** What is needed of `createTenantDatabases`. */
export interface TenantClients<Client> {
  acquire(
    tenantId: string,
    options?: { readonly table?: string },
  ): Promise<{ readonly client: Client; readonly database: string; release(): void }>
  get(tenantId: string, options?: { readonly table?: string }): Promise<Client>
}

export interface TableClientsOptions<Client> {
  readonly router: Pick<TableRouter, 'isUserTable'>
  /** The client of the main database. */
  readonly main: () => Client
  /** The tenants' databases; the policy for those who have none is theirs (`fallback`). */
  readonly tenants: TenantClients<Client>
}

/** The functions of the Convex system: which client serves a table for a user. */
export interface TableClients<Client> {
  /**
   * With the user's state at hand: a user table of a user who is connected is served from their own database, everything
   * else from main.
   */
  getClientForTable(
    table: string,
    userId: string,
    state: UserDatabaseState | null | undefined,
  ): Promise<TableClient<Client>>
  /** Asks the directory for the user's state. */
  getServerClientForTable(table: string, userId: string): Promise<TableClient<Client>>
}

/** For clients that hold nothing open (HTTP). */
export function createTableClients<Client>({
  router,
  main,
  tenants,
}: TableClientsOptions<Client>): TableClients<Client> {
  const ofMain = (): TableClient<Client> => ({ client: main(), isUserDb: false })
  const ofUser = async (table: string, userId: string): Promise<TableClient<Client>> => {
    const lease = await tenants.acquire(userId, { table })
    const isUserDb = lease.database === 'tenant'
    lease.release()
    return isUserDb ? { client: await tenants.get(userId, { table }), isUserDb } : ofMain()
  }
  return {
    async getClientForTable(table, userId, state) {
      if (!router.isUserTable(table)) return ofMain()
      if (state === undefined)
        throw new ConfigurationError(
          'getClientForTable needs the state of the user, or null where there is none',
        )
      if (state === null || state.isEnabled === false || state.connectionStatus !== 'connected')
        return ofMain()
      return ofUser(table, userId)
    },
    async getServerClientForTable(table, userId) {
      return router.isUserTable(table) ? ofUser(table, userId) : ofMain()
    },
  }
}
