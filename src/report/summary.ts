/** The figures of a result in words, the same in every format. */
import type { LintSummary } from '../lint/result.ts'
import type { MigrateFile, MigrateResult, MigrateSite, MigrateSummary } from '../migrate/result.ts'

/** The labels of the migration's summary with their figures, in order. */
export function summaryRows(summary: MigrateSummary): [label: string, count: number][] {
  return [
    ['Total routes', summary.routes],
    ['Updated', summary.updated],
    ['Skipped (app DB)', summary.skippedApp],
    ['Already updated', summary.alreadyUpdated],
    ['Needs review', summary.needsReview],
    ['Errors', summary.errors],
  ]
}

/** The migration's summary on one line; `Needs review` only when there is something to review. */
export function summaryLine(result: MigrateResult): string {
  return summaryRows(result.summary)
    .filter(([label, count]) => label !== 'Needs review' || count > 0)
    .map(([label, count]) => `${label}: ${count}`)
    .join(' · ')
}

/** Every site that was left for a person, with its file. */
export function sitesToReview(result: MigrateResult): { file: string; site: MigrateSite }[] {
  return result.files.flatMap(({ file, sites }) =>
    sites.filter((site) => site.status === 'needs-review').map((site) => ({ file, site })),
  )
}

export function filesWithErrors(result: MigrateResult): MigrateFile[] {
  return result.files.filter((file) => file.status === 'error')
}

/** Whether the types were checked, as a sentence. */
export function verification(result: MigrateResult): string {
  if (result.summary.verified) return 'Verified: the rewritten files have no new type error.'
  return result.written
    ? 'Not verified: the types were not checked.'
    : 'Not verified: the types are checked by --verify, and before anything is written.'
}

/** `3 problems: 2 errors, 1 warning`, or `No problems`. */
export function problemCount({ errors, warnings }: Pick<LintSummary, 'errors' | 'warnings'>): string {
  if (errors + warnings === 0) return 'No problems'
  return `${plural(errors + warnings, 'problem')}: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}`
}

/** What `lint` looked at, and what it was told not to report. */
export function scope(summary: LintSummary): string {
  return [
    `${plural(summary.files, 'file')}, ${summary.analysed} analysed`,
    plural(summary.accesses, 'access', 'accesses'),
    ...(summary.suppressed > 0 ? [`${summary.suppressed} suppressed`] : []),
    ...(summary.baselined > 0 ? [`${summary.baselined} in the baseline`] : []),
    seconds(summary.durationMs),
  ].join(' · ')
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

export function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}
