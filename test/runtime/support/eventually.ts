import { vi } from 'vitest'

/** Waits until the check passes: soon on a quiet machine, and long enough on a busy one. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, interval: 5 })
}
