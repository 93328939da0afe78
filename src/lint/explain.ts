import type { Classifier } from '../rules/classify.ts'
import type { Rules } from '../rules/model.ts'
import type { SqlFacts } from '../sql/facts.ts'
import type { CreationFact, Evidence } from '../trace/facts.ts'
import type { Trace } from '../trace/trace.ts'
import { explainSql, type SqlExplanation } from './explain-sql.ts'
import { lint } from './lint.ts'
import { describe } from './rule.ts'
import { judge } from './verdict.ts'

/** Everything that is known about the calls of one line. */
export interface Explanation {
  readonly version: 1
  readonly command: 'explain'
  readonly file: string
  readonly line: number
  readonly accesses: readonly {
    readonly line: number
    readonly column: number
    readonly what: string
    readonly operation: string
    readonly verdicts: readonly {
      readonly name?: string
      readonly actual?: string
      readonly expected?: readonly string[]
      readonly state: string
      readonly reason: string
    }[]
    readonly chain: readonly Evidence[]
    readonly rewrite?: { readonly rewrite: string; readonly status: string; readonly reason?: string }
  }[]
  readonly creations: readonly CreationFact[]
  /** Of a SQL file, or of a script on a line with SQL. */
  readonly sql?: SqlExplanation
  /** What `lint` reports on the line. */
  readonly findings: readonly {
    readonly line: number
    readonly column: number
    readonly rule: string
    readonly severity: string
    readonly message: string
  }[]
}

/** A site of the migration plan, as far as an explanation needs it. */
interface PlannedSite {
  readonly line: number
  readonly column: number
  readonly rewrite: string
  readonly status: string
  readonly reason?: string
}

/**
 * Explains the accesses and client calls that touch a line.
 * @param sql the SQL of the code base, when the rules give some to a database
 * @param sites the plan's sites by file; asked for only when there is an access
 */
export function explain(
  trace: Trace,
  rules: Rules,
  classifier: Classifier,
  file: string,
  line: number,
  sites: () => ReadonlyMap<string, readonly PlannedSite[]>,
  sql?: SqlFacts,
): Explanation {
  const touches = (range: { start: { line: number }; end: { line: number } }) =>
    range.start.line <= line && line <= range.end.line
  const found = trace.facts.accesses.filter((access) => access.file === file && touches(access.range))
  const planned = found.length > 0 ? (sites().get(file) ?? []) : []
  const aboutSql = explainSql(sql, rules, classifier, file, line)
  const { findings } = lint(trace, rules, classifier, {
    startedAt: 0,
    only: (name) => name === file,
    ...(sql ? { sql } : {}),
  })
  return {
    version: 1,
    command: 'explain',
    file,
    line,
    accesses: found.map((access) => {
      const { start } = access.nameRange ?? access.range
      const site = planned.find((item) => item.line === start.line && item.column === start.column)
      return {
        line: start.line,
        column: start.column,
        what: describe(access, access.names[0]),
        operation: access.operation,
        verdicts: judge(access, classifier, rules).map(({ name, actual, expected, state, reason }) => ({
          ...(name === undefined ? {} : { name }),
          ...(actual === undefined ? {} : { actual }),
          ...(expected ? { expected } : {}),
          state,
          reason,
        })),
        chain: [...trace.evidence(access.id), ...trace.declarations(access.id)],
        ...(site
          ? {
              rewrite: {
                rewrite: site.rewrite,
                status: site.status,
                ...(site.reason === undefined ? {} : { reason: site.reason }),
              },
            }
          : {}),
      }
    }),
    creations: trace.facts.creations.filter((creation) => creation.file === file && touches(creation.range)),
    ...(aboutSql ? { sql: aboutSql } : {}),
    findings: findings
      .filter(({ range }) => touches(range))
      .map(({ range, rule, severity, message }) => ({
        line: range.start.line,
        column: range.start.column,
        rule,
        severity,
        message,
      })),
  }
}
