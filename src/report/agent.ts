import type { LintResult } from '../lint/result.ts'
import type { MigrateResult } from '../migrate/result.ts'
import type { Result } from './options.ts'
import { filesWithErrors, problemCount, scope, sitesToReview, summaryLine, verification } from './summary.ts'

/**
 * The report for a program that reads words: one line a finding, without source, colours or decoration, and a last
 * line with the figures and the next command.
 */
export function agent(result: Result): string {
  const lines = result.command === 'lint' ? lintLines(result) : migrateLines(result)
  return lines.map((line) => `${line.replace(/\s*[\r\n]+\s*/g, ' ')}\n`).join('')
}

function lintLines({ findings, summary }: LintResult): string[] {
  const migratable = findings.some(({ fixable, edit }) => fixable && !edit)
  const next = [
    ...(migratable ? ['`tenantize migrate` shows the rewrite of those marked fixable'] : []),
    ...(findings.length > 0 ? ['`tenantize explain <file>:<line>` says why'] : []),
  ]
  return [
    ...findings.map(({ file, range, severity, rule, message, fixable }) => {
      const place = `${file}:${range.start.line}:${range.start.column}`
      return `${place} ${severity} ${rule}: ${message}${fixable ? ' [fixable]' : ''}`
    }),
    [`${problemCount(summary)} (${scope(summary)})`, ...next].join('; '),
  ]
}

function migrateLines(result: MigrateResult): string[] {
  const updated = result.files.filter((file) => file.diff !== '')
  const next =
    updated.length > 0 && !result.written
      ? ['`tenantize migrate --format diff` prints the edits, `tenantize migrate --write` makes them']
      : []
  return [
    ...updated.map(({ file, sites }) => {
      const count = sites.filter((site) => site.status === 'rewritten').length
      return `${file} ${result.written ? 'updated' : 'to be updated'}: ${count} rewritten`
    }),
    ...sitesToReview(result).map(
      ({ file, site }) =>
        `${file}:${site.line}:${site.column} needs review: ${site.reason ?? 'no reason given'}`,
    ),
    ...filesWithErrors(result).map(({ file, reason }) => `${file} error: ${reason ?? 'no reason given'}`),
    [summaryLine(result), verification(result).replace(/\.$/, ''), ...next].join('; '),
  ]
}
