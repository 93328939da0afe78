/**
 * Works through a list, so many at a time and in its order.
 * @param work resolves in any case; what it throws ends everything, after those under way have ended
 * @param goOn asked before each start; what is not started stays undone
 */
export async function inParallel<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
  goOn: () => boolean = () => true,
): Promise<void> {
  const waiting = items.values()
  let failed = false
  const worker = async () => {
    for (const item of waiting) {
      if (failed || !goOn()) return
      try {
        await work(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const workers = Array.from({ length: Math.max(1, Math.min(concurrency, items.length)) }, worker)
  const ended = await Promise.allSettled(workers)
  for (const outcome of ended) if (outcome.status === 'rejected') throw outcome.reason
}
