/**
 * A `fetch` that has no more than so many requests under way: further ones wait their turn. A request is under way until
 * its answer begins.
 * @param most without it, there is no limit
 */
export function limited(fetch: typeof globalThis.fetch, most: number | undefined): typeof globalThis.fetch {
  if (most === undefined || !(most >= 1)) return fetch
  const waiting: (() => void)[] = []
  let free = Math.floor(most)
  return async (input, init) => {
    if (free > 0) free--
    else await turn(waiting, init?.signal ?? undefined)
    try {
      return await fetch(input, init)
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}

/** Waits until it is called, or gives up its place when the request is aborted. */
function turn(waiting: (() => void)[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const begin = () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }
    const abort = () => {
      waiting.splice(waiting.indexOf(begin), 1)
      reject(signal!.reason)
    }
    if (signal?.aborted) return reject(signal.reason)
    signal?.addEventListener('abort', abort, { once: true })
    waiting.push(begin)
  })
}
