import picocolors from 'picocolors'
import type { ReportOptions, Result } from './options.ts'
import { prettyLint } from './pretty-lint.ts'
import { prettyMigrate } from './pretty-migrate.ts'

/** The report for a person at a terminal. */
export function pretty(result: Result, options: ReportOptions): string {
  const colors = picocolors.createColors(options.color)
  const lines =
    result.command === 'lint' ? prettyLint(result, options, colors) : prettyMigrate(result, options, colors)
  return `${lines.join('\n')}\n`
}
