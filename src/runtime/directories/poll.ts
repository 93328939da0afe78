/** Changes of a directory that can't tell of them, by looking at all of it from time to time. */
import { systemClock } from '../manager/clock.ts'
import { fingerprint } from '../manager/fingerprint.ts'
import type { Clock, Directory, DirectoryListener, DirectoryWatch } from '../types.ts'

export interface PollOptions {
  /** Milliseconds between two looks. 30 seconds. */
  readonly interval?: number
  readonly clock?: Clock
}

/**
 * The `watch` of a directory that lists its tenants. Each look reads all of them (one question for some hundred
 * tenants); a tenant that is new, gone or different is reported. A fingerprint of each is kept, some hundred bytes.
 */
export function pollForChanges(directory: Pick<Directory, 'list' | 'name'>, options: PollOptions = {}) {
  return async (
    listener: DirectoryListener,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<DirectoryWatch> => {
    const polling = new Polling(directory, listener, options)
    await polling.start(signal)
    return { stop: () => polling.stop() }
  }
}

class Polling {
  readonly #directory: Pick<Directory, 'list' | 'name'>
  readonly #listener: DirectoryListener
  readonly #interval: number
  readonly #clock: Clock
  readonly #stopping = new AbortController()
  #known = new Map<string, string>()
  #failed = false
  #cancel = () => {}
  #look: Promise<void> = Promise.resolve()

  constructor(
    directory: Pick<Directory, 'list' | 'name'>,
    listener: DirectoryListener,
    options: PollOptions,
  ) {
    this.#directory = directory
    this.#listener = listener
    this.#interval = options.interval ?? 30_000
    this.#clock = options.clock ?? systemClock
  }

  /** Resolves when the first look has succeeded: what it sees is what later ones are compared with. */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#directory.list === undefined)
      throw new Error(`The directory "${this.#directory.name}" can't be listed`)
    signal.addEventListener('abort', () => void this.stop(), { once: true })
    for (;;) {
      try {
        this.#known = await this.#read()
        break
      } catch (error) {
        if (this.#stopping.signal.aborted) throw error
        this.#listener.lost(error)
        await new Promise<void>((resolve) => {
          this.#cancel = this.#clock.after(this.#interval, resolve)
          this.#stopping.signal.addEventListener('abort', () => resolve(), { once: true })
        })
      }
    }
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#cancel()
    await this.#look
  }

  #schedule(): void {
    if (this.#stopping.signal.aborted) return
    this.#cancel = this.#clock.after(this.#interval, () => {
      this.#look = this.#compare().finally(() => this.#schedule())
    })
  }

  async #compare(): Promise<void> {
    let now: Map<string, string>
    try {
      now = await this.#read()
    } catch (error) {
      if (this.#stopping.signal.aborted) return
      if (!this.#failed) this.#listener.lost(error)
      this.#failed = true
      return
    }
    const before = this.#known
    this.#known = now
    if (this.#failed) {
      this.#failed = false
      this.#listener.reset('polling again')
      return
    }
    for (const [tenantId, print] of now) if (before.get(tenantId) !== print) this.#listener.changed(tenantId)
    for (const tenantId of before.keys()) if (!now.has(tenantId)) this.#listener.changed(tenantId)
  }

  async #read(): Promise<Map<string, string>> {
    const prints = new Map<string, string>()
    for await (const configuration of this.#directory.list!({ signal: this.#stopping.signal })) {
      prints.set(configuration.tenantId, fingerprint(configuration))
    }
    return prints
  }
}
