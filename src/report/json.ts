import type { Result } from './options.ts'

/** The result as it is; its shape is the contract that `version` numbers. */
export function json(result: Result): string {
  return `${JSON.stringify(result, null, 2)}\n`
}
