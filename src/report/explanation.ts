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
  if (lines.length === 0)
    return `${result.file}:${result.line}: no database call and no client on this line\n`
  if (!quiet) lines.push(next(result))
  return `${lines.join('\n').trimEnd()}\n`
}

/** What a person can do about it. */
function next({ file, accesses }: Explanation): string {
  const statuses = accesses.map(({ rewrite }) => rewrite?.status)
  if (statuses.includes('rewritten')) return `Next: \`tenantize migrate "${file}"\` shows the rewrite.`
  if (statuses.includes('needs-review'))
    return `Next: change it by hand; \`tenantize lint "${file}"\` says whether it is right then.`
  return 'Next: nothing has to be done here.'
}
