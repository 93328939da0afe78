/** Where tables are, and which client serves them. */
export {
  createTableClients,
  type TableClient,
  type TableClients,
  type TableClientsOptions,
  type TenantClients,
  type UserDatabaseState,
} from './clients.ts'
export { type TableOwners, type TableRules, tableOwners } from './owners.ts'
export { readTableRules } from './read.ts'
export { createTableRouter, type TableRouter, type TableRouterOptions } from './router.ts'
