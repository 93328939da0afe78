import type { MigrateResult } from '../migrate/result.ts'
import type { Colors } from './colors.ts'
import type { ReportOptions } from './options.ts'
import { filesWithErrors, plural, sitesToReview, summaryLine, summaryRows, verification } from './summary.ts'

/** The lines of the report: the diff, the summary, what needs a person, whether it was verified, what to do next. */
export function prettyMigrate(result: MigrateResult, options: ReportOptions, colors: Colors): string[] {
  return [
    ...(options.quiet ? [] : result.files.flatMap((file) => coloredDiff(file.diff, colors))),
    ...summary(result, colors),
    ...list('Needs review', review(result, colors), colors),
    ...list('Errors', errors(result, colors), colors),
    '',
    verification(result),
    summaryLine(result),
    next(result),
  ]
}

/** A unified diff of one file: its two headers come first, so a removed line that looks like one is told apart. */
export function coloredDiff(diff: string, colors: Colors): string[] {
  if (diff === '') return []
  const lines = diff.replace(/\n$/, '').split('\n')
  const body = lines.findIndex((line) => line.startsWith('@@'))
  return [...lines.map((line, i) => painted(line, i < body, colors)), '']
}

function painted(line: string, header: boolean, colors: Colors): string {
  const text = line.replace(/\r$/, '')
  if (header) return colors.bold(text)
  const paint = { '@': colors.cyan, '+': colors.green, '-': colors.red, '\\': colors.dim }[text[0] ?? '']
  return (paint ? paint(text) : text) + line.slice(text.length)
}

function summary({ summary }: MigrateResult, colors: Colors): string[] {
  const rows = summaryRows(summary)
  if (summary.updatedOther > 0) rows.push(['Also updated (not routes)', summary.updatedOther])
  const labels = Math.max(...rows.map(([label]) => label.length)) + 1
  const numbers = Math.max(...rows.map(([, count]) => String(count).length))
  return rows.map(([label, count]) => {
    const line = `${`${label}:`.padEnd(labels)} ${String(count).padStart(numbers)}`
    if (count > 0 && label === 'Errors') return colors.red(line)
    return count > 0 && label === 'Needs review' ? colors.yellow(line) : line
  })
}

function list(title: string, lines: readonly string[], colors: Colors): string[] {
  return lines.length === 0 ? [] : ['', colors.bold(title), ...lines.map((line) => `  ${line}`)]
}

function review(result: MigrateResult, colors: Colors): string[] {
  return sitesToReview(result).map(({ file, site }) => {
    const place = colors.bold(`${file}:${site.line}:${site.column}`)
    return [place, colors.cyan(site.table ?? '-'), site.reason ?? 'no reason given'].join('  ')
  })
}

function errors(result: MigrateResult, colors: Colors): string[] {
  return filesWithErrors(result).map(
    ({ file, reason }) => `${colors.bold(file)}  ${reason ?? 'no reason given'}`,
  )
}

/** What a person can do about it. */
function next(result: MigrateResult): string {
  const { summary, written } = result
  const edits = result.files.filter((file) => file.diff !== '').length
  const [first] = sitesToReview(result)
  const steps: string[] = []
  if (edits > 0) {
    const files = plural(edits, 'file')
    steps.push(
      written
        ? `review and commit ${files}, then run \`tenantize lint\``
        : `\`tenantize migrate --write\` writes ${files}`,
    )
  }
  if (first) {
    const place = `${first.file}:${first.site.line}`
    steps.push(
      `change ${plural(summary.needsReview, 'site')} by hand; \`tenantize explain ${place}\` says why`,
    )
  }
  if (summary.errors > 0) steps.push(`look at ${plural(summary.errors, 'file')} with errors`)
  if (steps.length === 0) steps.push('nothing is left to rewrite; `tenantize lint` keeps it that way')
  return `Next: ${steps.join('; ')}.`
}
