/** Work that many wait for and only one does, and that starts over when what it reads has changed meanwhile. */

interface Flight<T> {
  /** Replaced when the work is no longer current. */
  round: AbortController
  waiters: number
  readonly result: Promise<T>
}

export interface FlightWork<T> {
  /** Does the work. The signal says that the result is no longer wanted. */
  run(signal: AbortSignal): Promise<T>
  /** Keeps a result that is current. Runs in one go with the end of the flight: nobody joins in between. */
  commit(value: T, waiters: number): void
  /** Gets rid of a result that is not. */
  discard?(value: T): void
  /** What to throw when the work was made to start over too many times. */
  exhausted(): Error
}

/** A tenant whose configuration changes faster than it can be read would never be served. */
const rounds = 8

/** One flight for each key at a time. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>()

  get size(): number {
    return this.#flights.size
  }

  /** Joins the flight of this key, or starts it. */
  join(key: string, work: FlightWork<T>): Promise<T> {
    const running = this.#flights.get(key)
    if (running !== undefined) {
      running.waiters++
      return running.result
    }
    const flight = { round: new AbortController(), waiters: 1 } as Flight<T> & { result: Promise<T> }
    this.#flights.set(key, flight)
    flight.result = this.#fly(key, flight, work)
    return flight.result
  }

  /** Whoever waits gets the result of work that begins after this call. */
  invalidate(key: string): void {
    const flight = this.#flights.get(key)
    if (flight === undefined) return
    const { round } = flight
    flight.round = new AbortController()
    round.abort()
  }

  invalidateAll(): void {
    for (const key of this.#flights.keys()) this.invalidate(key)
  }

  async #fly(key: string, flight: Flight<T>, work: FlightWork<T>): Promise<T> {
    for (let left = rounds; ; left--) {
      const { round } = flight
      const outcome = await settle(work, round.signal)
      const current = flight.round === round
      if (current || left === 0) this.#flights.delete(key)
      if (current) {
        if ('error' in outcome) throw outcome.error
        work.commit(outcome.value, flight.waiters)
        return outcome.value
      }
      if ('value' in outcome) work.discard?.(outcome.value)
      if (left === 0) throw work.exhausted()
    }
  }
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown }

/** Ends as soon as the signal says so, whether or not the work listens to it. */
function settle<T>(work: FlightWork<T>, signal: AbortSignal): Promise<Outcome<T>> {
  return new Promise((resolve) => {
    let late = false
    const abort = () => {
      late = true
      resolve({ error: signal.reason })
    }
    signal.addEventListener('abort', abort, { once: true })
    // In a microtask of its own, so that whatever the work throws is an outcome.
    Promise.resolve()
      .then(() => work.run(signal))
      .then(
        (value) => (late ? work.discard?.(value) : resolve({ value })),
        (error) => resolve({ error }),
      )
      .finally(() => signal.removeEventListener('abort', abort))
  })
}
