import { ruleNames } from '../rules/model.ts'
import { nearest } from '../rules/nearest.ts'
import type { SuppressionFact } from '../trace/facts.ts'
import type { Offense } from './rule.ts'

/** A finding before severities: what a rule found. */
export interface Raised {
  readonly rule: (typeof ruleNames)[number]
  readonly offense: Offense
  /** The reason of the comment that suppresses it. */
  readonly suppressed?: string
}

/** Marks what comments suppress with their reasons, and adds what is wrong with the comments themselves. */
export function applySuppressions(
  raised: readonly Raised[],
  suppressions: readonly SuppressionFact[],
): Raised[] {
  const byLine = new Map<string, SuppressionFact>()
  for (const suppression of suppressions) byLine.set(`${suppression.file}:${suppression.line}`, suppression)
  const used = new Map<SuppressionFact, Set<string>>()
  const marked = raised.map((item): Raised => {
    const { rule, offense } = item
    const suppression = byLine.get(`${offense.file}:${offense.range.start.line}`)
    if (!suppression?.reason || !suppression.rules.includes(rule)) return item
    const rules = used.get(suppression)
    if (rules) rules.add(rule)
    else used.set(suppression, new Set([rule]))
    return { ...item, suppressed: suppression.reason }
  })
  for (const suppression of suppressions)
    for (const message of problemsOf(suppression, used.get(suppression) ?? new Set()))
      marked.push({
        rule: 'unused-suppression',
        offense: { message, file: suppression.file, range: suppression.range, identity: message },
      })
  return marked
}

function problemsOf(suppression: SuppressionFact, used: ReadonlySet<string>): string[] {
  if (suppression.rules.length === 0)
    return ['this suppression names no rule; write `tenantize-ignore-next-line <rule> -- <reason>`']
  const problems: string[] = []
  for (const rule of suppression.rules) {
    if (!(ruleNames as readonly string[]).includes(rule)) {
      const meant = nearest(rule, ruleNames)
      problems.push(`there is no rule \`${rule}\`${meant ? `; did you mean \`${meant}\`?` : ''}`)
    } else if (!suppression.reason)
      problems.push(
        `the suppression of \`${rule}\` gives no reason; write \`tenantize-ignore-next-line ${rule} -- <reason>\``,
      )
    else if (!used.has(rule))
      problems.push(`nothing on the next line is reported by \`${rule}\`; remove the suppression`)
  }
  return problems
}
