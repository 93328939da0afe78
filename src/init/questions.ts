import type { Proposal, Side } from './proposal.ts'
import { type Decisions, propose, undecided } from './propose.ts'
import type { Survey } from './survey.ts'
import { tenancies } from './tenant-column.ts'
import { count, sameWord, singular } from './words.ts'

/** Puts a question to a person; the answer is trimmed, and empty when they only pressed return. */
export type Ask = (question: string) => Promise<string>

/**
 * Asks what only a person can know: what a tenant is called, and where the undecided tables belong.
 * @returns the proposal with the answers in it
 */
export async function proposeWithAnswers(
  survey: Survey,
  supported: ReadonlySet<string>,
  ask: Ask,
): Promise<Proposal> {
  const word = await askWord(survey, ask)
  const first = propose(survey, supported, word)
  const sides = await askSides(first, ask)
  return sides.size === 0 ? first : propose(survey, supported, { ...word, sides })
}

async function askWord(survey: Survey, ask: Ask): Promise<Pick<Decisions, 'word'>> {
  const found = tenancies(survey)
  const choices = found.map(({ word, evidence }) => `  ${word}: ${evidence}\n`).join('')
  const answer = (
    await ask(`What is a tenant called here?\n${choices}[${found[0]?.word ?? 'tenant'}] `)
  ).toLowerCase()
  return answer === '' ? {} : { word: sameWord(singular(answer)) }
}

async function askSides(proposal: Proposal, ask: Ask): Promise<Map<string, Side>> {
  const open = undecided(proposal).filter(({ where }) => where.endsWith('.tables'))
  const sides = new Map<string, Side>()
  if (open.length === 0) return sides
  const lines = open.map(
    ({ where, entry }, index) =>
      `  ${index + 1} ${String(entry.value)}: ${entry.decide} [${where.split('.')[0]}]`,
  )
  const answer = await ask(
    `${count(open.length, 'table')} could not be decided:\n${lines.join('\n')}\nNumbers of those that belong in the other database than the one in brackets, return for none: `,
  )
  const other = new Set(
    answer
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number),
  )
  if (other.size === 0) return sides
  // Whoever names some has looked at all of them.
  open.forEach(({ where, entry }, index) => {
    const side = where.startsWith('app') ? 'app' : 'tenant'
    sides.set(String(entry.value), other.has(index + 1) ? (side === 'app' ? 'tenant' : 'app') : side)
  })
  return sides
}
