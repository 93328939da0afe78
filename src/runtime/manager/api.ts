/** What the manager is given, and what it is asked. */
import type { ClientFactory, Clock, Directory, Instrumentation, KeyRing, TenantConnection } from '../types.ts'
import type { FallbackPolicy } from './fallback.ts'
import type { TenantLease } from './lease.ts'
import type { CacheOptions, LimitOptions } from './options.ts'
import type { TenantIdCheck } from './tenant-id.ts'

export interface TenantDatabasesOptions<Client, Shared = Client> {
  readonly directory: Directory
  readonly client: ClientFactory<Client, Shared>
  /** Needed when the directory's credentials are encrypted. */
  readonly keys?: KeyRing
  /** The client of the main database, for the policy `fallback`. It stays the application's. */
  readonly main?: () => Client
  /** Whether the main database serves tenants without a database of their own. `never`. */
  readonly fallback?: FallbackPolicy
  readonly cache?: CacheOptions
  readonly limits?: LimitOptions
  /** Whether changes of the directory are heard at once, where it can tell them. True. */
  readonly watch?: boolean
  /** Whether a new client proves that it reaches its database, where it can. True, but for HTTP clients. */
  readonly check?: boolean
  readonly verify?: VerifyClient<Client>
  /** What a tenant's id may look like. */
  readonly validateTenantId?: TenantIdCheck
  readonly instrumentation?: Instrumentation | readonly Instrumentation[]
  readonly clock?: Clock
}

/**
 * Makes sure, once for each new client and before anybody gets it, that its database is this tenant's: by a row in it
 * that names its tenant, for instance. An address that was copied from another row is refused here.
 */
export type VerifyClient<Client> = (
  client: Client,
  connection: TenantConnection,
) => boolean | Promise<boolean>

export interface AcquireOptions {
  /** The table that the request is about, for the policy `fallback`. */
  readonly table?: string
  /** Gives up waiting. */
  readonly signal?: AbortSignal
  /** Allows another tenant than the current one. */
  readonly nested?: 'same' | 'any'
  /** How long the lease may be held, in milliseconds, instead of `limits.leaseDeadline`. */
  readonly deadline?: number
}

/** What is done with the tenant's client. The client is there until what this returns is settled. */
export type TenantWork<Client, T> = (client: Client, lease: TenantLease<Client>) => T | PromiseLike<T>
