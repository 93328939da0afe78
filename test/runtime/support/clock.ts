import type { Clock } from '../../../src/runtime/index.ts'

/** Time that stands still until a test moves it. Jitter is none. */
export class TestClock implements Clock {
  #now = 1_000_000
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>()

  now(): number {
    return this.#now
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  random(): number {
    return 0.5
  }

  /** Lets time pass: timers run in their order, and what they start has its turn. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      this.#timers.delete(due)
      this.#now = Math.max(this.#now, due.at)
      due.run()
      await turn()
    }
    this.#now = end
    await turn()
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size
  }
}

/** Everything that can go on without input or output goes on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
