import { Module } from '../repo/module.ts'
import { Repository } from '../repo/repository.ts'
import type { Classifier } from '../rules/classify.ts'
import type { RuleName, Rules } from '../rules/model.ts'
import { lint } from '../lint/lint.ts'
import type { LintResult } from '../lint/result.ts'
import type { SourceEdit } from '../trace/asynchrony.ts'
import { type Trace, trace } from '../trace/trace.ts'
import { applyEdits, EditConflict } from './apply.ts'
import type { MigrateOptions, Migration } from './migrate.ts'
import { type Plan, planMigration } from './plan.ts'
import type { MigrateSite } from './result.ts'

export interface Settled {
  readonly changes: Migration['changes']
  readonly sites: ReadonlyMap<string, readonly MigrateSite[]>
  readonly verified: boolean
}

/** Findings that a right rewrite never adds to a file. */
const proofs: readonly RuleName[] = ['wrong-database', 'missing-tenant-id', 'missing-await', 'parse-error', 'unresolved-client', 'route-database']

/**
 * Turns a plan into texts that are proven: each parses, no verdict gets worse, a second plan is empty, and no type
 * error is added. What can't be proven is taken back, with everything that belongs to it, and reported.
 */
export async function settleEdits(before: Trace, plan: Plan, rules: Rules, classifier: Classifier, options: MigrateOptions): Promise<Settled> {
  const { repository } = before.program
  const refused = new Map<string, string>()
  const base = lint(before, rules, classifier, { startedAt: 0 })
  if (options.only) for (const file of plan.edits.keys()) if (!options.only(repository.relative(file))) refuse(refused, plan, file, 'it belongs to a change of a file that was left out')
  let changes = textsOf(repository, plan, refused)
  // Taking one change back can uncover another problem, never a new change: this ends.
  for (let round = 0; round < 10 && changes.size > 0; round++) {
    const problems = reanalyse(before, rules, classifier, base, changes)
    if (problems.size === 0) break
    for (const [file, reason] of problems) refuse(refused, plan, file, reason)
    changes = textsOf(repository, plan, refused)
  }
  let verified = false
  if (options.verify) {
    const { openVerifier } = await import('./verify/index.ts')
    const verifier = await openVerifier(repository.root)
    const planned = rules.databases.flatMap((database) => database.clients.filter((entry) => entry.planned).map((entry) => ({ module: entry.name.module, export: entry.name.export })))
    for (let round = 0; round < 10 && changes.size > 0; round++) {
      const { gained } = verifier.check({
        changes: new Map([...changes].map(([file, change]) => [file, change.after])),
        originals: new Map([...changes].map(([file, change]) => [file, change.before])),
        planned,
      })
      if (gained.size === 0) break
      for (const [file, errors] of gained) {
        const [first] = errors
        refuse(refused, plan, file, `the rewrite would add a type error: TS${first!.code} ${first!.message.split('\n')[0]} (line ${first!.line} after the change)`)
      }
      changes = textsOf(repository, plan, refused)
    }
    verified = true
  }
  return { changes, sites: takeBack(repository, plan.sites, refused), verified }
}

/** Takes back a file's change and those that belong to it. */
function refuse(refused: Map<string, string>, plan: Plan, file: string, reason: string): void {
  const pending = [file]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (refused.has(at)) continue
    refused.set(at, at === file ? reason : `it belongs to a change that can't be made: ${reason}`)
    for (const together of plan.connected) if (together.includes(at)) pending.push(...together)
  }
}

function textsOf(repository: Repository, plan: Plan, refused: Map<string, string>): Map<string, { before: string; after: string }> {
  const changes = new Map<string, { before: string; after: string }>()
  for (const [file, edits] of [...plan.edits].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (refused.has(file)) continue
    const before = repository.text(file)
    try {
      const after = applyEdits(before, edits as readonly SourceEdit[])
      if (after !== before) changes.set(file, { before, after })
    } catch (error) {
      if (!(error instanceof EditConflict)) throw error
      refuse(refused, plan, file, error.message)
      return textsOf(repository, plan, refused)
    }
  }
  return changes
}

/** What is worse after the change than before, by file. */
function reanalyse(before: Trace, rules: Rules, classifier: Classifier, base: LintResult, changes: Migration['changes']): Map<string, string> {
  const { repository } = before.program
  const problems = new Map<string, string>()
  for (const [file, change] of changes) {
    const parsed = Module.parse(file, change.after)
    if (!(parsed instanceof Module)) problems.set(file, `the rewritten file could not be parsed: ${parsed.message}`)
  }
  if (problems.size > 0) return problems
  const after = new Repository(repository.root, { before: repository, overlay: new Map([...changes].map(([file, change]) => [file, change.after])) })
  const traced = trace(after, rules, before.program.dialects)
  const result = lint(traced, rules, classifier, { startedAt: 0 })
  const known = countByKey(base)
  for (const finding of result.findings) {
    if (!proofs.includes(finding.rule)) continue
    const key = keyOf(finding)
    const left = known.get(key) ?? 0
    if (left > 0) {
      known.set(key, left - 1)
      continue
    }
    // A finding that was there with another verdict (the same table on another client) is not a worse one.
    const file = repository.absolute(finding.file)
    const blamed = changes.has(file) ? file : [...changes.keys()][0]!
    if (!problems.has(blamed)) problems.set(blamed, `after the rewrite, ${finding.rule}: ${finding.message} (line ${finding.range.start.line})`)
  }
  const again = planMigration(traced, rules, classifier)
  for (const file of again.edits.keys()) if (!problems.has(file) && changes.has(file)) problems.set(file, 'a second run would change it again')
  return problems
}

function countByKey(result: LintResult): Map<string, number> {
  const counts = new Map<string, number>()
  for (const finding of result.findings) counts.set(keyOf(finding), (counts.get(keyOf(finding)) ?? 0) + 1)
  return counts
}

function keyOf(finding: LintResult['findings'][number]): string {
  return `${finding.rule}\0${finding.file}\0${finding.table ?? ''}\0${finding.operation ?? ''}\0${finding.database?.actual ?? ''}`
}

/** Sites of files whose change was taken back need a person. */
function takeBack(repository: Repository, sites: Plan['sites'], refused: ReadonlyMap<string, string>): Map<string, MigrateSite[]> {
  const found = new Map<string, MigrateSite[]>()
  for (const [file, list] of sites) {
    const reason = refused.get(repository.absolute(file))
    found.set(file, reason === undefined ? [...list] : list.map((site): MigrateSite => (site.status === 'rewritten' ? { ...site, rewrite: 'none', status: 'needs-review', reason } : site)))
  }
  return found
}
