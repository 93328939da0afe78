import { spawn } from 'node:child_process'
import { redact } from '../../sanitize.ts'

export interface ChildOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** What must not be seen in its output. */
  readonly secrets: readonly string[]
  /** Milliseconds. */
  readonly timeout?: number
  readonly signal?: AbortSignal
}

export interface ChildResult {
  /** Undefined when it succeeded; otherwise why not, in words. */
  readonly problem?: string
  /** The end of what it printed, without secrets. */
  readonly output: string
}

const KEPT = 8_000
/** Milliseconds between asking a program to end and ending it. */
const GRACE = 5_000

/**
 * Runs a command and waits for its end. The words are passed as they are, without a shell.
 * @throws never: what goes wrong is the result's problem
 */
export function runChild(
  [program = '', ...words]: readonly string[],
  { cwd, env, secrets, timeout, signal }: ChildOptions,
): Promise<ChildResult> {
  return new Promise((resolve) => {
    const tails = [new Tail(secrets), new Tail(secrets)] as const
    let ended: string | undefined
    const child = spawn(program, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
    child.stdout.setEncoding('utf8').on('data', (text: string) => tails[0].add(text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => tails[1].add(text))
    let last: NodeJS.Timeout | undefined
    const end = (why: string) => {
      if (ended !== undefined) return
      ended = why
      child.kill('SIGTERM')
      last = setTimeout(() => child.kill('SIGKILL'), GRACE)
    }
    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(() => end(`it took longer than ${timeout / 1000} s`), timeout)
    const onAbort = () => end('it was interrupted')
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    const finish = (problem: string | undefined) => {
      clearTimeout(timer)
      clearTimeout(last)
      signal?.removeEventListener('abort', onAbort)
      const output = tails
        .map((tail) => tail.text())
        .join('\n')
        .trim()
      resolve(problem === undefined ? { output } : { problem, output })
    }
    child.once('error', (error: NodeJS.ErrnoException) =>
      finish(
        error.code === 'ENOENT' ? `there is no program "${program}"` : `it did not start (${error.code})`,
      ),
    )
    child.once('close', (code, killedBy) => {
      if (ended !== undefined) finish(ended)
      else if (code !== 0) finish(killedBy ? `it was ended by ${killedBy}` : `it ended with status ${code}`)
      else finish(undefined)
    })
  })
}

/**
 * The end of a stream. Each stream has its own, because one that writes between the parts of another would cut a
 * secret in two, which nobody would recognise.
 */
class Tail {
  #text = ''
  #cut = false
  readonly #longest: number

  constructor(private readonly secrets: readonly string[]) {
    // A secret may be written with every byte escaped as %XX.
    this.#longest = 3 * Math.max(0, ...secrets.map((secret) => Buffer.byteLength(secret)))
  }

  add(text: string): void {
    this.#text += text
    const most = KEPT + this.#longest
    if (this.#text.length <= 2 * most) return
    this.#cut = true
    this.#text = this.#text.slice(-most)
  }

  /** What was cut off may have begun a secret: so much is left out that none of its end is seen. */
  text(): string {
    const whole = this.#cut ? this.#text.slice(this.#longest) : this.#text
    return redact(whole, this.secrets).slice(-KEPT)
  }
}
