import { enterTenant, expectTenant } from '../context.ts'
import { ConfigurationError, ManagerClosedError } from '../errors.ts'
import type { ClientFactory, Clock, Directory } from '../types.ts'
import type { AcquireOptions, TenantDatabasesOptions, TenantWork } from './api.ts'
import { Clients } from './clients.ts'
import { systemClock } from './clock.ts'
import { type CloseReport, closeAll } from './close.ts'
import { Configurations } from './configurations.ts'
import { within } from './deadline.ts'
import { type Around, type Emit, emitter, surround } from './events.ts'
import { checkPolicy } from './fallback.ts'
import { Lease, type TenantLease } from './lease.ts'
import { Leasing } from './leasing.ts'
import { Openings } from './openings.ts'
import { cacheSettings, type LimitSettings, limitSettings } from './options.ts'
import type { CacheStats } from './stats.ts'
import { type TenantIdCheck, usualTenantId, validTenantId } from './tenant-id.ts'
import { Upkeep } from './upkeep.ts'
import { Watch } from './watch.ts'

const nothing: AcquireOptions = {}

/** Gives each request the client of its tenant. Made by `createTenantDatabases`. */
export class TenantDatabases<Client, Shared = Client> {
  readonly #directory: Directory
  readonly #factory: ClientFactory<Client, Shared>
  readonly #limits: LimitSettings
  readonly #validId: TenantIdCheck
  readonly #clock: Clock
  readonly #emit: Emit | undefined
  readonly #around: Around | undefined
  readonly #configurations: Configurations
  readonly #clients: Clients<Client, Shared>
  readonly #leasing: Leasing<Client, Shared>
  readonly #upkeep: Upkeep<Client, Shared>
  readonly #watch: Watch | undefined
  readonly #closing = new AbortController()
  readonly #atClose: (() => void)[] = []
  #closed: Promise<CloseReport> | undefined

  /** @throws ConfigurationError for options that can't work */
  constructor(options: TenantDatabasesOptions<Client, Shared>) {
    const { directory, client, fallback = 'never', main, keys, verify, clock = systemClock } = options
    checkPolicy(fallback, main)
    const cache = cacheSettings(options.cache)
    const limits = limitSettings(options.limits)
    const instruments = [options.instrumentation ?? []].flat()
    const emit = emitter(instruments)
    const around = surround(instruments)
    const validId = options.validateTenantId ?? usualTenantId
    const closing = this.#closing.signal
    const configurations = new Configurations({
      directory,
      settings: cache,
      lookupTimeout: limits.lookupTimeout,
      clock,
      emit,
      closing,
      around: (tenantId, run) => (around === undefined ? run() : around({ name: 'lookup', tenantId }, run)),
      loaded: (tenantId, known) => this.#upkeep.loaded(tenantId, known),
    })
    const check = options.check ?? client.stateless !== true
    const clients = new Clients({ factory: client, cache, limits, check, verify, clock, emit, around })
    const { maxConnectionsPerTenant: maxConnections, leaseDeadline: deadline } = limits
    const now = () => clock.now()
    const openings = new Openings({ configurations, clients, keys, maxConnections, closing, now })
    const interval = Math.max(10, Math.min(cache.sweepInterval, deadline / 4))
    this.#directory = directory
    this.#factory = client
    this.#limits = limits
    this.#validId = validId
    this.#clock = clock
    this.#emit = emit
    this.#around = around
    this.#configurations = configurations
    this.#clients = clients
    const parts = { configurations, clients, openings, closing, clock, emit }
    this.#leasing = new Leasing({ ...parts, main, fallback, validId, deadline })
    this.#upkeep = new Upkeep({ ...parts, interval })
    if (directory.watch !== undefined && options.watch !== false) {
      this.#watch = new Watch(directory, this.#upkeep, emit)
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
    first: AcquireOptions | TenantWork<Client, T>,
    second?: TenantWork<Client, T>,
  ): Promise<T> {
    const options = second === undefined ? nothing : (first as AcquireOptions)
    const run = second ?? (first as TenantWork<Client, T>)
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
    return this.#leasing.now(tenantId, options) ?? (await this.#leasing.later(tenantId, options))
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
      return lease instanceof Lease ? (lease as Lease<Shared, Client>).detached() : lease.client
    } finally {
      lease.release()
    }
  }

  /** Forgets what is known of the tenant; the next request asks the directory and gets a new client. */
  clearTenantCache(tenantId: string): void {
    this.#upkeep.clear(tenantId, 'asked for')
  }

  clearAllCaches(): void {
    this.#upkeep.clearAll('asked for')
  }

  getCacheStats(): CacheStats {
    const { capacity, counters } = this.#clients
    return {
      configCacheSize: this.#configurations.size,
      clientCacheSize: this.#clients.size,
      missing: this.#configurations.missing,
      hits: this.#leasing.hits,
      misses: this.#leasing.misses,
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
      const { shared, connection } = lease as Lease<Shared, Client>
      const ask = (signal: AbortSignal) => factory.check!(shared, { signal })
      try {
        await within(this.#clock, this.#limits.createTimeout, 'the check', options.signal, ask)
      } catch (error) {
        throw options.signal?.aborted ? error : this.#clients.unreachable(connection, error)
      }
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
    const lease = this.#leasing.now(tenantId, options) ?? (await this.#leasing.later(tenantId, options))
    try {
      return await enterTenant(tenantId, any, run, lease.client, lease)
    } finally {
      lease.release()
    }
  }

  async #close(): Promise<CloseReport> {
    this.#closing.abort(new ManagerClosedError())
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
