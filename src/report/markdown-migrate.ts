import type { MigrateFile, MigrateResult } from '../migrate/result.ts'
import { byFolder } from './folders.ts'
import { Budget, code, fenced, heading, html, limit, row, text } from './markdown-text.ts'
import { filesWithErrors, plural, sitesToReview, summaryLine, summaryRows, verification } from './summary.ts'

/** Room for the headings and table heads between the parts. */
const frame = 2_000

/** What someone pastes into the pull request of the migration. */
export function migrateMarkdown(result: MigrateResult): string {
  const { summary } = result
  const changed = result.files.filter((file) => file.diff !== '')
  const budget = new Budget(limit - frame)
  // The parts take their room in the order of their worth; the diffs are in the pull request anyway.
  const errors = budget.fit(errorRows(result), (count) => row(`… and ${plural(count, 'more file')}`, ''))
  const review = budget.fit(reviewRows(result), (count) => row(`… and ${plural(count, 'more site')}`, '', ''))
  const folders = budget.fit(folderRows(changed), (count) =>
    row(`… and ${plural(count, 'more folder')}`, '', ''),
  )
  const diffs = budget.fit(changed.map(collapsed), (count) => {
    return `${plural(count, 'diff')} left out to keep this short; \`tenantize migrate --format diff\` prints all.`
  })
  return `${[
    `## Tenant databases: ${summary.updated} of ${plural(summary.routes, 'route')} ${result.written ? '' : 'to be '}updated`,
    '',
    ...heading('Summary', 'Count:'),
    ...summaryRows(summary).map(([label, count]) => row(label, String(count))),
    ...(summary.updatedOther > 0 ? [row('Also updated (not routes)', String(summary.updatedOther))] : []),
    '',
    summaryLine(result),
    '',
    verification(result),
    ...section('Errors', heading('File', 'Why'), errors),
    ...section(
      `Needs review: ${plural(summary.needsReview, 'site')}`,
      heading('Place', 'Table', 'Why'),
      review,
    ),
    ...section('Rewritten, by folder', heading('Folder', 'Files:', 'Sites:'), folders),
    ...section('Diffs', [], diffs),
  ].join('\n')}\n`
}

function section(title: string, head: readonly string[], rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : ['', `### ${title}`, '', ...head, ...rows]
}

function errorRows(result: MigrateResult): string[] {
  return filesWithErrors(result).map(({ file, reason }) => row(code(file), text(reason ?? 'no reason given')))
}

function reviewRows(result: MigrateResult): string[] {
  return sitesToReview(result).map(({ file, site }) =>
    row(
      code(`${file}:${site.line}`),
      site.table === undefined ? '' : code(site.table),
      text(site.reason ?? 'no reason given'),
    ),
  )
}

function folderRows(changed: readonly MigrateFile[]): string[] {
  if (changed.length === 0) return []
  return byFolder(changed, 40).map(({ folder, files, sites }) =>
    row(code(folder), String(files), String(sites)),
  )
}

function collapsed({ file, diff }: MigrateFile): string {
  return `<details><summary><code>${html(file)}</code></summary>\n\n${fenced(diff)}\n\n</details>`
}
