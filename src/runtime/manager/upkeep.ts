/** What happens between requests: time passes, and the directory changes. */
import type { Clock } from '../types.ts'
import type { Clients } from './clients.ts'
import type { Configurations, Known } from './configurations.ts'
import type { Emit } from './events.ts'
import type { Openings } from './openings.ts'

export interface UpkeepOptions<Client, Shared> {
  readonly configurations: Configurations
  readonly clients: Clients<Client, Shared>
  readonly openings: Openings<Client, Shared>
  /** Milliseconds between two looks. */
  readonly interval: number
  readonly closing: AbortSignal
  readonly clock: Clock
  readonly emit: Emit | undefined
}

export class Upkeep<Client, Shared> {
  readonly #options: UpkeepOptions<Client, Shared>
  #cancel: (() => void) | undefined

  constructor(options: UpkeepOptions<Client, Shared>) {
    this.#options = options
    options.closing.addEventListener('abort', () => this.#cancel?.(), { once: true })
  }

  /** Sets the timer, which goes on as long as there is something to look after. */
  schedule(): void {
    const { clock, interval, closing } = this.#options
    if (this.#cancel !== undefined || closing.aborted) return
    this.#cancel = clock.after(interval, () => {
      this.#cancel = undefined
      if (this.#sweep()) this.schedule()
    })
  }

  /** Forgets what is known of a tenant; its client goes when nobody holds it. */
  clear(tenantId: string, reason: string): void {
    const { configurations, clients, openings, emit } = this.#options
    configurations.forget(tenantId)
    openings.invalidate(tenantId)
    clients.drain(tenantId, 'cleared')
    emit?.({ type: 'cleared', tenantId, reason })
  }

  clearAll(reason: string): void {
    const { configurations, clients, openings, emit } = this.#options
    configurations.forgetAll()
    openings.invalidateAll()
    clients.drainAll('cleared')
    emit?.({ type: 'cleared', tenantId: null, reason })
  }

  /** The directory says that a tenant is not what it was. Its client stays if it is still the right one. */
  changed(tenantId: string): void {
    const { configurations, clients, openings, emit } = this.#options
    configurations.forget(tenantId)
    openings.invalidate(tenantId)
    emit?.({ type: 'cleared', tenantId, reason: 'changed in the directory' })
    // A client that is in use must not outlive a suspension until somebody asks for it again.
    if (clients.current(tenantId) !== undefined) this.#ask(tenantId)
  }

  /** Changes may have been missed. */
  reset(reason: string): void {
    const { configurations, clients, emit } = this.#options
    configurations.doubtAll()
    emit?.({ type: 'cleared', tenantId: null, reason })
    for (const tenantId of [...clients.tenants()]) this.#ask(tenantId)
  }

  /** Sees every answer of the directory: a tenant that may not be served any more loses its client. */
  loaded(tenantId: string, { configuration }: Known): void {
    this.schedule()
    if (configuration?.status === 'active') return
    this.#options.openings.invalidate(tenantId)
    this.#options.clients.drain(tenantId, 'revoked')
  }

  #ask(tenantId: string): void {
    if (this.#options.closing.aborted) return
    // Whoever asks next hears of an error.
    this.#options.configurations.refresh(tenantId).catch(() => {})
  }

  /** @returns whether anything is left */
  #sweep(): boolean {
    const { configurations, clients, clock } = this.#options
    const now = clock.now()
    configurations.sweep(now)
    clients.sweep(now)
    return clients.any || configurations.size + configurations.missing > 0
  }
}
