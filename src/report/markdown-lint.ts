import type { Changes, RuleChange } from '../lint/compare.ts'
import type { Finding, LintResult } from '../lint/result.ts'
import { ruleNames } from '../rules/model.ts'
import { Budget, code, heading, limit, row, text } from './markdown-text.ts'
import type { ReportOptions } from './options.ts'
import { plural, problemCount, scope } from './summary.ts'

/** Room for the title, what changed, and two headings for each rule. */
const frame = 7_000

/** What changed, and the findings as a table for each rule, in the order of the files. */
export function lintMarkdown(result: LintResult, { changes }: Pick<ReportOptions, 'changes'>): string {
  const budget = new Budget(limit - frame)
  const table = changes ? changeTable(changes) : []
  const isNew = new Set(changes?.added)
  // Against a base, what the pull request brings comes first; the rest can be opened.
  const fresh = result.findings.filter((finding) => isNew.has(finding))
  const isSplit = changes !== undefined && fresh.length > 0 && fresh.length < result.findings.length
  const old = isSplit ? result.findings.filter((finding) => !isNew.has(finding)) : result.findings
  return `${[
    `## Tenant databases: ${problemCount(result.summary)}`,
    '',
    scope(result.summary),
    ...table,
    ...(isSplit ? ['', `### New since ${changes.since}`, ...byRule(fresh, '####', budget)] : []),
    ...(isSplit
      ? [
          '',
          `<details><summary>${plural(old.length, 'finding')} that ${old.length === 1 ? 'was' : 'were'} there before</summary>`,
        ]
      : []),
    ...byRule(old, isSplit ? '####' : '###', budget),
    ...(isSplit ? ['', '</details>'] : []),
  ].join('\n')}\n`
}

function changeTable({ since, rules }: Changes): string[] {
  const sum = (pick: (row: RuleChange) => number) =>
    String(rules.reduce((total, row) => total + pick(row), 0))
  const cells = ({
    before,
    fixed,
    added,
    now,
  }: Record<'before' | 'fixed' | 'added' | 'now', number | string>) => [before, fixed, added, now].map(String)
  const total = {
    before: sum((row) => row.before),
    fixed: sum((row) => row.fixed),
    added: sum((row) => row.added),
    now: sum((row) => row.now),
  }
  return [
    '',
    `### What changed since ${since}`,
    '',
    ...heading('Rule', 'Before:', 'Fixed:', 'New:', 'Now:'),
    ...rules.map((item) => row(item.rule, ...cells(item))),
    row('**all**', ...cells(total)),
  ]
}

function byRule(findings: readonly Finding[], level: string, budget: Budget): string[] {
  return ruleNames
    .map((rule) => ({ rule, own: findings.filter((finding) => finding.rule === rule) }))
    .filter(({ own }) => own.length > 0)
    .flatMap(({ rule, own }) => [
      '',
      `${level} ${rule}: ${plural(own.length, 'finding')}`,
      '',
      ...heading('Place', 'Severity', 'Table', 'Message'),
      ...budget.fit(own.map(findingRow), (count) => row(`… and ${count} more`, '', '', '')),
    ])
}

function findingRow({ file, range, severity, table, message }: Finding): string {
  const place = code(`${file}:${range.start.line}`)
  return row(place, severity, table === undefined ? '' : code(table), text(message))
}
