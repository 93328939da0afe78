/** `tenantize/runtime`: gives each request the client of its tenant's database. Imports nothing of the command line. */

export {
  currentTenant,
  findCurrentTenant,
  type RunWithTenantOptions,
  runWithoutTenant,
  runWithTenant,
} from './context.ts'
export {
  type DebugAnswer,
  type DebugEndpointOptions,
  debugEndpoint,
  type Health,
  type HealthOptions,
  health,
} from './debug/index.ts'
export {
  type ConvexDirectoryOptions,
  type ConvexLike,
  type CredentialStore,
  companyColumns,
  convexDirectory,
  databaseUrl,
  dataSourceColumns,
  type FileDirectoryOptions,
  fileDirectory,
  type ListeningClient,
  type ListenOptions,
  listenForChanges,
  type NotifyTriggerOptions,
  notifyTriggerSql,
  type PollOptions,
  type PostgresDirectoryOptions,
  type PrismaDirectoryOptions,
  type PrismaModel,
  pollForChanges,
  postgresDirectory,
  prismaDirectory,
  type Queryable,
  type Row,
  type RowOptions,
  type StoredTexts,
  type SupabaseDirectoryOptions,
  type SupabaseLike,
  supabaseDirectory,
  type TenantColumns,
  type UserDatabaseConfig,
} from './directories/index.ts'
export {
  CapacityExceededError,
  ClientDisposedError,
  ConfigurationError,
  CredentialError,
  DirectoryUnavailableError,
  type ErrorCode,
  InvalidTenantIdError,
  isTenantizeError,
  KeysUnavailableError,
  ManagerClosedError,
  TenantContextError,
  TenantError,
  TenantizeError,
  TenantNotFoundError,
  TenantNotProvisionedError,
  TenantSuspendedError,
  TenantUnreachableError,
} from './errors.ts'
export { type GuardMode, type GuardOptions, guard, WrongDatabaseError } from './guard/index.ts'
export {
  type AwsKmsClient,
  type AwsKmsOptions,
  awsKmsKeys,
  type CredentialKeys,
  createKeyRing,
  createKeySet,
  type EncryptionKey,
  EnvelopeError,
  type EnvelopeFormat,
  type EnvelopeProblem,
  type EnvironmentKeysOptions,
  environmentKeys,
  formatOf,
  type GcpKmsClient,
  type GcpKmsOptions,
  gcpKmsKeys,
  type JoinedFields,
  joinSplitFields,
  type KeyProvider,
  type KeySet,
  keyOf,
  type Opened,
  type OpenOptions,
  openColonText,
  openText,
  type Place,
  parseKey,
  readEnvironmentKeys,
  type SplitFields,
  sealColonText,
  sealText,
  splitFields,
  type WrappedKeys,
} from './keys/index.ts'
export type { AcquireOptions, TenantDatabasesOptions, TenantWork, VerifyClient } from './manager/api.ts'
export type { CloseReport, Unfinished } from './manager/close.ts'
export { type CreateOptions, createTenantDatabases } from './manager/create.ts'
export type { FallbackPolicy, FallbackRequest } from './manager/fallback.ts'
export type { TenantLease } from './manager/lease.ts'
export type { TenantDatabases } from './manager/manager.ts'
export type { CacheOptions, LimitOptions } from './manager/options.ts'
export { type Guarded, revocable } from './manager/revocable.ts'
export type { CacheStats } from './manager/stats.ts'
export { type TelemetryOptions, telemetry } from './observe/index.ts'
export { redact, sanitize } from './sanitize.ts'
export { Secret } from './secret.ts'
export {
  createTableClients,
  createTableRouter,
  readTableRules,
  type TableClient,
  type TableClients,
  type TableClientsOptions,
  type TableOwners,
  type TableRouter,
  type TableRouterOptions,
  type TableRules,
  tableOwners,
  type UserDatabaseState,
} from './tables/index.ts'
export type {
  ClientFactory,
  Clock,
  Directory,
  DirectoryListener,
  DirectoryWatch,
  DrainReason,
  FallbackStatus,
  Instrumentation,
  KeyRing,
  ManagerEvent,
  ManagerOperation,
  StoredCredential,
  TenantConfiguration,
  TenantConnection,
  TenantStatus,
} from './types.ts'
