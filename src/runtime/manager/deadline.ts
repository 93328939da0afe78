import type { Clock } from '../types.ts'

/** Work that did not end in time. Internal: the manager names it for what it was. */
export class TimeoutError extends Error {
  constructor(what: string, milliseconds: number) {
    super(`${what} took longer than ${milliseconds} ms`)
    this.name = 'TimeoutError'
  }
}

/**
 * Rejects when the work takes longer than so many milliseconds, and tells the work through its signal.
 *
 * @param late what to do with a result that comes too late
 */
export async function within<T>(
  clock: Clock,
  milliseconds: number,
  what: string,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => T | Promise<T>,
  late?: (value: T) => void,
): Promise<T> {
  const controller = new AbortController()
  return await new Promise<T>((resolve, reject) => {
    let over = false
    const stop = (reason: unknown) => {
      over = true
      reject(reason)
      controller.abort(reason)
    }
    const abort = () => stop(signal!.reason)
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort, { once: true })
    const cancel = Number.isFinite(milliseconds)
      ? clock.after(milliseconds, () => stop(new TimeoutError(what, milliseconds)))
      : () => {}
    Promise.resolve()
      .then(() => work(controller.signal))
      .then((value) => (over ? late?.(value) : resolve(value)), reject)
      .finally(() => {
        cancel()
        signal?.removeEventListener('abort', abort)
      })
  })
}
