import { lintMarkdown } from './markdown-lint.ts'
import { migrateMarkdown } from './markdown-migrate.ts'
import type { Result } from './options.ts'

/** The report for a pull request: never longer than what GitHub takes as one comment. */
export function markdown(result: Result): string {
  return result.command === 'lint' ? lintMarkdown(result) : migrateMarkdown(result)
}
