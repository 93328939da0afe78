import { abortable } from '../abortable.ts'
import { enterTenant, expectTenant } from '../context.ts'
import { ConfigurationError, ManagerClosedError, TenantUnreachableError } from '../errors.ts'
import type {
  ClientFactory,
  Clock,
  Directory,
  Instrumentation,
  KeyRing,
  TenantConfiguration,
} from '../types.ts'
import { Clients, type Entry } from './clients.ts'
import { systemClock } from './clock.ts'
import { type CloseReport, closeAll } from './close.ts'
import { Configurations, type Known } from './configurations.ts'
import { connectionOf } from './connection.ts'
import { within } from './deadline.ts'
import { type Around, type Emit, emitter, surround } from './events.ts'
import { checkPolicy, type FallbackPolicy, mainLease, refusal } from './fallback.ts'
import { fingerprint } from './fingerprint.ts'
import { type FlightWork, SingleFlight } from './flight.ts'
import { guard, isObject, Lease, type TenantLease } from './lease.ts'
import {
  type CacheOptions,
  cacheSettings,
  type LimitOptions,
  type LimitSettings,
  limitSettings,
} from './options.ts'
import type { CacheStats } from './stats.ts'
import { type TenantIdCheck, usualTenantId, validTenantId } from './tenant-id.ts'
import { Watch } from './watch.ts'

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
  /** What a tenant's id may look like. */
  readonly validateTenantId?: TenantIdCheck
  readonly instrumentation?: Instrumentation | readonly Instrumentation[]
  readonly clock?: Clock
}

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

const nothing: AcquireOptions = {}

/** Gives each request the client of its tenant. Made by `createTenantDatabases`. */
export class TenantDatabases<Client, Shared = Client> {
  readonly #directory: Directory
  readonly #factory: ClientFactory<Client, Shared>
  readonly #keys: KeyRing | undefined
  readonly #main: (() => Client) | undefined
  readonly #fallback: FallbackPolicy
  readonly #limits: LimitSettings
  readonly #validId: TenantIdCheck
  readonly #clock: Clock
  readonly #emit: Emit | undefined
  readonly #around: Around | undefined
  readonly #configurations: Configurations
  readonly #clients: Clients<Client, Shared>
  readonly #openings = new SingleFlight<Opened<Client, Shared>>()
  readonly #watch: Watch | undefined
  readonly #closing = new AbortController()
  readonly #sweepEvery: number
  #cancelSweep: (() => void) | undefined
  #closed: Promise<CloseReport> | undefined
  readonly #atClose: (() => void)[] = []
  #hits = 0
  #misses = 0

  constructor(options: TenantDatabasesOptions<Client, Shared>) {
    const { directory, client, fallback = 'never', clock = systemClock } = options
    checkPolicy(fallback, options.main)
    const cache = cacheSettings(options.cache)
    const limits = limitSettings(options.limits)
    const instruments = [options.instrumentation ?? []].flat()
    this.#directory = directory
    this.#factory = client
    this.#keys = options.keys
    this.#main = options.main
    this.#fallback = fallback
    this.#limits = limits
    this.#validId = options.validateTenantId ?? usualTenantId
    this.#clock = clock
    this.#emit = emitter(instruments)
    this.#around = surround(instruments)
    const around = this.#around
    this.#configurations = new Configurations({
      directory,
      settings: cache,
      lookupTimeout: limits.lookupTimeout,
      clock,
      emit: this.#emit,
      closing: this.#closing.signal,
      around: (tenantId, run) => (around === undefined ? run() : around({ name: 'lookup', tenantId }, run)),
      loaded: (tenantId, known) => this.#loaded(tenantId, known),
    })
    this.#clients = new Clients({
      factory: client,
      cache,
      limits,
      check: options.check ?? client.stateless !== true,
      clock,
      emit: this.#emit,
      around,
    })
    this.#sweepEvery = Math.max(10, Math.min(cache.sweepInterval, limits.leaseDeadline / 4))
    if (directory.watch !== undefined && options.watch !== false) {
      this.#watch = new Watch(directory, this.#target, this.#emit)
    }
  }

  /**
   * Runs the function with the tenant's client. The lease ends when what the function returns is settled; the client
   * then throws when it is used. Inside, the tenant is the current one (`currentTenant`).
   *
   * @throws what the function throws, and the errors of `acquire`
   */
  withTenant<T>(tenantId: string, run: TenantWork<Client, T>): Promise<T>
  withTenant<T>(tenantId: string, options: AcquireOptions, run: TenantWork<Client, T>): Promise<T>
  withTenant<T>(
    tenantId: string,
    ...rest: [TenantWork<Client, T>] | [AcquireOptions, TenantWork<Client, T>]
  ): Promise<T> {
    const [options, run] = rest.length === 1 ? [nothing, rest[0]] : rest
    const around = this.#around
    if (around === undefined) return this.#withTenant(tenantId, options, run)
    return this.#observed(around, tenantId, () => this.#withTenant(tenantId, options, run))
  }

  /**
   * Leases the tenant's client until it is released: `await using lease = await tenants.acquire(id)`.
   *
   * @throws InvalidTenantIdError, TenantNotFoundError, TenantSuspendedError, TenantNotProvisionedError,
   * DirectoryUnavailableError, CredentialError, TenantUnreachableError, CapacityExceededError, ManagerClosedError,
   * TenantContextError; the signal's reason
   */
  async acquire(tenantId: string, options: AcquireOptions = nothing): Promise<TenantLease<Client>> {
    if (options.nested !== 'any') expectTenant(tenantId)
    return this.#leaseNow(tenantId, options) ?? (await this.#leaseLater(tenantId, options))
  }

  /**
   * The tenant's client without a lease, for clients that hold nothing open (HTTP). Don't keep it: what changes, and a
   * suspension, reaches only those who ask again.
   *
   * @throws the errors of `acquire`; ConfigurationError when this library's clients need a lease
   */
  async get(tenantId: string, options: Omit<AcquireOptions, 'deadline'> = nothing): Promise<Client> {
    if (this.#factory.stateless !== true) {
      throw new ConfigurationError(
        `Clients of ${this.#factory.name} hold connections: use withTenant or acquire`,
      )
    }
    const lease = await this.acquire(tenantId, options)
    try {
      if (!(lease instanceof Lease)) return lease.client
      const client = lease.unguarded() as Client
      if (this.#factory.revoke === 'none' || !isObject(client)) return client
      return guard(client, this.#factory, tenantId, () => {})
    } finally {
      lease.release()
    }
  }

  /** Forgets what is known of the tenant; the next request asks the directory and gets a new client. */
  clearTenantCache(tenantId: string): void {
    this.#configurations.forget(tenantId)
    this.#openings.invalidate(tenantId)
    this.#clients.drain(tenantId, 'cleared')
    this.#emit?.({ type: 'cleared', tenantId, reason: 'asked for' })
  }

  clearAllCaches(): void {
    this.#configurations.forgetAll()
    this.#openings.invalidateAll()
    this.#clients.drainAll('cleared')
    this.#emit?.({ type: 'cleared', tenantId: null, reason: 'asked for' })
  }

  getCacheStats(): CacheStats {
    const { capacity, counters } = this.#clients
    return {
      configCacheSize: this.#configurations.size,
      clientCacheSize: this.#clients.size,
      missing: this.#configurations.missing,
      hits: this.#hits,
      misses: this.#misses,
      loads: this.#configurations.loads,
      ...counters,
      leases: this.#clients.leases,
      idle: this.#clients.idle,
      draining: this.#clients.draining,
      connections: capacity.connections,
      waiting: capacity.waiting,
      watch: this.#watch?.state ?? 'off',
    }
  }

  /**
   * Asks the tenant's database for something small.
   *
   * @throws the errors of `acquire`; TenantUnreachableError when it does not answer
   */
  async check(tenantId: string, options: AcquireOptions = nothing): Promise<void> {
    const factory = this.#factory
    const lease = await this.acquire(tenantId, options)
    try {
      if (!(lease instanceof Lease) || factory.check === undefined) return
      const shared = lease.shared as Shared
      await within(this.#clock, this.#limits.createTimeout, 'the check', options.signal, (signal) =>
        factory.check!(shared, { signal }),
      )
    } catch (error) {
      if (options.signal?.aborted) throw error
      throw this.#clients.unreachable((lease as Lease<Shared>).connection, error)
    } finally {
      lease.release()
    }
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closed !== undefined
  }

  /**
   * Takes no more requests, waits for leases, disposes of all clients, and says what could not be closed. Leases that
   * are held longer than `limits.closeTimeout` are taken away and their connections cut.
   */
  close(): Promise<CloseReport> {
    return (this.#closed ??= this.#close())
  }

  /** Calls the function when all is closed. */
  onClose(run: () => void): void {
    this.#atClose.push(run)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close().then(() => undefined)
  }

  /** What surrounds the work is told the id, so the id has to be a valid one. */
  async #observed<T>(around: Around, tenantId: string, run: () => Promise<T>): Promise<T> {
    validTenantId(tenantId, this.#validId)
    return await around({ name: 'with-tenant', tenantId }, run)
  }

  async #withTenant<T>(tenantId: string, options: AcquireOptions, run: TenantWork<Client, T>): Promise<T> {
    const any = options.nested === 'any'
    if (!any) expectTenant(tenantId)
    const lease = this.#leaseNow(tenantId, options) ?? (await this.#leaseLater(tenantId, options))
    try {
      return await enterTenant(tenantId, () => run(lease.client, lease), any)
    } finally {
      lease.release()
    }
  }

  /** The usual case: everything is known and the client is there. Nothing is awaited, nothing is asked. */
  #leaseNow(tenantId: string, options: AcquireOptions): Lease<Shared, Client> | undefined {
    const entry = this.#clients.current(tenantId)
    if (entry === undefined || this.#closed !== undefined) return undefined
    const now = this.#clock.now()
    const known = this.#configurations.fresh(tenantId, now)
    if (known === undefined || known.revision !== entry.revision || entry.expiresAt <= now) return undefined
    const lease = this.#lease(entry, now, options)
    entry.slot.retain(lease as Lease<Shared>)
    this.#hits++
    this.#emit?.({ type: 'client-hit', tenantId })
    return lease
  }

  async #leaseLater(tenantId: string, options: AcquireOptions): Promise<TenantLease<Client>> {
    validTenantId(tenantId, this.#validId)
    this.#misses++
    this.#scheduleSweep()
    try {
      // Each round ends with a lease or an error, unless the configuration changed while the client was made.
      for (let left = 8; left > 0; left--) {
        this.#expectOpen()
        const known = await abortable(this.#configurations.get(tenantId), options.signal)
        if (known.configuration?.status !== 'active')
          return this.#refuse(tenantId, options, known.configuration)
        const lease = this.#leaseNow(tenantId, options) ?? (await this.#leaseOpened(tenantId, options))
        if (lease !== undefined) return lease
      }
      throw new TenantUnreachableError(tenantId, 'its configuration changes faster than a client can be made')
    } catch (error) {
      const named = this.#closed === undefined || options.signal?.aborted ? error : new ManagerClosedError()
      this.#emit?.({ type: 'rejected', tenantId, error: named })
      throw named
    }
  }

  /** Joins those who wait for the client. Undefined when it went, or was not wanted any more, meanwhile. */
  async #leaseOpened(tenantId: string, options: AcquireOptions): Promise<Lease<Shared, Client> | undefined> {
    const opening = this.#openings.join(tenantId, this.#open(tenantId))
    let opened: Opened<Client, Shared>
    try {
      opened = await abortable(opening, options.signal)
    } catch (error) {
      // A place was kept for this request.
      if (options.signal?.aborted)
        opening.then(({ entry }) => entry?.slot.takeReserved(undefined)).catch(() => {})
      throw error
    }
    const { entry } = opened
    if (entry === undefined) return undefined
    const lease = this.#lease(entry, this.#clock.now(), options)
    return entry.slot.takeReserved(lease as Lease<Shared>) ? lease : undefined
  }

  /** Makes the client that the tenant's configuration asks for, or keeps the one that is there. */
  #open(tenantId: string): FlightWork<Opened<Client, Shared>> {
    const clients = this.#clients
    return {
      run: async (signal) => {
        const stop = AbortSignal.any([signal, this.#closing.signal])
        const known = await abortable(this.#configurations.get(tenantId), stop)
        const { configuration, revision } = known
        if (configuration?.status !== 'active') return { entry: undefined }
        const connection = await abortable(
          connectionOf(configuration, this.#keys, this.#limits.maxConnectionsPerTenant),
          stop,
        )
        const print = clients.fingerprint(connection, fingerprint(connection))
        const current = clients.current(tenantId)
        if (current?.fingerprint === print && current.expiresAt > this.#clock.now()) {
          return { entry: current, revision }
        }
        return clients.open(connection, print, revision, stop)
      },
      commit: (opened, waiters) => {
        const { entry } = opened
        if (entry === undefined) return
        if ('shared' in opened) clients.adopt(entry, opened.shared, waiters)
        else {
          // Stored anew, with the same meaning: encrypted with another key, for instance.
          entry.revision = opened.revision
          entry.slot.reserve(waiters)
        }
      },
      discard: (opened) => {
        if ('shared' in opened) clients.reject(opened.entry, opened.shared)
      },
      exhausted: () =>
        new TenantUnreachableError(tenantId, 'its configuration changes faster than a client can be made'),
    }
  }

  #lease(entry: Entry<Client, Shared>, now: number, options: AcquireOptions): Lease<Shared, Client> {
    return new Lease(entry.slot, entry, now, now + (options.deadline ?? this.#limits.leaseDeadline))
  }

  #refuse(
    tenantId: string,
    { table }: AcquireOptions,
    configuration: TenantConfiguration | null,
  ): TenantLease<Client> {
    const answer = refusal(this.#fallback, tenantId, table, configuration)
    if ('error' in answer) throw answer.error
    this.#emit?.({ type: 'fallback', tenantId, status: answer.fallback })
    return mainLease(tenantId, this.#main!())
  }

  /** Sees every answer of the directory: a tenant that may not be served any more loses its client. */
  #loaded(tenantId: string, { configuration }: Known): void {
    if (configuration?.status !== 'active') {
      this.#openings.invalidate(tenantId)
      this.#clients.drain(tenantId, 'revoked')
    }
  }

  readonly #target = {
    changed: (tenantId: string) => {
      this.#configurations.forget(tenantId)
      this.#openings.invalidate(tenantId)
      this.#emit?.({ type: 'cleared', tenantId, reason: 'changed in the directory' })
      // A client that is in use must not outlive a suspension until somebody asks for it again.
      if (this.#clients.current(tenantId) !== undefined) this.#revalidate(tenantId)
    },
    reset: (reason: string) => {
      this.#configurations.doubtAll()
      this.#emit?.({ type: 'cleared', tenantId: null, reason })
      for (const tenantId of this.#clients.tenants()) this.#revalidate(tenantId)
    },
  }

  #revalidate(tenantId: string): void {
    if (this.#closed !== undefined) return
    // Whoever asks next hears of an error.
    this.#configurations.refresh(tenantId).catch(() => {})
  }

  #expectOpen(): void {
    if (this.#closed !== undefined) throw new ManagerClosedError()
  }

  /** The timer runs only while there is something to look after. */
  #scheduleSweep(): void {
    if (this.#cancelSweep !== undefined || this.#closed !== undefined) return
    this.#cancelSweep = this.#clock.after(this.#sweepEvery, () => {
      this.#cancelSweep = undefined
      this.#sweep()
      const left = this.#clients.all()[Symbol.iterator]().next().done !== true
      if (left || this.#configurations.size + this.#configurations.missing > 0) this.#scheduleSweep()
    })
  }

  #sweep(): void {
    const now = this.#clock.now()
    this.#configurations.sweep(now)
    this.#clients.sweep(now)
  }

  async #close(): Promise<CloseReport> {
    this.#cancelSweep?.()
    this.#closing.abort(new ManagerClosedError())
    this.#openings.invalidateAll()
    const report = await closeAll({
      clients: this.#clients,
      limits: this.#limits,
      clock: this.#clock,
      others: [() => this.#watch?.stop(), () => this.#directory.close?.()],
    })
    for (const run of this.#atClose) run()
    this.#emit?.({ type: 'closed', unfinished: report.unfinished.length })
    return report
  }
}

export type TenantWork<Client, T> = (client: Client, lease: TenantLease<Client>) => T | PromiseLike<T>

/** What opening came to: a new client, the one that was there, or none because the tenant is not active any more. */
type Opened<Client, Shared> =
  | { readonly entry: Entry<Client, Shared>; readonly shared: Shared }
  | { readonly entry: Entry<Client, Shared>; readonly revision: string }
  | { readonly entry: undefined }
