import { type RuleName, ruleNames } from '../rules/model.ts'
import { entryFor } from './baseline/file.ts'
import { matchBaseline } from './baseline/match.ts'
import type { Finding, LintResult } from './result.ts'

/** How the findings of a rule changed. */
export interface RuleChange {
  readonly rule: RuleName
  readonly before: number
  readonly fixed: number
  readonly added: number
  readonly now: number
}

/** What changed since another state of the code. */
export interface Changes {
  /** The other state, in words. */
  readonly since: string
  /** Rules with findings before or now. */
  readonly rules: readonly RuleChange[]
  readonly added: readonly Finding[]
}

/**
 * Compares a result with one of an earlier state of the same code base, finding by finding. What the baseline takes
 * away counts on both sides: it is in the code.
 * @param exists whether a file is there now
 */
export function changesSince(
  base: LintResult,
  result: LintResult,
  exists: (file: string) => boolean,
): Changes {
  const [before, now] = [inCode(base), inCode(result)]
  const { entries, stale } = matchBaseline(
    before.map((finding) => entryFor(finding, undefined)),
    now,
    exists,
    new Set(),
  )
  const added = now.filter((finding) => !entries.has(finding))
  return { since: 'the base', rules: countByRule(before, stale, added, now), added }
}

/** The same against the baseline of a result; undefined where there is none. */
export function changesSinceBaseline({ findings, silenced, summary }: LintResult): Changes | undefined {
  const isStale = ({ rule }: Finding) => rule === 'stale-baseline'
  const known = silenced.filter(({ silencedBy }) => silencedBy === 'baseline')
  const stale = findings.filter(isStale)
  if (summary.baselined === 0 && stale.length === 0) return undefined
  const added = findings.filter((finding) => !isStale(finding))
  const gone = stale.flatMap(({ about }) => (about ? [{ rule: about }] : []))
  return {
    since: 'the baseline',
    rules: countByRule([...known, ...gone], gone, added, [...known, ...added]),
    added,
  }
}

function inCode({ findings, silenced }: LintResult): Finding[] {
  return [
    ...findings.filter(({ rule }) => rule !== 'stale-baseline'),
    ...silenced.filter(({ silencedBy }) => silencedBy === 'baseline'),
  ]
}

type OfRule = Pick<Finding, 'rule'>

function countByRule(
  before: readonly OfRule[],
  fixed: readonly OfRule[],
  added: readonly OfRule[],
  now: readonly OfRule[],
): RuleChange[] {
  const count = (list: readonly OfRule[], rule: RuleName) => list.filter((item) => item.rule === rule).length
  return ruleNames
    .map((rule) => ({
      rule,
      before: count(before, rule),
      fixed: count(fixed, rule),
      added: count(added, rule),
      now: count(now, rule),
    }))
    .filter((row) => row.before + row.now > 0)
}
