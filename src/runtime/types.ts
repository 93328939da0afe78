/** What the parts of the runtime tell each other. Every part is behind one of these interfaces. */
import type { Secret } from './secret.ts'

/**
 * Whether a tenant's database can be used. Only `active` can. `suspended` is a decision and always refused; the
 * others are a state (system 2's `pending | error | disconnected`) for which a policy may name the main database.
 */
export type TenantStatus = 'active' | 'suspended' | 'pending' | 'error' | 'disconnected'

/**
 * A credential as it is stored. `encrypted` is one text (`KeyRing` knows its forms) and `field` the name it is bound
 * to: the column that holds it. What is stored in the clear, or put together by the directory, is a `Secret`.
 */
export type StoredCredential = Secret | { readonly encrypted: string; readonly field: string }

/** What a directory knows of one tenant. Plain data; nothing in it is decrypted. */
export interface TenantConfiguration {
  /** The tenant's id in the application. */
  readonly tenantId: string
  readonly status: TenantStatus
  /**
   * By the names the client's factory asks for: `url` (also for Postgres and Convex, since a URL may hold a password),
   * `serviceKey`, `anonKey`, `deployKey`.
   */
  readonly credentials: Readonly<Record<string, StoredCredential>>
  /** The tenant's id inside its own database; without it, the same as `tenantId`. */
  readonly tenantIdInDatabase?: string
  readonly region?: string
  /** Size of the tenant's pool, in connections (`connection_pool_config` of system 1). */
  readonly pool?: { readonly min?: number; readonly max?: number }
  /** Whatever else a factory or a policy wants to know. Not secret: it may be shown. Part of the fingerprint. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
}

/** A configuration whose credentials are decrypted: what a client is made of. Lives in memory only. */
export interface TenantConnection {
  readonly tenantId: string
  readonly tenantIdInDatabase: string
  readonly credentials: Readonly<Record<string, Secret>>
  readonly region?: string
  readonly pool?: { readonly min?: number; readonly max?: number }
  readonly settings: Readonly<Record<string, string | number | boolean>>
}

/** Where tenants are listed: a table of the application database, the main deployment, a file. */
export interface Directory {
  /** For messages, such as `table tenants`. */
  readonly name: string
  /**
   * @returns the configuration, or null when there is no such tenant
   * @throws anything when the question could not be answered: an outage is never null
   */
  lookup(tenantId: string, options: { readonly signal: AbortSignal }): Promise<TenantConfiguration | null>
  /** All tenants, for operations over all of them, in the order of their ids. */
  list?(options: { readonly signal: AbortSignal }): AsyncIterable<TenantConfiguration>
  /**
   * Reports changes as they happen, until `stop`. Resolves when changes from now on are heard; while that fails, it
   * tries again until the signal says otherwise. It reconnects by itself and calls `reset` when changes may have been
   * missed. `listenForChanges` and `pollForChanges` (directories/) are ready to be used.
   */
  watch?(listener: DirectoryListener, options: { readonly signal: AbortSignal }): Promise<DirectoryWatch>
  /** Gives back what the directory itself opened. What was handed in stays open. */
  close?(): Promise<void>
}

export interface DirectoryListener {
  /** The tenant's configuration was inserted, updated or deleted. */
  changed(tenantId: string): void
  /** Changes may have been missed; everything that is cached is in doubt. */
  reset(reason: string): void
  /** Changes are not heard at present. A `reset` follows when they are again. */
  lost(error: unknown): void
}

export interface DirectoryWatch {
  stop(): Promise<void>
}

/** What decrypts credentials. `keys/` implements it; the manager only needs this much. */
export interface KeyRing {
  /**
   * @param encrypted text in any form the ring reads
   * @param context   what the text must be bound to, where its form binds it
   * @throws anything when it can't; the message holds neither key, ciphertext nor plaintext
   */
  decrypt(
    encrypted: string,
    context: { readonly tenantId: string; readonly field: string },
  ): string | Promise<string>
}

/**
 * Makes and disposes of the clients of one library. `Shared` is what is kept for a tenant (a pool, a URL and key),
 * `Client` what a request is handed.
 */
export interface ClientFactory<Client, Shared = Client> {
  /** For messages: `pg`, `prisma`. */
  readonly name: string
  /** True when a client holds nothing open (HTTP): only then can `get(id)` hand one out without a lease. */
  readonly stateless?: boolean
  /** The most connections one client of this tenant may open at a time; counted against the limits. 0 for HTTP. */
  connections(connection: TenantConnection): number
  /** Opens what is shared by the tenant's requests. Throws `CredentialError` for a credential it can't use. */
  create(connection: TenantConnection, options: { readonly signal: AbortSignal }): Shared | Promise<Shared>
  /** What one request is handed; without it, the shared client, behind a proxy that throws once it is disposed of. */
  open?(shared: Shared, connection: TenantConnection): Client
  /** Called once when no lease is left: ends connections in an orderly way. */
  dispose(shared: Shared): void | Promise<void>
  /** Called when a deadline has passed: cuts connections, whatever they do. Without it, `dispose`. */
  terminate?(shared: Shared): void | Promise<void>
  /** Asks the database for something small. Resolves when it answered. For `health()`, `connect` and `tenants check`. */
  check?(shared: Shared, options: { readonly signal: AbortSignal }): Promise<void>
  /**
   * Two connections with the same fingerprint are served by the same client. Without it, all that the connection
   * holds counts. Only for a factory that ignores a part, such as the anon key.
   */
  fingerprint?(connection: TenantConnection): string
  /**
   * How far the proxy around the client goes: its own members (`shallow`, the default), or objects reached through
   * members as well (`deep`: `prisma.user.findMany`), or no proxy, because the factory sees to it (`none`).
   */
  readonly revoke?: 'shallow' | 'deep' | 'none'
}

/** Time, so that tests can hold it. `now` is monotonic milliseconds: a change of the wall clock moves nothing. */
export interface Clock {
  now(): number
  /** Runs once after so many milliseconds, without keeping the process alive. Returns what cancels it. */
  after(milliseconds: number, run: () => void): () => void
  /** From 0 to below 1, for jitter. */
  random(): number
}

/** What happened, for metrics, spans and logs. Durations in milliseconds. Never holds a secret. */
export type ManagerEvent =
  | { readonly type: 'configuration-hit' | 'client-hit'; readonly tenantId: string }
  | {
      readonly type: 'configuration-loaded'
      readonly tenantId: string
      readonly outcome: 'found' | 'missing' | 'failed'
      readonly duration: number
    }
  | {
      readonly type: 'configuration-stale'
      readonly tenantId: string
      readonly age: number
      readonly error: unknown
    }
  | { readonly type: 'client-created'; readonly tenantId: string; readonly duration: number }
  | {
      readonly type: 'client-failed'
      readonly tenantId: string
      readonly duration: number
      readonly error: unknown
    }
  | {
      readonly type: 'client-draining'
      readonly tenantId: string
      readonly reason: DrainReason
      readonly leases: number
    }
  | {
      readonly type: 'client-disposed'
      readonly tenantId: string
      readonly reason: DrainReason
      readonly duration: number
    }
  | { readonly type: 'dispose-failed'; readonly tenantId: string; readonly error: unknown }
  | {
      readonly type: 'lease-overdue'
      readonly tenantId: string
      readonly age: number
      readonly forced: boolean
    }
  | { readonly type: 'rejected'; readonly tenantId: string; readonly error: unknown }
  | { readonly type: 'fallback'; readonly tenantId: string; readonly status: FallbackStatus }
  | { readonly type: 'cleared'; readonly tenantId: string | null; readonly reason: string }
  | { readonly type: 'watch-lost'; readonly error: unknown }
  | { readonly type: 'watch-restored' }
  | { readonly type: 'closed'; readonly unfinished: number }

/** Why a client is no longer handed out. */
export type DrainReason =
  | 'changed'
  | 'cleared'
  | 'expired'
  | 'evicted'
  | 'revoked'
  | 'unreachable'
  | 'forced'
  | 'closed'

/** The states for which a policy may name the main database. Never `suspended`, never an outage. */
export type FallbackStatus = 'missing' | 'pending' | 'error' | 'disconnected'

/** A piece of work of the manager, to be wrapped in a span. */
export interface ManagerOperation {
  readonly name: 'with-tenant' | 'lookup' | 'create-client' | 'dispose-client'
  readonly tenantId: string
}

/** Hears and surrounds what the manager does. What it throws is reported as a warning and changes nothing else. */
export interface Instrumentation {
  event?(event: ManagerEvent): void
  /** Must call `run` once and return what it returns. */
  around?<T>(operation: ManagerOperation, run: () => Promise<T>): Promise<T>
}
