import type { Finding, LintResult } from '../lint/result.ts'
import type { MigrateResult } from '../migrate/result.ts'
import type { ReportOptions, Result } from './options.ts'
import { filesWithErrors, problemCount, scope, sitesToReview, summaryLine } from './summary.ts'

/**
 * Annotations of GitHub Actions: workflow commands on the log, which the runner shows at the lines of a pull request.
 * Format and escapes: "Workflow commands for GitHub Actions", and the runner's ActionCommand.cs.
 */
export function github(result: Result, options: ReportOptions): string {
  const lines = result.command === 'lint' ? lintLines(result, options) : migrateLines(result, options)
  return lines.map((line) => `${line}\n`).join('')
}

interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  readonly title: string
  readonly message: string
  readonly file: string
  readonly line?: number
  readonly endLine?: number
  readonly col?: number
  readonly endColumn?: number
}

function lintLines(result: LintResult, options: ReportOptions): string[] {
  return [
    ...result.findings.map((finding) => command(annotationOf(finding, options))),
    `${problemCount(result.summary)} (${scope(result.summary)})`,
  ]
}

function annotationOf(finding: Finding, { repoPath, quiet }: ReportOptions): Annotation {
  const { start, end } = finding.range
  const trail = quiet ? [] : finding.evidence.map((step) => `↳ ${step.file}:${step.line} ${step.message}`)
  const sameLine = start.line === end.line
  return {
    level: finding.severity,
    title: `tenantize: ${finding.rule}`,
    message: [finding.message, ...trail].join('\n'),
    file: repoPath(finding.file),
    line: start.line,
    endLine: end.line,
    // GitHub takes columns only where an annotation is about one line.
    ...(sameLine ? { col: start.column, endColumn: end.column } : {}),
  }
}

function migrateLines(result: MigrateResult, { repoPath }: ReportOptions): string[] {
  return [
    ...filesWithErrors(result).map(({ file, reason = 'no reason given' }) =>
      command({
        level: 'error',
        title: 'tenantize: not analysed',
        message: reason,
        file: repoPath(file),
        line: 1,
      }),
    ),
    ...sitesToReview(result).map(({ file, site }) =>
      command({
        level: 'warning',
        title: 'tenantize: needs review',
        message: site.reason ?? 'no reason given',
        file: repoPath(file),
        line: site.line,
        col: site.column,
      }),
    ),
    summaryLine(result),
  ]
}

function command({ level, message, title, file, ...place }: Annotation): string {
  const properties = Object.entries({ file, ...place, title })
  const list = properties.map(([name, value]) => `${name}=${property(String(value))}`).join(',')
  return `::${level} ${list}::${data(message)}`
}

function data(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(value: string): string {
  return data(value).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
