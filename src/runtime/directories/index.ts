/** Where tenants are listed. */
export { companyColumns, dataSourceColumns, type TenantColumns } from './columns.ts'
export {
  type ConvexDirectoryOptions,
  type ConvexLike,
  convexDirectory,
  type UserDatabaseConfig,
} from './convex.ts'
export { databaseUrl } from './database-url.ts'
export { type FileDirectoryOptions, fileDirectory } from './file.ts'
export { type ListeningClient, type ListenOptions, listenForChanges } from './listen.ts'
export { type NotifyTriggerOptions, notifyTriggerSql } from './notify-trigger.ts'
export { type PollOptions, pollForChanges } from './poll.ts'
export { type PostgresDirectoryOptions, postgresDirectory, type Queryable } from './postgres.ts'
export { type PrismaDirectoryOptions, type PrismaModel, prismaDirectory } from './prisma.ts'
export type { Row, RowOptions } from './row.ts'
export type { CredentialStore, StoredTexts } from './store.ts'
export { type SupabaseDirectoryOptions, type SupabaseLike, supabaseDirectory } from './supabase.ts'
