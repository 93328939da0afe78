/** `tenantize/runtime/pg`: a pool of `pg` for each tenant. */
export { type PgClientOptions, pgClients } from './clients.ts'
