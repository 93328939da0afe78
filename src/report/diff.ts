import type { Result } from './options.ts'

/** One patch that `git apply` takes: the diffs of all files, byte for byte. Empty for `lint`. */
export function diff(result: Result): string {
  return result.command === 'migrate' ? result.files.map((file) => file.diff).join('') : ''
}
