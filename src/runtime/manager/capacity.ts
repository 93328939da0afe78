/** Counts clients and connections against the limits, and lets those who need room wait for it in turn. */
import { CapacityExceededError } from '../errors.ts'
import type { Clock } from '../types.ts'
import type { LimitSettings } from './options.ts'

interface Waiter {
  readonly tenantId: string
  readonly connections: number
  /** Whether it has waited long enough; it goes on waiting only for room that is on its way. */
  expired: boolean
  readonly grant: () => void
  readonly reject: (error: unknown) => void
}

export class Capacity {
  readonly #limits: LimitSettings
  readonly #clock: Clock
  readonly #evict: () => boolean
  readonly #queue: Waiter[] = []
  #clients = 0
  #connections = 0
  /** Of these, how many are on their way out. */
  #leavingClients = 0
  #leavingConnections = 0

  /** @param evict starts to dispose of the client that is idle longest; false when none is idle */
  constructor(limits: LimitSettings, clock: Clock, evict: () => boolean) {
    this.#limits = limits
    this.#clock = clock
    this.#evict = evict
  }

  get clients(): number {
    return this.#clients
  }

  get connections(): number {
    return this.#connections
  }

  get waiting(): number {
    return this.#queue.length
  }

  /**
   * Takes room for one client with so many connections. Idle clients make room; while they end, it waits.
   *
   * @throws CapacityExceededError, or the signal's reason
   */
  take(tenantId: string, connections: number, signal: AbortSignal): Promise<void> | undefined {
    if (connections > this.#limits.maxTotalConnections) throw this.#exceeded(tenantId, connections)
    if (this.#queue.length === 0 && this.#fits(connections)) {
      this.#add(connections)
      return undefined
    }
    if (this.#limits.whenFull === 'reject') throw this.#exceeded(tenantId, connections)
    return new Promise((resolve, reject) => {
      const leave = () => {
        const at = this.#queue.indexOf(waiter)
        if (at !== -1) this.#queue.splice(at, 1)
        cancel()
        signal.removeEventListener('abort', abort)
      }
      const abort = () => {
        leave()
        reject(signal.reason)
      }
      const wait = this.#limits.waitForRoom
      const waiter: Waiter = {
        tenantId,
        connections,
        expired: wait === 0,
        grant: () => {
          leave()
          resolve()
        },
        reject: (error) => {
          leave()
          reject(error)
        },
      }
      // By the timer alone: it may come a little before the clock says so.
      const expire = () => {
        waiter.expired = true
        this.settle()
      }
      const cancel = wait > 0 ? this.#clock.after(wait, expire) : () => {}
      signal.addEventListener('abort', abort, { once: true })
      this.#queue.push(waiter)
      this.settle()
    })
  }

  /** A client has begun to leave: whoever waits may count on its room. */
  leaving(connections: number): void {
    this.#leavingClients++
    this.#leavingConnections += connections
  }

  /** A client has left. */
  left(connections: number): void {
    this.#leavingClients--
    this.#leavingConnections -= connections
    this.giveBack(connections)
  }

  /** Room that was taken and not used. */
  giveBack(connections: number): void {
    this.#clients--
    this.#connections -= connections
    if (this.#queue.length > 0) this.settle()
  }

  /** Grants what fits now, evicts for what does not, and rejects who waited long enough with no room in sight. */
  settle(): void {
    for (
      let first = this.#queue[0];
      first !== undefined && this.#fits(first.connections);
      first = this.#queue[0]
    ) {
      this.#add(first.connections)
      first.grant()
    }
    let clients = 0
    let connections = 0
    for (const waiter of [...this.#queue]) {
      clients++
      connections += waiter.connections
      while (!this.#willFit(clients, connections)) {
        if (!this.#evict()) break
      }
      if (this.#willFit(clients, connections) || !waiter.expired) continue
      clients--
      connections -= waiter.connections
      waiter.reject(this.#exceeded(waiter.tenantId, waiter.connections))
    }
  }

  #fits(connections: number): boolean {
    const { maxClients, maxTotalConnections } = this.#limits
    return this.#clients < maxClients && this.#connections + connections <= maxTotalConnections
  }

  /** Whether these fit once all that leave have left. */
  #willFit(clients: number, connections: number): boolean {
    const { maxClients, maxTotalConnections } = this.#limits
    return (
      this.#clients - this.#leavingClients + clients <= maxClients &&
      this.#connections - this.#leavingConnections + connections <= maxTotalConnections
    )
  }

  #add(connections: number): void {
    this.#clients++
    this.#connections += connections
  }

  #exceeded(tenantId: string, connections: number): CapacityExceededError {
    const { maxClients, maxTotalConnections } = this.#limits
    return this.#clients >= maxClients && connections <= maxTotalConnections
      ? new CapacityExceededError(tenantId, 'maxClients', maxClients)
      : new CapacityExceededError(tenantId, 'maxTotalConnections', maxTotalConnections)
  }
}
