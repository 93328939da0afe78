/** Proposals for the small programs of fixtures/init. */
import { join } from 'node:path'
import { dialects } from '../../src/dialects/index.ts'
import type { Entry, Proposal } from '../../src/init/proposal.ts'
import { type Decisions, propose } from '../../src/init/propose.ts'
import { type Survey, survey } from '../../src/init/survey.ts'
import { fixtures } from '../support/cases.ts'

export const supported = new Set(dialects.map((dialect) => dialect.name))

export function surveyOf(name: string): Promise<Survey> {
  return survey(join(fixtures, 'init', name), dialects)
}

export async function proposalFor(name: string, decisions?: Decisions): Promise<Proposal> {
  return propose(await surveyOf(name), supported, decisions)
}

/** What stands in a list and counts. */
export function values(entries: readonly Entry[]): unknown[] {
  return entries.filter((entry) => !entry.disabled).map((entry) => entry.value)
}

/** The entry with a value. */
export function entry(entries: readonly Entry[], value: unknown): Entry | undefined {
  return entries.find((item) => JSON.stringify(item.value) === JSON.stringify(value))
}
