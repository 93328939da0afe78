import { lintMarkdown } from './markdown-lint.ts'
import { migrateMarkdown } from './markdown-migrate.ts'
import type { ReportOptions, Result } from './options.ts'

/** The report for a pull request: never longer than what GitHub takes as one comment. */
export function markdown(result: Result, options: Pick<ReportOptions, 'changes'> = {}): string {
  return result.command === 'lint' ? lintMarkdown(result, options) : migrateMarkdown(result)
}
