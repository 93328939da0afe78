/** The clients of all tenants: at most one for each that is handed out, and those that drain. */
import { isTenantizeError, TenantUnreachableError } from '../errors.ts'
import { sanitize } from '../sanitize.ts'
import type { ClientFactory, Clock, DrainReason, TenantConnection } from '../types.ts'
import type { VerifyClient } from './api.ts'
import { Capacity } from './capacity.ts'
import { Creation } from './creation.ts'
import { TimeoutError } from './deadline.ts'
import { dispose } from './dispose.ts'
import type { Around, Emit } from './events.ts'
import type { LeaseSource } from './lease.ts'
import { LinkedList } from './linked-list.ts'
import type { CacheSettings, LimitSettings } from './options.ts'
import { Slot } from './slot.ts'

/** A client and what it was made of. */
export interface Entry<Client, Shared> extends LeaseSource<Client, Shared> {
  /** Of the connection: another one needs another client. */
  readonly fingerprint: string
  /** Of the configuration that was seen last. Several revisions may have the same connection. */
  revision: string
  readonly cost: number
  readonly expiresAt: number
}

export interface ClientsOptions<Client, Shared> {
  readonly factory: ClientFactory<Client, Shared>
  readonly cache: CacheSettings
  readonly limits: LimitSettings
  /** Whether a new client has to prove that it reaches its database. */
  readonly check: boolean
  readonly verify: VerifyClient<Client> | undefined
  readonly clock: Clock
  readonly emit: Emit | undefined
  readonly around: Around | undefined
}

export interface ClientCounters {
  created: number
  evictions: number
  disposed: number
  disposeFailures: number
}

export class Clients<Client, Shared> {
  readonly #options: ClientsOptions<Client, Shared>
  readonly #current = new Map<string, Entry<Client, Shared>>()
  /** Every client that is not gone, with its entry. */
  readonly #all = new Map<Slot<Shared>, Entry<Client, Shared>>()
  readonly #idle = new LinkedList<Slot<Shared>>()
  readonly capacity: Capacity
  readonly counters: ClientCounters = { created: 0, evictions: 0, disposed: 0, disposeFailures: 0 }
  #draining = 0
  /** Told of each disposal that failed. */
  failed: ((slot: Slot<Shared>) => void) | undefined

  constructor(options: ClientsOptions<Client, Shared>) {
    this.#options = options
    this.capacity = new Capacity(options.limits, options.clock, () => this.#evict())
  }

  /** How many clients are handed out. */
  get size(): number {
    return this.#current.size
  }

  get draining(): number {
    return this.#draining
  }

  /** Whether there is any client that is not gone. */
  get any(): boolean {
    return this.#all.size > 0
  }

  get idle(): number {
    return this.#idle.size
  }

  get leases(): number {
    let count = 0
    for (const slot of this.#all.keys()) count += slot.holders
    return count
  }

  current(tenantId: string): Entry<Client, Shared> | undefined {
    return this.#current.get(tenantId)
  }

  /** Every client that is not gone. */
  all(): Iterable<Slot<Shared>> {
    return this.#all.keys()
  }

  tenants(): Iterable<string> {
    return this.#current.keys()
  }

  fingerprint(connection: TenantConnection, otherwise: string): string {
    return this.#options.factory.fingerprint?.(connection) ?? otherwise
  }

  /**
   * Makes a client. It takes its place with `adopt`, or is given up with `reject`.
   *
   * @throws CapacityExceededError, CredentialError, TenantUnreachableError, or the signal's reason
   */
  async open(
    connection: TenantConnection,
    fingerprint: string,
    revision: string,
    signal: AbortSignal,
  ): Promise<{ readonly entry: Entry<Client, Shared>; readonly shared: Shared }> {
    const { factory, cache, clock, emit, around } = this.#options
    const { tenantId } = connection
    const cost = factory.connections(connection)
    await this.capacity.take(tenantId, cost, signal)
    if (signal.aborted) {
      this.capacity.giveBack(cost)
      throw signal.reason
    }
    const creation = new Creation(this.#options, connection)
    const slot = new Slot<Shared>(tenantId, this.#hooks)
    const spread = 1 + cache.jitter * (2 * clock.random() - 1)
    const expiresAt = clock.now() + cache.clientTtl * spread
    const entry = { slot, factory, connection, fingerprint, revision, cost, expiresAt }
    this.#all.set(slot, entry)
    const started = clock.now()
    try {
      const create = () => creation.run(signal)
      const shared = await (around === undefined
        ? create()
        : around({ name: 'create-client', tenantId }, create))
      emit?.({ type: 'client-created', tenantId, duration: clock.now() - started })
      this.counters.created++
      return { entry, shared }
    } catch (error) {
      this.capacity.leaving(cost)
      const abandon = () => {
        // Before the room is given back: who takes it must find the client gone.
        this.#all.delete(slot)
        slot.abandon()
        this.capacity.left(cost)
      }
      const over = creation.over()
      if (over === undefined) abandon()
      else over.then(abandon)
      if (signal.aborted) throw signal.reason
      const failure = this.unreachable(connection, error)
      emit?.({ type: 'client-failed', tenantId, duration: clock.now() - started, error: failure })
      throw failure
    }
  }

  /** From now on, the tenant's requests get this client. Another one that they got is drained. */
  adopt(entry: Entry<Client, Shared>, shared: Shared, reserved: number): void {
    const { tenantId } = entry.slot
    this.drain(tenantId, 'changed')
    this.#current.set(tenantId, entry)
    entry.slot.activate(shared, reserved)
  }

  /** A client that was made and is not wanted any more. */
  reject(entry: Entry<Client, Shared>, shared: Shared): void {
    entry.slot.activate(shared, 0)
    entry.slot.drain('changed')
  }

  drain(tenantId: string, reason: DrainReason): void {
    this.#current.get(tenantId)?.slot.drain(reason)
  }

  drainAll(reason: DrainReason): void {
    for (const { slot } of [...this.#current.values()]) slot.drain(reason)
  }

  /** Drains what has expired, and takes leases that are overdue. */
  sweep(now: number): void {
    const { clientIdleTtl } = this.#options.cache
    for (const { slot, expiresAt } of [...this.#current.values()]) if (expiresAt <= now) slot.drain('expired')
    for (let slot = this.#idle.first; slot !== undefined && slot.idleSince + clientIdleTtl <= now; ) {
      const { next } = slot
      slot.drain('expired')
      slot = next
    }
    for (const slot of [...this.#all.keys()]) this.#overdue(slot, now)
  }

  #overdue(slot: Slot<Shared>, now: number): void {
    for (const lease of [...slot.leases]) {
      if (lease.deadline > now) continue
      // Others may hold the same client, so only this lease ends. Once no lease is left, a draining client goes: it is
      // not waited for any more, and its connections are cut.
      const forced = slot.state === 'draining' && slot.holders === 1
      const { tenantId } = slot
      this.#options.emit?.({ type: 'lease-overdue', tenantId, age: now - lease.since, forced })
      if (forced) slot.force()
      else lease.release()
    }
  }

  /** What went wrong, without the credentials that a driver may have quoted. */
  unreachable(connection: TenantConnection, error: unknown): Error {
    if (isTenantizeError(error)) return error
    const reason = error instanceof TimeoutError ? error.message : 'its client could not be made'
    return new TenantUnreachableError(connection.tenantId, reason, {
      cause: sanitize(error, Object.values(connection.credentials)),
    })
  }

  #evict(): boolean {
    const slot = this.#idle.first
    if (slot === undefined) return false
    this.counters.evictions++
    slot.drain('evicted')
    return true
  }

  readonly #hooks = {
    idle: (slot: Slot<Shared>) => {
      slot.idleSince = this.#options.clock.now()
      this.#idle.append(slot)
      if (this.capacity.waiting > 0) this.capacity.settle()
    },
    busy: (slot: Slot<Shared>) => this.#idle.remove(slot),
    draining: (slot: Slot<Shared>) => {
      this.#draining++
      if (this.#current.get(slot.tenantId)?.slot === slot) this.#current.delete(slot.tenantId)
      this.#options.emit?.({
        type: 'client-draining',
        tenantId: slot.tenantId,
        reason: slot.reason!,
        leases: slot.holders,
      })
    },
    dispose: (slot: Slot<Shared>, forced: boolean) => this.#dispose(slot, forced),
    disposed: (slot: Slot<Shared>) => {
      const entry = this.#all.get(slot)
      if (entry === undefined) return
      this.#all.delete(slot)
      this.#draining--
      this.capacity.left(entry.cost)
    },
  }

  async #dispose(slot: Slot<Shared>, forced: boolean): Promise<void> {
    const { factory, limits, clock, emit, around } = this.#options
    const { tenantId, shared } = slot
    const { connection, cost } = this.#all.get(slot)!
    this.capacity.leaving(cost)
    for (const lease of slot.leases) lease.revoke()
    const started = clock.now()
    const end = () => dispose(factory, shared, forced, limits.disposeTimeout, clock)
    const failure = await (around === undefined
      ? end()
      : around({ name: 'dispose-client', tenantId }, end)
    ).catch((error: unknown) => error ?? new Error('disposal failed'))
    this.counters.disposed++
    if (failure !== undefined) {
      this.counters.disposeFailures++
      this.failed?.(slot)
      emit?.({
        type: 'dispose-failed',
        tenantId,
        error: sanitize(failure, Object.values(connection.credentials)),
      })
    }
    emit?.({ type: 'client-disposed', tenantId, reason: slot.reason!, duration: clock.now() - started })
  }
}
