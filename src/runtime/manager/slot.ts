/**
 * One client of one tenant, and who holds it.
 *
 *     opening → active → draining → disposing → disposed
 *
 * `active` is handed out. `draining` is not any more and waits for the last lease. Each client is disposed of once.
 */
import type { DrainReason } from '../types.ts'
import type { Lease } from './lease.ts'
import { type Linked, LinkedList } from './linked-list.ts'

export type SlotState = 'opening' | 'active' | 'draining' | 'disposing' | 'disposed'

export interface SlotHooks<Shared> {
  /** Nobody holds it now; it may be evicted. */
  idle(slot: Slot<Shared>): void
  /** It is held again, or not handed out any more. */
  busy(slot: Slot<Shared>): void
  draining(slot: Slot<Shared>): void
  /** The last lease is gone: ends the client. Never rejects. Resolves when the client is gone, however it went. */
  dispose(slot: Slot<Shared>, forced: boolean): Promise<void>
  disposed(slot: Slot<Shared>): void
}

export class Slot<Shared> implements Linked<Slot<Shared>> {
  readonly #hooks: SlotHooks<Shared>
  #state: SlotState = 'opening'
  #shared: Shared | undefined
  /** Requests that waited for the client and have not taken up their lease yet. */
  #reserved = 0
  readonly #leases = new LinkedList<Lease<Shared>>()
  #reason: DrainReason | undefined
  #disposal: Promise<void> | undefined
  #gone!: () => void
  /** Resolves when the client is disposed of. */
  readonly gone: Promise<void>
  /** Neighbours in the list of idle clients. */
  previous: Slot<Shared> | undefined
  next: Slot<Shared> | undefined
  idleSince = 0

  constructor(
    readonly tenantId: string,
    hooks: SlotHooks<Shared>,
  ) {
    this.#hooks = hooks
    this.gone = new Promise((resolve) => {
      this.#gone = resolve
    })
  }

  get state(): SlotState {
    return this.#state
  }

  get reason(): DrainReason | undefined {
    return this.#reason
  }

  /** How many hold it, or are about to. */
  get holders(): number {
    return this.#leases.size + this.#reserved
  }

  get leases(): Iterable<Lease<Shared>> {
    return this.#leases
  }

  /** The client, between opening and disposal. */
  get shared(): Shared {
    return this.#shared as Shared
  }

  /** The client is there. It is kept for those who waited for it. */
  activate(shared: Shared, reserved: number): void {
    this.#expect('opening')
    this.#shared = shared
    this.#state = 'active'
    this.#reserved = reserved
    if (reserved === 0) this.#hooks.idle(this)
  }

  /** The client could not be made. */
  abandon(): void {
    this.#expect('opening')
    this.#end()
  }

  /** Adds a holder. Only an active client gets new ones, and those who waited for one that drains since. */
  retain(lease: Lease<Shared>): void {
    this.#expect('active')
    if (this.holders === 0) this.#hooks.busy(this)
    this.#leases.append(lease)
  }

  /** Keeps the client for those who waited until it was found to be the right one. */
  reserve(count: number): void {
    if (this.#state === 'active' && this.holders === 0 && count > 0) this.#hooks.busy(this)
    this.#reserved += count
  }

  /** Somebody who waited goes on: with a lease when the client is active, with nothing otherwise. */
  takeReserved(lease: Lease<Shared> | undefined): boolean {
    this.#reserved--
    const taken = lease !== undefined && this.#state === 'active'
    if (taken) this.#leases.append(lease)
    else this.#left()
    return taken
  }

  /** Each holder calls it once. */
  release(lease: Lease<Shared>): void {
    this.#leases.remove(lease)
    this.#left()
  }

  /** Hands the client out no more; it is disposed of when the last holder is gone. */
  drain(reason: DrainReason): void {
    if (this.#state !== 'active') return
    this.#state = 'draining'
    this.#reason = reason
    if (this.holders === 0) this.#hooks.busy(this)
    this.#hooks.draining(this)
    if (this.holders === 0) this.#dispose(false)
  }

  /** Takes the client away from whoever holds it. */
  force(): void {
    if (this.#state !== 'active' && this.#state !== 'draining') return
    this.drain('forced')
    this.#dispose(true)
  }

  #left(): void {
    if (this.holders > 0) return
    if (this.#state === 'active') this.#hooks.idle(this)
    else if (this.#state === 'draining') this.#dispose(false)
  }

  #dispose(forced: boolean): void {
    if (this.#disposal !== undefined) return
    this.#state = 'disposing'
    this.#disposal = this.#hooks.dispose(this, forced).then(() => this.#end())
  }

  #end(): void {
    this.#state = 'disposed'
    this.#shared = undefined
    this.#hooks.disposed(this)
    this.#gone()
  }

  #expect(state: SlotState): void {
    if (this.#state !== state)
      throw new Error(`A client that is ${this.#state} was taken for one that is ${state}`)
  }
}
