import picocolors from 'picocolors'
import type { Explanation } from '../lint/explain.ts'

const words: Readonly<Record<string, string>> = {
  right: 'right',
  wrong: 'wrong',
  undecided: 'no rule decides',
  'not-judged': 'not judged',
  dynamic: 'the name is only known at run time',
  'no-database': 'the client is not known',
}

/** An explanation as text for a person. */
export function explanation(result: Explanation, color: boolean, quiet = false): string {
  const paint = picocolors.createColors(color)
  const lines: string[] = []
  for (const access of result.accesses) {
    lines.push(
      `${paint.bold(`${result.file}:${access.line}:${access.column}`)}  ${access.operation} of ${access.what}`,
    )
    for (const verdict of access.verdicts) {
      const mark =
        verdict.state === 'right'
          ? paint.green(words[verdict.state]!)
          : verdict.state === 'wrong'
            ? paint.red(words[verdict.state]!)
            : paint.yellow(words[verdict.state] ?? verdict.state)
      lines.push(
        `  verdict   ${mark}: it reaches ${verdict.actual ?? 'an unknown database'}${verdict.expected ? `, and belongs to ${verdict.expected.join(' or ')}` : ''}`,
      )
      lines.push(`  decided   ${verdict.reason}`)
    }
    lines.push('  client')
    for (const step of access.chain)
      lines.push(`    ${paint.dim('↳')} ${step.file}:${step.line}:${step.column}  ${step.message}`)
    if (access.rewrite)
      lines.push(
        `  migrate   ${access.rewrite.status}${access.rewrite.rewrite === 'none' ? '' : ` by ${access.rewrite.rewrite}`}${access.rewrite.reason ? `: ${access.rewrite.reason}` : ''}`,
      )
    lines.push('')
  }
  for (const creation of result.creations) {
    lines.push(
      `${paint.bold(`${result.file}:${creation.range.start.line}:${creation.range.start.column}`)}  obtains the client of ${creation.database} (${creation.label})`,
    )
    if (creation.tenantId)
      lines.push(
        `  tenant id ${creation.tenantId.text || '(none)'}: ${creation.tenantId.status}${creation.tenantId.message ? `, ${creation.tenantId.message}` : ''}`,
      )
    lines.push('')
  }
  if (result.sql) lines.push(...aboutSql(result, paint), '')
  if (lines.length === 0 && result.findings.length === 0)
    return `${result.file}:${result.line}: no database call and no client on this line\n`
  for (const finding of result.findings)
    lines.push(
      `${paint.bold(`${result.file}:${finding.line}:${finding.column}`)}  ${finding.severity === 'error' ? paint.red(finding.rule) : paint.yellow(finding.rule)}  ${finding.message}`,
    )
  if (result.findings.length > 0) lines.push('')
  if (!quiet) lines.push(next(result))
  return `${lines.join('\n').trimEnd()}\n`
}

/** The database of a SQL file, and what its statements name. */
function aboutSql(
  { file, line, sql }: Explanation,
  paint: ReturnType<typeof picocolors.createColors>,
): string[] {
  if (!sql) return []
  const { database, decided, tables, whole, unread } = sql
  const place = paint.bold(`${file}:${line}`)
  if (database === undefined)
    return [`${place}  no entry of \`sql\` in the rules gives this file to a database, so it is not read`]
  const lines = [
    `${place}  SQL of ${database}`,
    `  decided   ${decided === undefined ? 'by the rules' : `\`sql\` of the rules: ${decided}`}`,
  ]
  if (tables.length > 0)
    lines.push(whole ? '  tables    of the whole file; this line names none' : '  tables')
  else lines.push('  tables    none')
  for (const table of tables) {
    const home =
      table.expected === undefined
        ? paint.yellow('no rule decides')
        : table.expected.includes(database)
          ? paint.green('right')
          : paint.red(`belongs to ${table.expected.join(' or ')}`)
    lines.push(
      `    ${paint.dim('↳')} ${table.line}:${table.column}  ${table.operation} ${table.name}: ${home}`,
    )
  }
  for (const part of unread) lines.push(`  unread    line ${part.line}: ${part.message}`)
  return lines
}

/** What a person can do about it. */
function next({ file, accesses, findings }: Explanation): string {
  const statuses = accesses.map(({ rewrite }) => rewrite?.status)
  if (statuses.includes('rewritten')) return `Next: \`tenantize migrate "${file}"\` shows the rewrite.`
  if (statuses.includes('needs-review'))
    return `Next: change it by hand; \`tenantize lint "${file}"\` says whether it is right then.`
  if (findings.length > 0)
    return `Next: change it by hand; \`tenantize lint "${file}"\` says whether it is right then.`
  return 'Next: nothing has to be done here.'
}
