import type { SourceCallFact, TemplateFact } from '../trace/survey/source-calls.ts'
import type { InsertProposal } from './proposal.ts'
import type { Survey } from './survey.ts'
import type { SourceGroup } from './tenant-ids.ts'
import { count } from './words.ts'

/**
 * What `migrate` may write into a handler that has no tenant id: the statement and the answer that most handlers of
 * the code have themselves. Undefined when no source dominates, or handlers differ.
 */
export function proposeInsert(survey: Survey, groups: readonly SourceGroup[]): InsertProposal | undefined {
  const trusted = groups.filter((group) => group.trusted)
  const top = trusted.find((group) => group.call)
  if (
    !top?.call ||
    top.call.path.length === 0 ||
    top.reads * 2 < trusted.reduce((sum, group) => sum + group.reads, 0)
  )
    return undefined
  const { label, path } = top.call
  const calls = survey.sourceCalls.filter((call) => call.label === label && call.inHandler)
  const statement = mostFrequent(calls, (call) => call.statement)
  if (!statement || statement.number * 2 < calls.length) return undefined
  const alike = calls.filter((call) => call.statement?.text === statement.template.text)
  const answer = mostFrequent(alike, (call) => call.answer)
  if (!answer || answer.number * 2 < alike.length) return undefined
  const variable = alike[0]!.variable!
  return {
    statement: statement.template.text,
    imports: [...new Set([...statement.template.imports, ...answer.template.imports])],
    guard: `if (!${[variable, ...path].join('?.')}) ${answer.template.text}`,
    evidence: `${statement.number} of ${count(calls.length, 'handler')} with this call have the statement, ${answer.number} this answer`,
  }
}

function mostFrequent(
  calls: readonly SourceCallFact[],
  pick: (call: SourceCallFact) => TemplateFact | undefined,
): { template: TemplateFact; number: number } | undefined {
  const counts = new Map<string, { template: TemplateFact; number: number }>()
  for (const call of calls) {
    const template = pick(call)
    if (!template) continue
    const known = counts.get(template.text)
    if (known) known.number++
    else counts.set(template.text, { template, number: 1 })
  }
  return [...counts.values()].sort(
    (a, b) => b.number - a.number || (a.template.text < b.template.text ? -1 : 1),
  )[0]
}
