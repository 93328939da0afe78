/** Hears of changes in the directory, and keeps the caches in step. */
import { sanitize } from '../sanitize.ts'
import type { Directory, DirectoryWatch } from '../types.ts'
import type { Emit } from './events.ts'

export interface WatchTarget {
  changed(tenantId: string): void
  reset(reason: string): void
}

export class Watch {
  readonly #controller = new AbortController()
  readonly #started: Promise<DirectoryWatch | undefined>
  #state: 'lost' | 'on' = 'lost'

  /** Starts to listen. Until that works, and whenever it stops working, entries live for their time. */
  constructor(directory: Directory, target: WatchTarget, emit: Emit | undefined) {
    const heard = (reason: string) => {
      this.#state = 'on'
      target.reset(reason)
      emit?.({ type: 'watch-restored' })
    }
    const lost = (error: unknown) => {
      if (this.#controller.signal.aborted) return
      this.#state = 'lost'
      emit?.({ type: 'watch-lost', error: sanitize(error) })
    }
    const listener = { changed: (tenantId: string) => target.changed(tenantId), reset: heard, lost }
    const { signal } = this.#controller
    this.#started = Promise.resolve()
      .then(() => directory.watch!(listener, { signal }))
      .then(
        (watch) => {
          // What changed before anybody listened was not heard.
          if (!signal.aborted) heard('listening begins')
          return watch
        },
        (error) => {
          lost(error)
          return undefined
        },
      )
  }

  get state(): 'lost' | 'on' {
    return this.#state
  }

  async stop(): Promise<void> {
    this.#controller.abort()
    await (await this.#started)?.stop()
  }
}
