import type { Classifier } from '../rules/classify.ts'
import type { RuleName, Rules } from '../rules/model.ts'
import type { SqlFacts } from '../sql/facts.ts'
import type { AccessFact, SuppressionFact } from '../trace/facts.ts'
import type { Trace } from '../trace/trace.ts'
import { unusedExceptions } from './exceptions.ts'
import { fingerprints } from './fingerprint.ts'
import { isFixable, needOf } from './need.ts'
import type { Finding, LintResult, SilencedFinding } from './result.ts'
import { isRouteFile } from './routes.ts'
import type { LintInput, Offense } from './rule.ts'
import { lintRules } from './rules/index.ts'
import { sqlInput } from './sql.ts'
import { applySuppressions, type Raised } from './suppress.ts'
import { judge, type Verdict } from './verdict.ts'

export interface LintOptions {
  /** Restricts the report (not the trace) to these files. */
  readonly only?: (file: string) => boolean
  /** The SQL of the code base, when the rules give some to a database. */
  readonly sql?: SqlFacts
  /** Milliseconds at which the run began, from `performance.now()`. */
  readonly startedAt: number
}

/** Whether a report about an access will need the chain back to its client. */
export function needsEvidence(access: AccessFact, classifier: Classifier, rules: Rules): boolean {
  return (
    access.unresolved !== undefined ||
    access.notAwaited ||
    access.embeds.length > 0 ||
    judge(access, classifier, rules).some(
      (verdict) => verdict.state === 'wrong' || verdict.state === 'no-database',
    )
  )
}

/** Judges the facts of a code base. */
export function lint(trace: Trace, rules: Rules, classifier: Classifier, options: LintOptions): LintResult {
  const { facts } = trace
  const { repository } = trace.program
  const verdicts = new Map<AccessFact, Verdict[]>()
  for (const access of facts.accesses) verdicts.set(access, judge(access, classifier, rules))
  const routes = isRouteFile(repository.files, classifier)
  const input: LintInput = {
    facts,
    rules,
    classifier,
    verdicts,
    isFixable: fixability(verdicts, classifier, rules),
    evidence: (access) => trace.evidence(access.id),
    isRoute: routes,
    dialects: trace.program.dialects,
    ...(options.sql ? { sql: sqlInput(options.sql, classifier) } : {}),
  }
  const raised: Raised[] = lintRules
    .filter((rule) => rules.lint[rule.name] !== 'off')
    .flatMap((rule) => rule.check(input).map((offense) => ({ rule: rule.name, offense })))
  raised.push(...unusedExceptions(input, repository.relative(rules.file)))
  // Scripts are counted as code.
  const sqlFiles = options.sql?.files.filter(({ file }) => file.endsWith('.sql')).length ?? 0
  const sorted = applySuppressions(raised, withSql(facts.suppressions, options.sql), (file) =>
    repository.text(repository.absolute(file)),
  )
    .filter(({ rule, offense }) => rules.lint[rule] !== 'off' && (options.only?.(offense.file) ?? true))
    .sort(
      (a, b) =>
        compare(a.offense.file, b.offense.file) ||
        a.offense.range.start.offset - b.offense.range.start.offset ||
        compare(a.rule, b.rule) ||
        compare(a.offense.message, b.offense.message),
    )
  const findings: Finding[] = []
  const silenced: SilencedFinding[] = []
  const fingerprint = fingerprints(trace.anchor)
  for (const { rule, offense, suppressed } of sorted) {
    const finding = findingOf(rule, offense, rules, fingerprint(rule, offense))
    if (suppressed === undefined) findings.push(finding)
    else silenced.push({ ...finding, silencedBy: 'comment', reason: suppressed })
  }
  return {
    version: 1,
    command: 'lint',
    summary: {
      files: facts.files + sqlFiles,
      analysed: facts.analysed + sqlFiles,
      accesses: facts.accesses.length,
      errors: findings.filter((finding) => finding.severity === 'error').length,
      warnings: findings.filter((finding) => finding.severity === 'warning').length,
      suppressed: silenced.length,
      baselined: 0,
      durationMs: Math.round(performance.now() - options.startedAt),
    },
    findings,
    silenced,
  }
}

/** Decided once for each access that somebody asks about. */
function fixability(
  verdicts: ReadonlyMap<AccessFact, readonly Verdict[]>,
  classifier: Classifier,
  rules: Rules,
): LintInput['isFixable'] {
  const known = new Map<AccessFact, boolean>()
  return (access) => {
    let fixable = known.get(access)
    if (fixable === undefined) {
      fixable = isFixable(needOf(access, classifier, rules, verdicts.get(access)))
      known.set(access, fixable)
    }
    return fixable
  }
}

function findingOf(rule: RuleName, offense: Offense, rules: Rules, fingerprint: string): Finding {
  return {
    rule,
    severity: rules.lint[rule] === 'error' && offense.atMost !== 'warning' ? 'error' : 'warning',
    message: offense.message,
    file: offense.file,
    range: offense.range,
    ...(offense.table === undefined ? {} : { table: offense.table }),
    ...(offense.operation === undefined ? {} : { operation: offense.operation }),
    ...(offense.database ? { database: offense.database } : {}),
    evidence: offense.evidence ?? [],
    fixable: offense.fixable ?? false,
    ...(offense.edit ? { edit: offense.edit } : {}),
    fingerprint,
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Comments in SQL, and in scripts that only their SQL brought in. */
function withSql(
  suppressions: readonly SuppressionFact[],
  sql: SqlFacts | undefined,
): readonly SuppressionFact[] {
  if (!sql) return suppressions
  const known = new Set(suppressions.map(({ file, line }) => `${file}:${line}`))
  return [
    ...suppressions,
    ...sql.files.flatMap((file) =>
      file.suppressions.filter((item) => !known.has(`${item.file}:${item.line}`)),
    ),
  ]
}
