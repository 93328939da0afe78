import type { Clock } from '../types.ts'

/** Monotonic time, so that a change of the wall clock neither expires nor prolongs anything. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (milliseconds, run) => {
    // Longer times than these overflow to one millisecond.
    const timer = setTimeout(run, Math.min(milliseconds, 2 ** 31 - 1))
    timer.unref()
    return () => clearTimeout(timer)
  },
  random: Math.random,
}
