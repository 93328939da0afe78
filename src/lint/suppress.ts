import { ruleNames } from '../rules/model.ts'
import { nearest } from '../rules/nearest.ts'
import type { SuppressionFact } from '../trace/facts.ts'
import type { Offense } from './rule.ts'
import { withoutRules } from './unsuppress.ts'

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
  readText: (file: string) => string,
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
    marked.push(...complaints(suppression, used.get(suppression), readText))
  return marked
}

/** What is wrong with a comment. What suppresses nothing is taken out of it, all at once. */
function complaints(
  suppression: SuppressionFact,
  used: ReadonlySet<string> = new Set(),
  readText: (file: string) => string,
): Raised[] {
  const { file, range } = suppression
  const stale = suppression.reason ? suppression.rules.filter((rule) => isRule(rule) && !used.has(rule)) : []
  return problemsOf(suppression, used).map(({ message, rule }): Raised => {
    const fixable = rule !== undefined && stale.includes(rule)
    const edit = fixable ? { edit: withoutRules(suppression, stale, readText(file)), fixable } : {}
    return { rule: 'unused-suppression', offense: { message, file, range, identity: message, ...edit } }
  })
}

function isRule(name: string): boolean {
  return (ruleNames as readonly string[]).includes(name)
}

function problemsOf(
  suppression: SuppressionFact,
  used: ReadonlySet<string>,
): { readonly message: string; readonly rule?: string }[] {
  if (suppression.rules.length === 0)
    return [
      { message: 'this suppression names no rule; write `tenantize-ignore-next-line <rule> -- <reason>`' },
    ]
  const problems: { message: string; rule: string }[] = []
  for (const rule of suppression.rules) {
    if (!isRule(rule)) {
      const meant = nearest(rule, ruleNames)
      problems.push({
        rule,
        message: `there is no rule \`${rule}\`${meant ? `; did you mean \`${meant}\`?` : ''}`,
      })
    } else if (!suppression.reason)
      problems.push({
        rule,
        message: `the suppression of \`${rule}\` gives no reason; write \`tenantize-ignore-next-line ${rule} -- <reason>\``,
      })
    else if (!used.has(rule))
      problems.push({
        rule,
        message: `nothing on the next line is reported by \`${rule}\`; remove the suppression`,
      })
  }
  return problems
}
