/** Work shorter than this says nothing of itself, in milliseconds since the process began. */
const patience = 1_000
/** A line that changes more often than this only flickers, in milliseconds. */
const pause = 100

const clearLine = '\r\u001b[2K'

/** One line that tells what a long run is doing, and is gone when something else is said. */
export class Progress {
  readonly #write: (text: string) => void
  readonly #columns: () => number
  readonly #now: () => number
  #last = Number.NEGATIVE_INFINITY
  #shown = false

  /**
   * @param write to the terminal, at once
   * @param columns of the terminal, at the time
   * @param now milliseconds since the process began
   */
  constructor(write: (text: string) => void, columns: () => number, now = () => performance.now()) {
    this.#write = write
    this.#columns = columns
    this.#now = now
  }

  /**
   * Shows what is being done, unless that is too early or too soon.
   * @param long it is known to take its time, and nothing can be said meanwhile
   */
  step(text: string, long = false): void {
    const now = this.#now()
    if (!long && (now < patience || now - this.#last < pause)) return
    this.#last = now
    this.#shown = true
    const room = Math.max(10, this.#columns() - 1)
    this.#write(clearLine + (text.length > room ? `${text.slice(0, room - 1)}…` : text))
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#shown) this.#write(clearLine)
    this.#shown = false
  }
}

/** Tells of every file that a code base parses. */
export function watchParsing(
  repository: { onParse: ((path: string) => void) | undefined },
  progress: Pick<Progress, 'step'> | undefined,
): void {
  if (!progress) return
  let files = 0
  repository.onParse = (path) => progress.step(`${++files} files parsed: ${path}`)
}
