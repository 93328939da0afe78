import type { Finding, LintResult } from './result.ts'

/**
 * Restricts a result to what a change brought: everything in the files that changed, and in other files the findings
 * that were not there before.
 * @param before what was found before the change; undefined when that can't be told, and everything is shown
 * @param changed paths of the files that changed
 */
export function onlyChanged(
  result: LintResult,
  before: LintResult | undefined,
  changed: ReadonlySet<string>,
): LintResult {
  if (!before) return result
  const old = new Map<string, number>()
  for (const finding of before.findings) old.set(verdictOf(finding), (old.get(verdictOf(finding)) ?? 0) + 1)
  const isNew = (finding: Finding): boolean => {
    const left = old.get(verdictOf(finding)) ?? 0
    old.set(verdictOf(finding), left - 1)
    return left <= 0
  }
  const findings = result.findings.filter((finding) => isNew(finding) || changed.has(finding.file))
  const count = (severity: Finding['severity']) =>
    findings.filter((finding) => finding.severity === severity).length
  return {
    ...result,
    summary: { ...result.summary, errors: count('error'), warnings: count('warning') },
    findings,
  }
}

/** What a finding says, wherever its lines are. */
function verdictOf({ fingerprint, severity, database }: Finding): string {
  return [fingerprint, severity, database?.actual, database?.expected].join(' ')
}
