/** Requests that wait for a tenant's client, while one of them has it made. */
import { abortable } from '../abortable.ts'
import { TenantUnreachableError } from '../errors.ts'
import type { KeyRing } from '../types.ts'
import type { Clients, Entry } from './clients.ts'
import type { Configurations } from './configurations.ts'
import { connectionOf } from './connection.ts'
import { fingerprint } from './fingerprint.ts'
import { type FlightWork, SingleFlight } from './flight.ts'

export interface OpeningsOptions<Client, Shared> {
  readonly configurations: Configurations
  readonly clients: Clients<Client, Shared>
  readonly keys: KeyRing | undefined
  /** The largest pool of one client. */
  readonly maxConnections: number
  readonly closing: AbortSignal
  readonly now: () => number
}

/** A new client, the one that was there, or none because the tenant is not active any more. */
type Opened<Client, Shared> =
  | { readonly entry: Entry<Client, Shared>; readonly shared: Shared }
  | { readonly entry: Entry<Client, Shared>; readonly revision: string }
  | { readonly entry: undefined }

export class Openings<Client, Shared> {
  readonly #options: OpeningsOptions<Client, Shared>
  readonly #flights = new SingleFlight<Opened<Client, Shared>>()

  constructor(options: OpeningsOptions<Client, Shared>) {
    this.#options = options
    options.closing.addEventListener('abort', () => this.invalidateAll(), { once: true })
  }

  /**
   * Waits for the tenant's client. Who gets one has a place kept on it (`takeReserved`).
   *
   * @returns undefined when the tenant is not active any more
   * @throws CredentialError, TenantUnreachableError, CapacityExceededError, the errors of the directory; the signal's
   * reason
   */
  async join(tenantId: string, signal: AbortSignal | undefined): Promise<Entry<Client, Shared> | undefined> {
    const opening = this.#flights.join(tenantId, this.#work(tenantId))
    try {
      return (await abortable(opening, signal)).entry
    } catch (error) {
      const giveBack = ({ entry }: Opened<Client, Shared>) => entry?.slot.takeReserved(undefined)
      if (signal?.aborted) opening.then(giveBack, () => {})
      throw error
    }
  }

  /** Those who wait get a client of what holds after this call. */
  invalidate(tenantId: string): void {
    this.#flights.invalidate(tenantId)
  }

  invalidateAll(): void {
    this.#flights.invalidateAll()
  }

  #work(tenantId: string): FlightWork<Opened<Client, Shared>> {
    const { clients, closing } = this.#options
    return {
      // At the close, each flight starts over, and ends here.
      run: async (signal) => {
        closing.throwIfAborted()
        return await this.#open(tenantId, signal)
      },
      commit: (opened, waiters) => {
        const { entry } = opened
        if (entry === undefined) return
        if ('shared' in opened) return clients.adopt(entry, opened.shared, waiters)
        // Stored anew, with the same meaning: encrypted with another key, for instance.
        entry.revision = opened.revision
        entry.slot.reserve(waiters)
      },
      discard: (opened) => {
        if ('shared' in opened) clients.reject(opened.entry, opened.shared)
      },
      exhausted: () => tooFast(tenantId),
    }
  }

  /** Makes the client that the tenant's configuration asks for, or keeps the one that is there. */
  async #open(tenantId: string, signal: AbortSignal): Promise<Opened<Client, Shared>> {
    const { configurations, clients, keys, maxConnections, now } = this.#options
    const { configuration, revision } = await abortable(configurations.get(tenantId), signal)
    if (configuration?.status !== 'active') return { entry: undefined }
    const connection = await abortable(connectionOf(configuration, keys, maxConnections), signal)
    const print = clients.fingerprint(connection, fingerprint(connection))
    const current = clients.current(tenantId)
    if (current?.fingerprint === print && current.expiresAt > now()) return { entry: current, revision }
    return await clients.open(connection, print, revision, signal)
  }
}

export function tooFast(tenantId: string): TenantUnreachableError {
  return new TenantUnreachableError(tenantId, 'its configuration changes faster than a client can be made')
}
