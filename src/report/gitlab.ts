import type { Finding } from '../lint/result.ts'
import type { ReportOptions, Result } from './options.ts'

/**
 * GitLab's Code Quality report: shown beside the lines of a merge request. A fingerprint that the target branch has
 * too is not shown as new, so it is the one that survives edits elsewhere.
 * Format: docs.gitlab.com, "Code Quality report format", a part of the Code Climate specification.
 */
export function gitlab(result: Result, { repoPath }: ReportOptions): string {
  const findings = result.command === 'lint' ? result.findings : []
  return `${JSON.stringify(
    findings.map((finding) => issueOf(finding, repoPath)),
    null,
    2,
  )}\n`
}

function issueOf(
  { rule, severity, message, file, range, fingerprint }: Finding,
  path: (file: string) => string,
) {
  return {
    description: message,
    check_name: rule,
    fingerprint,
    severity: severity === 'error' ? 'critical' : 'minor',
    location: { path: path(file), lines: { begin: range.start.line, end: range.end.line } },
  }
}
