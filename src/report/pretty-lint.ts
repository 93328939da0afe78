import type { Finding, LintResult } from '../lint/result.ts'
import type { Colors } from './colors.ts'
import { frame } from './frame.ts'
import type { ReportOptions } from './options.ts'
import { plural, problemCount, scope } from './summary.ts'

const indent = '    '

/** The lines of the report: every finding with its source and the trail to it, the figures, and what to do next. */
export function prettyLint(result: LintResult, options: ReportOptions, colors: Colors): string[] {
  const lineOf = sourceLines(options)
  const findings = result.findings.flatMap((finding) => {
    if (options.quiet) return [headline(finding, colors)]
    return [
      headline(finding, colors),
      ...source(finding, lineOf, options, colors),
      ...trail(finding, colors),
      '',
    ]
  })
  if (options.quiet && findings.length > 0) findings.push('')
  const { errors, warnings } = result.summary
  const paint = errors > 0 ? colors.red : warnings > 0 ? colors.yellow : colors.green
  findings.push(
    `${colors.bold(paint(problemCount(result.summary)))} ${colors.dim(`(${scope(result.summary)})`)}`,
  )
  return options.quiet ? findings : [...findings, next(result)]
}

function headline({ file, range, severity, rule, message }: Finding, colors: Colors): string {
  const place = `${file}:${range.start.line}:${range.start.column}`
  const level = severity === 'error' ? colors.red(severity) : colors.yellow(severity)
  return [colors.bold(place), level, colors.cyan(rule), message].join('  ')
}

function source(
  { file, range }: Finding,
  lineOf: (file: string, line: number) => string | undefined,
  { width }: ReportOptions,
  colors: Colors,
): string[] {
  const line = lineOf(file, range.start.line)
  if (line === undefined) return []
  const number = String(range.start.line)
  const gutter = `${indent}${number} │ `
  const shown = frame(line, range, Math.max(40, width - gutter.length))
  return [
    colors.dim(gutter) + shown.line,
    `${colors.dim(`${indent}${' '.repeat(number.length)} │ `)}${colors.red(shown.marks)}`,
  ]
}

function trail({ evidence }: Finding, colors: Colors): string[] {
  return evidence.map(({ file, line, column, message }) => {
    return `${indent}${colors.dim('↳')} ${colors.dim(`${file}:${line}:${column}`)} ${message}`
  })
}

/** What a person can do about it. */
function next({ findings, summary }: LintResult): string {
  if (findings.length === 0 && summary.accesses === 0) {
    return 'Next: no database access was found; check `files` and `clients` in the rules file.'
  }
  if (findings.length === 0 && summary.baselined > 0)
    return `Next: \`tenantize lint --no-baseline\` shows the ${plural(summary.baselined, 'finding')} of the baseline.`
  if (findings.length === 0)
    return 'Next: run `tenantize lint` with your other checks, so that it stays this way.'
  const steps = [...remedies(findings), ...why(findings)]
  if (steps.length === 0)
    return 'Next: write what is missing, cut what spans two databases, or give `exceptions` a reason.'
  return `Next: ${steps.join('; ')}.`
}

/** Commands that take findings away. */
function remedies(findings: readonly Finding[]): string[] {
  const count = (test: (finding: Finding) => boolean) => findings.filter(test).length
  const [rewrites, comments, stale] = [
    count(({ fixable, edit }) => fixable && !edit),
    count(({ edit }) => edit !== undefined),
    count(({ rule }) => rule === 'stale-baseline'),
  ]
  return [
    ...(rewrites > 0 ? [`\`tenantize migrate\` shows the rewrite of ${plural(rewrites, 'finding')}`] : []),
    ...(comments > 0 ? [`\`tenantize lint --fix\` removes ${plural(comments, 'suppression')}`] : []),
    ...(stale > 0
      ? [`\`tenantize lint --prune\` removes ${plural(stale, 'entry', 'entries')} of the baseline`]
      : []),
  ]
}

/** `explain` follows clients; there are none in SQL, in rules or in comments. */
function why(findings: readonly Finding[]): string[] {
  const first = findings.find(({ file, edit }) => !/\.(?:sql|json)$/.test(file) && !edit)
  return first ? [`\`tenantize explain ${first.file}:${first.range.start.line}\` says why`] : []
}

/** Reads each file once. */
function sourceLines({ readSource }: ReportOptions): (file: string, line: number) => string | undefined {
  const files = new Map<string, string[] | undefined>()
  return (file, line) => {
    if (!files.has(file)) files.set(file, readSource(file)?.split('\n'))
    return files.get(file)?.[line - 1]?.replace(/\r$/, '')
  }
}
