/** How a request comes to its lease. */
import { abortable } from '../abortable.ts'
import { ManagerClosedError } from '../errors.ts'
import type { Clock, TenantConfiguration } from '../types.ts'
import type { AcquireOptions } from './api.ts'
import type { Clients, Entry } from './clients.ts'
import type { Configurations } from './configurations.ts'
import type { Emit } from './events.ts'
import { type FallbackPolicy, mainLease, refusal } from './fallback.ts'
import { Lease, type TenantLease } from './lease.ts'
import { type Openings, tooFast } from './openings.ts'
import { type TenantIdCheck, validTenantId } from './tenant-id.ts'

export interface LeasingOptions<Client, Shared> {
  readonly configurations: Configurations
  readonly clients: Clients<Client, Shared>
  readonly openings: Openings<Client, Shared>
  readonly main: (() => Client) | undefined
  readonly fallback: FallbackPolicy
  readonly validId: TenantIdCheck
  /** How long a lease may be held when nothing else is said, in milliseconds. */
  readonly deadline: number
  readonly closing: AbortSignal
  readonly clock: Clock
  readonly emit: Emit | undefined
}

/** A lease that has to wait tries again when the client went meanwhile; not for ever. */
const rounds = 8

export class Leasing<Client, Shared> {
  readonly #options: LeasingOptions<Client, Shared>
  readonly #configurations: Configurations
  readonly #clients: Clients<Client, Shared>
  hits = 0
  misses = 0

  constructor(options: LeasingOptions<Client, Shared>) {
    this.#options = options
    this.#configurations = options.configurations
    this.#clients = options.clients
  }

  /** The usual case: everything is known and the client is there. Nothing is awaited, nothing is asked. */
  now(tenantId: string, options: AcquireOptions): Lease<Shared, Client> | undefined {
    const entry = this.#clients.current(tenantId)
    if (entry === undefined) return undefined
    const { clock, closing, emit } = this.#options
    const now = clock.now()
    const known = this.#configurations.fresh(tenantId, now)
    if (known === undefined || known.revision !== entry.revision || entry.expiresAt <= now) return undefined
    if (closing.aborted) return undefined
    const lease = this.#lease(entry, now, options)
    entry.slot.retain(lease as Lease<Shared>)
    this.hits++
    emit?.({ type: 'client-hit', tenantId })
    return lease
  }

  /** Every other case. @throws the errors of `acquire` */
  async later(tenantId: string, options: AcquireOptions): Promise<TenantLease<Client>> {
    const { validId, closing, emit } = this.#options
    validTenantId(tenantId, validId)
    this.misses++
    try {
      // Each round ends with a lease or an error, unless the configuration changed while the client was made.
      for (let left = rounds; left > 0; left--) {
        closing.throwIfAborted()
        const { configuration } = await abortable(this.#configurations.get(tenantId), options.signal)
        if (configuration?.status !== 'active') return this.#without(tenantId, options, configuration)
        const lease = this.now(tenantId, options) ?? (await this.#opened(tenantId, options))
        if (lease !== undefined) return lease
      }
      throw tooFast(tenantId)
    } catch (error) {
      const named = closing.aborted && !options.signal?.aborted ? new ManagerClosedError() : error
      emit?.({ type: 'rejected', tenantId, error: named })
      throw named
    }
  }

  /** Joins those who wait for the client. Undefined when it went, or was not wanted any more, meanwhile. */
  async #opened(tenantId: string, options: AcquireOptions): Promise<Lease<Shared, Client> | undefined> {
    const entry = await this.#options.openings.join(tenantId, options.signal)
    if (entry === undefined) return undefined
    const lease = this.#lease(entry, this.#options.clock.now(), options)
    return entry.slot.takeReserved(lease as Lease<Shared>) ? lease : undefined
  }

  #lease(entry: Entry<Client, Shared>, now: number, { deadline }: AcquireOptions): Lease<Shared, Client> {
    return new Lease(entry, now, now + (deadline ?? this.#options.deadline))
  }

  /** A tenant without a database that can be used. */
  #without(
    tenantId: string,
    { table }: AcquireOptions,
    configuration: TenantConfiguration | null,
  ): TenantLease<Client> {
    const { fallback, main, emit } = this.#options
    const answer = refusal(fallback, tenantId, table, configuration)
    if ('error' in answer) throw answer.error
    emit?.({ type: 'fallback', tenantId, status: answer.fallback })
    return mainLease(tenantId, main!())
  }
}
