/** Changes of the directory over PostgreSQL's LISTEN and NOTIFY, as they are committed. */
import { systemClock } from '../manager/clock.ts'
import type { Clock, DirectoryListener, DirectoryWatch } from '../types.ts'
import { quoted } from './sql-names.ts'

/** What is needed of a `pg.Client`: a connection of its own, not one of a pool. */
export interface ListeningClient {
  connect(): Promise<unknown>
  query(text: string): Promise<unknown>
  end(): Promise<unknown>
  on(
    event: 'notification',
    heard: (message: { readonly channel: string; readonly payload?: string }) => void,
  ): unknown
  on(event: 'error', failed: (error: Error) => void): unknown
  on(event: 'end', ended: () => void): unknown
}

export interface ListenOptions {
  /** Makes a client that is not connected yet: `() => new pg.Client({ connectionString, keepAlive: true })`. */
  readonly client: () => ListeningClient
  /** `tenantize_tenants`, as in `notifyTriggerSql`. */
  readonly channel?: string
  /** How often to make sure that the connection still works, in milliseconds. 30 seconds. */
  readonly heartbeat?: number
  /** How long to wait before connecting again, at first and at most, in milliseconds. */
  readonly retry?: { readonly first: number; readonly most: number }
  readonly clock?: Clock
}

/** How long the orderly end of a connection may take, in milliseconds. */
const patience = 1_000

export const defaultChannel = 'tenantize_tenants'

/** The payload when it is not one tenant that has changed. */
export const allTenants = '*'

/**
 * The `watch` of a directory whose table tells of its changes (`notifyTriggerSql`). It connects again when the
 * connection is lost, waiting twice as long each time, and says `reset` then, because a notification that nobody
 * listened to is gone.
 */
export function listenForChanges(options: ListenOptions) {
  return (
    listener: DirectoryListener,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<DirectoryWatch> => new Listening(options, listener).start(signal)
}

class Listening {
  readonly #options: Required<ListenOptions>
  readonly #listener: DirectoryListener
  readonly #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(options: ListenOptions, listener: DirectoryListener) {
    const defaults = { channel: defaultChannel, heartbeat: 30_000, retry: { first: 250, most: 30_000 } }
    this.#options = { ...defaults, clock: systemClock, ...options }
    this.#listener = listener
  }

  /** Resolves when changes are heard for the first time. */
  start(signal: AbortSignal): Promise<DirectoryWatch> {
    signal.addEventListener('abort', () => this.#stopping.abort(), { once: true })
    const watch = { stop: () => this.#stop() }
    return new Promise((resolve, reject) => {
      this.#stopping.signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true })
      this.#running = this.#run(() => resolve(watch))
    })
  }

  async #stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  /** One connection after the other, until it is stopped. */
  async #run(first: () => void): Promise<void> {
    const { retry, clock } = this.#options
    const { signal } = this.#stopping
    let wait = retry.first
    for (let heard = false; !signal.aborted; ) {
      try {
        await this.#session(() => {
          wait = retry.first
          if (heard) this.#listener.reset('listening again')
          heard = true
          first()
        })
      } catch (error) {
        if (!signal.aborted) this.#listener.lost(error)
      }
      if (signal.aborted) return
      // Not all processes at the same moment, when it is the server that restarts.
      await this.#pause(wait * (0.5 + clock.random() / 2))
      wait = Math.min(wait * 2, retry.most)
    }
  }

  /** Connects, listens, and rejects when the connection is over. */
  async #session(listening: () => void): Promise<void> {
    const { channel, client: make } = this.#options
    const { signal } = this.#stopping
    const client = make()
    let cancelHeartbeat = () => {}
    let stopped = () => {}
    try {
      await new Promise<void>((resolve, reject) => {
        const end = () => reject(new Error('the connection has ended'))
        client.on('error', reject)
        client.on('end', end)
        stopped = resolve
        signal.addEventListener('abort', stopped, { once: true })
        client.on('notification', (message) => {
          if (message.channel === channel) this.#heard(message.payload)
        })
        const connect = async () => {
          await client.connect()
          await client.query(`LISTEN ${quoted(channel)}`)
          listening()
          cancelHeartbeat = this.#heartbeat(client, reject)
        }
        connect().catch(reject)
      })
    } finally {
      cancelHeartbeat()
      signal.removeEventListener('abort', stopped)
      const ended = this.#end(client)
      if (signal.aborted) await ended
    }
  }

  /** A connection that is silent never says that it has ended: it is cut after a while. */
  async #end(client: ListeningClient): Promise<void> {
    const { connection } = client as { readonly connection?: { readonly stream?: { destroy?(): void } } }
    const cancel = systemClock.after(patience, () => connection?.stream?.destroy?.())
    await client.end().catch(() => {})
    cancel()
  }

  #heard(payload: string | undefined): void {
    if (payload === undefined || payload === '' || payload === allTenants)
      this.#listener.reset('many tenants changed')
    else this.#listener.changed(payload)
  }

  /** A connection may be gone without anybody being told. Each beat has until the next one. */
  #heartbeat(client: ListeningClient, dead: (error: Error) => void): () => void {
    const { clock, heartbeat } = this.#options
    let cancel = () => {}
    let answered = true
    const beat = () => {
      if (!answered) return dead(new Error('the connection does not answer'))
      answered = false
      client.query('SELECT 1').then(() => {
        answered = true
      }, dead)
      cancel = clock.after(heartbeat, beat)
    }
    cancel = clock.after(heartbeat, beat)
    return () => cancel()
  }

  #pause(milliseconds: number): Promise<void> {
    const { signal } = this.#stopping
    return new Promise((resolve) => {
      const end = () => {
        cancel()
        signal.removeEventListener('abort', end)
        resolve()
      }
      const cancel = this.#options.clock.after(milliseconds, end)
      signal.addEventListener('abort', end, { once: true })
    })
  }
}
