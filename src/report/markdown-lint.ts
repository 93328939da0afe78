import type { Finding, LintResult } from '../lint/result.ts'
import { ruleNames } from '../rules/model.ts'
import { Budget, code, heading, limit, row, text } from './markdown-text.ts'
import { plural, problemCount, scope } from './summary.ts'

/** Room for the title and one heading for each rule. */
const frame = 4_000

/** The findings as a table for each rule, in the order of the files. */
export function lintMarkdown(result: LintResult): string {
  const budget = new Budget(limit - frame)
  const rules = ruleNames
    .map((rule) => ({ rule, findings: result.findings.filter((finding) => finding.rule === rule) }))
    .filter(({ findings }) => findings.length > 0)
  return `${[
    `## Tenant databases: ${problemCount(result.summary)}`,
    '',
    scope(result.summary),
    ...rules.flatMap(({ rule, findings }) => [
      '',
      `### ${rule}: ${plural(findings.length, 'finding')}`,
      '',
      ...heading('Place', 'Severity', 'Table', 'Message'),
      ...budget.fit(findings.map(findingRow), (count) => row(`… and ${count} more`, '', '', '')),
    ]),
  ].join('\n')}\n`
}

function findingRow({ file, range, severity, table, message }: Finding): string {
  const place = code(`${file}:${range.start.line}`)
  return row(place, severity, table === undefined ? '' : code(table), text(message))
}
