/** What the directory said of each tenant, for as long as it may be believed. */
import { ConfigurationError, DirectoryUnavailableError, isTenantizeError } from '../errors.ts'
import { sanitize } from '../sanitize.ts'
import type { Clock, Directory, TenantConfiguration } from '../types.ts'
import { within } from './deadline.ts'
import type { Emit } from './events.ts'
import { fingerprint } from './fingerprint.ts'
import { type FlightWork, SingleFlight } from './flight.ts'
import type { CacheSettings } from './options.ts'

/** What is known of a tenant. */
export interface Known {
  /** Null: there is no such tenant. */
  readonly configuration: TenantConfiguration | null
  /** Two of the same tenant with the same revision hold the same. */
  readonly revision: string
  readonly loadedAt: number
  /** Until when it is used without asking again. */
  expiresAt: number
  /** Changes may have been missed: ask before the next use. */
  doubtful: boolean
  /** Read since it was last considered for removal. */
  used: boolean
}

export interface ConfigurationsOptions {
  readonly directory: Directory
  readonly settings: CacheSettings
  readonly lookupTimeout: number
  readonly clock: Clock
  readonly emit: Emit | undefined
  /** Aborted, with the reason for those who wait, when no more questions are asked. */
  readonly closing: AbortSignal
  /** Surrounds each lookup. */
  readonly around: <T>(tenantId: string, run: () => Promise<T>) => Promise<T>
  /** Told of each answer, before anybody else sees it. */
  readonly loaded: (tenantId: string, known: Known) => void
}

export class Configurations {
  readonly #options: ConfigurationsOptions
  readonly #flights = new SingleFlight<Known>()
  /** In the order in which they came. Those of missing tenants have a limit of their own. */
  readonly #found = new Map<string, Known>()
  readonly #missing = new Map<string, Known>()
  loads = 0

  constructor(options: ConfigurationsOptions) {
    this.#options = options
    options.closing.addEventListener('abort', () => this.#flights.invalidateAll(), { once: true })
  }

  /** How many tenants are known, without the missing. */
  get size(): number {
    return this.#found.size
  }

  get missing(): number {
    return this.#missing.size
  }

  /** What is known and needs no asking. */
  fresh(tenantId: string, now: number): Known | undefined {
    const known = this.#found.get(tenantId) ?? this.#missing.get(tenantId)
    if (known === undefined || known.expiresAt <= now || known.doubtful) return undefined
    known.used = true
    return known
  }

  /**
   * What is known, asking the directory when needed. Many who ask at a time are one lookup.
   *
   * @throws DirectoryUnavailableError when it did not answer and nothing that is known may be used
   */
  async get(tenantId: string): Promise<Known> {
    return this.fresh(tenantId, this.#options.clock.now()) ?? (await this.refresh(tenantId))
  }

  /** Asks the directory, whatever is known. */
  refresh(tenantId: string): Promise<Known> {
    return this.#flights.join(tenantId, this.#lookup(tenantId))
  }

  /** What was known is wrong. A lookup that runs starts over. */
  forget(tenantId: string): void {
    this.#found.delete(tenantId)
    this.#missing.delete(tenantId)
    this.#flights.invalidate(tenantId)
  }

  forgetAll(): void {
    this.#found.clear()
    this.#missing.clear()
    this.#flights.invalidateAll()
  }

  /** What was known may be wrong: it is asked for again, and used only if the directory is down then. */
  doubtAll(): void {
    for (const known of this.#found.values()) known.doubtful = true
    this.#missing.clear()
    this.#flights.invalidateAll()
  }

  /** Removes what can't be used any more, not even while the directory is down. */
  sweep(now: number): void {
    const { staleTtl } = this.#options.settings
    for (const [tenantId, known] of this.#found) {
      const last = isActive(known) ? Math.max(known.expiresAt, known.loadedAt + staleTtl) : known.expiresAt
      if (last <= now) this.#found.delete(tenantId)
    }
    for (const [tenantId, known] of this.#missing) if (known.expiresAt <= now) this.#missing.delete(tenantId)
  }

  #lookup(tenantId: string): FlightWork<Known> {
    const { directory, lookupTimeout, clock, emit, around, closing } = this.#options
    return {
      run: async (signal) => {
        closing.throwIfAborted()
        const started = clock.now()
        this.loads++
        try {
          const configuration = await around(tenantId, () =>
            within(clock, lookupTimeout, 'the lookup', signal, (timeout) =>
              directory.lookup(tenantId, { signal: timeout }),
            ),
          )
          if (configuration !== null && configuration.tenantId !== tenantId) throw wrongTenant(directory.name)
          const now = clock.now()
          const outcome = configuration === null ? 'missing' : 'found'
          emit?.({ type: 'configuration-loaded', tenantId, outcome, duration: now - started })
          return this.#known(configuration, now)
        } catch (error) {
          if (signal.aborted) throw error
          emit?.({
            type: 'configuration-loaded',
            tenantId,
            outcome: 'failed',
            duration: clock.now() - started,
          })
          return this.#stale(tenantId, error)
        }
      },
      commit: (known) => {
        // A stale one is in its place already.
        if (this.#found.get(tenantId) === known) return
        this.#keep(tenantId, known)
        this.#options.loaded(tenantId, known)
      },
      exhausted: () => new DirectoryUnavailableError(tenantId, directory.name),
    }
  }

  #known(configuration: TenantConfiguration | null, now: number): Known {
    const { configurationTtl, missingTtl, jitter } = this.#options.settings
    const ttl = configuration?.status === 'active' ? configurationTtl : missingTtl
    const spread = 1 + jitter * (2 * this.#options.clock.random() - 1)
    return {
      configuration,
      revision: configuration === null ? '' : fingerprint(configuration),
      loadedAt: now,
      expiresAt: now + ttl * spread,
      doubtful: false,
      used: false,
    }
  }

  /** What to go on with while the directory does not answer. Never for a tenant that was not active. */
  #stale(tenantId: string, error: unknown): Known {
    const { directory, settings, clock, emit } = this.#options
    // The directory did answer, and the answer can't be used.
    if (isTenantizeError(error) && error.code !== 'DIRECTORY_UNAVAILABLE') throw error
    const known = this.#found.get(tenantId)
    const now = clock.now()
    const age = known === undefined ? Number.POSITIVE_INFINITY : now - known.loadedAt
    if (known === undefined || !isActive(known) || age >= settings.staleTtl) {
      if (isTenantizeError(error)) throw error
      throw new DirectoryUnavailableError(tenantId, directory.name, { cause: sanitize(error) })
    }
    emit?.({ type: 'configuration-stale', tenantId, age, error: sanitize(error) })
    known.expiresAt = Math.max(known.expiresAt, now + settings.staleRetry)
    known.doubtful = false
    return known
  }

  #keep(tenantId: string, known: Known): void {
    this.#found.delete(tenantId)
    this.#missing.delete(tenantId)
    const { maxConfigurations, maxMissing } = this.#options.settings
    if (known.configuration === null) keepWithin(this.#missing, maxMissing, tenantId, known)
    else keepWithin(this.#found, maxConfigurations, tenantId, known)
  }
}

function isActive(known: Known): boolean {
  return known.configuration?.status === 'active'
}

/** Makes room by the clock algorithm: the oldest goes, but one that was read since gets a second chance. */
function keepWithin(entries: Map<string, Known>, most: number, tenantId: string, known: Known): void {
  while (entries.size >= most) {
    const [oldest, entry] = entries.entries().next().value!
    entries.delete(oldest)
    if (!entry.used) break
    entry.used = false
    entries.set(oldest, entry)
  }
  entries.set(tenantId, known)
}

/** Serving such an answer would hand one tenant the database of another. */
function wrongTenant(directory: string): ConfigurationError {
  return new ConfigurationError(
    `The directory "${directory}" was asked for one tenant and answered with another`,
  )
}
