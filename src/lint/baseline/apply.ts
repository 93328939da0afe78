import type { Rules } from '../../rules/model.ts'
import { hash } from '../fingerprint.ts'
import type { Finding, LintResult, SilencedFinding } from '../result.ts'
import { type BaselineEntry, entryFor } from './file.ts'
import type { Match } from './match.ts'

/** What is in the baseline no longer counts; an entry that nothing matches any more does. */
export function applyBaseline(
  result: LintResult,
  { entries, stale }: Match,
  rules: Rules,
  file: string,
): LintResult {
  const known = (finding: Finding): SilencedFinding[] => {
    const entry = entries.get(finding)
    if (!entry) return []
    const { reason } = entry
    return [{ ...finding, silencedBy: 'baseline', ...(reason === undefined ? {} : { reason }) }]
  }
  const severity = rules.lint['stale-baseline']
  const findings = [
    ...result.findings.filter((finding) => !entries.has(finding)),
    ...(severity === 'off' ? [] : stale.map((entry) => staleFinding(entry, rules, file, severity))),
  ].sort(inOrder)
  const silenced = [...result.silenced, ...result.findings.flatMap(known)].sort(inOrder)
  const count = (level: Finding['severity']) =>
    findings.filter((finding) => finding.severity === level).length
  return {
    ...result,
    summary: {
      ...result.summary,
      errors: count('error'),
      warnings: count('warning'),
      baselined: entries.size,
    },
    findings,
    silenced,
  }
}

function inOrder(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.range.start.offset - b.range.start.offset || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0)
}

function staleFinding(
  { rule, file: where, table, fingerprint, position }: BaselineEntry,
  rules: Rules,
  file: string,
  severity: Finding['severity'],
): Finding {
  const start = position ?? { line: 1, column: 1, offset: 0 }
  const what = `\`${rule}\`${table === undefined ? '' : ` on \`${table}\``} in ${where}`
  return {
    rule: 'stale-baseline',
    severity,
    message: rules.strict.has(rule)
      ? `${what}: the rule is strict, and no baseline speaks for it; \`tenantize lint --prune\` removes the entry`
      : `${what} is in the baseline and no longer in the code; \`tenantize lint --prune\` removes the entry`,
    file,
    range: { start, end: { ...start, column: start.column + 1, offset: start.offset + 1 } },
    evidence: [],
    fixable: false,
    about: rule,
    fingerprint: `${hash(`stale ${fingerprint}`, 16)}-${hash(file, 8)}`,
  }
}

export interface BaselineUpdate {
  readonly entries: readonly BaselineEntry[]
  readonly added: number
  readonly removed: number
  readonly moved: number
}

/**
 * The baseline as the code is now: entries without a finding go, those of moved files get their new place, and the
 * findings that are given as additions come in.
 * @param stale the entries to remove
 * @param additions findings to let in, with the reason for it
 */
export function updated(
  entries: readonly BaselineEntry[],
  match: Match,
  stale: readonly BaselineEntry[],
  additions: readonly Finding[],
  reason: string | undefined,
): BaselineUpdate {
  const gone = new Set(stale)
  const places = new Map(Array.from(match.entries, ([finding, entry]) => [entry, finding]))
  let moved = 0
  const kept = entries
    .filter((entry) => !gone.has(entry))
    .map((entry) => {
      const finding = places.get(entry)
      if (!finding || finding.fingerprint === entry.fingerprint) return entry
      moved++
      return entryFor(finding, entry.reason)
    })
  return {
    entries: [...kept, ...additions.map((finding) => entryFor(finding, reason))],
    added: additions.length,
    removed: entries.length - kept.length,
    moved,
  }
}
