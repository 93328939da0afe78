import type { Clock } from '../types.ts'
import type { Clients } from './clients.ts'
import { within } from './deadline.ts'
import type { LimitSettings } from './options.ts'

/** What `close` came to. */
export interface CloseReport {
  /** Clients that were disposed of. */
  readonly closed: number
  /** What did not end in order, and why. */
  readonly unfinished: readonly Unfinished[]
}

export interface Unfinished {
  /** Undefined for what belongs to no tenant: the directory and its watch. */
  readonly tenantId: string | undefined
  /** Leases that were taken away. */
  readonly leases: number
  readonly reason: 'leases were held' | 'disposal failed' | 'still open' | 'the directory did not close'
}

interface Closing<Client, Shared> {
  readonly clients: Clients<Client, Shared>
  readonly limits: LimitSettings
  readonly clock: Clock
  /** What else is to be ended. */
  readonly others: readonly (() => void | Promise<void>)[]
}

/** Drains all clients, waits, takes away what is still held, and waits once more. Never rejects. */
export async function closeAll<Client, Shared>(closing: Closing<Client, Shared>): Promise<CloseReport> {
  const { clients, limits, clock } = closing
  const unfinished: Unfinished[] = []
  const slots = [...clients.all()]
  const disposedBefore = clients.counters.disposed
  clients.failed = ({ tenantId }) => unfinished.push({ tenantId, leases: 0, reason: 'disposal failed' })
  clients.drainAll('closed')
  const others = closing.others.map((end) => inTime(clock, limits.disposeTimeout, end))
  const gone = Promise.all(slots.map((slot) => slot.gone))
  await inTime(clock, limits.closeTimeout, () => gone)
  for (const slot of clients.all()) {
    const { tenantId, holders: leases } = slot
    if (leases > 0) unfinished.push({ tenantId, leases, reason: 'leases were held' })
    slot.force()
  }
  // Each disposal ends by itself after at most twice the timeout.
  await inTime(clock, 2 * limits.disposeTimeout + 1_000, () => gone)
  for (const { tenantId } of clients.all()) unfinished.push({ tenantId, leases: 0, reason: 'still open' })
  for (const ended of await Promise.all(others)) {
    if (!ended) unfinished.push({ tenantId: undefined, leases: 0, reason: 'the directory did not close' })
  }
  return { closed: clients.counters.disposed - disposedBefore, unfinished }
}

/** @returns whether the work ended well and in time */
async function inTime(clock: Clock, milliseconds: number, work: () => unknown): Promise<boolean> {
  try {
    await within(clock, Math.max(1, milliseconds), 'closing', undefined, async () => {
      await work()
    })
    return true
  } catch {
    return false
  }
}
