import { lint } from '../lint/lint.ts'
import type { LintResult } from '../lint/result.ts'
import { Module } from '../repo/module.ts'
import { Repository } from '../repo/repository.ts'
import type { Classifier } from '../rules/classify.ts'
import type { RuleName, Rules } from '../rules/model.ts'
import { type Trace, trace } from '../trace/trace.ts'
import { applyEdits, EditConflict } from './apply.ts'
import type { MigrateOptions, Migration } from './migrate.ts'
import { type Plan, planMigration } from './plan.ts'
import { plannedClients } from './planned.ts'
import type { MigrateSite } from './result.ts'
import { Sites } from './sites.ts'

export interface Settled {
  readonly changes: Migration['changes']
  readonly sites: ReadonlyMap<string, readonly MigrateSite[]>
  readonly verified: boolean
  /** Absolute paths of files whose changes belong together: all or none. */
  readonly connected: readonly (readonly string[])[]
}

type Changes = Map<string, { readonly before: string; readonly after: string }>

/** Findings that a right rewrite never adds to a file. */
const proofs: readonly RuleName[] = [
  'wrong-database',
  'missing-tenant-id',
  'missing-await',
  'parse-error',
  'unresolved-client',
  'route-database',
  // What one tenant's requests share was shared by all before: it must not come to hold the data of one.
  'cache-without-tenant',
  'shared-tenant-client',
  'untrusted-tenant-id',
]

/** A stronger guard in a route can prove the id in a helper: the plan is made again until there is nothing to plan. */
const mostRounds = 6

/**
 * Plans until a further plan is empty, and proves the outcome: each text parses, no verdict is worse than before, and
 * no type error is added. What can't be proven is taken back, with everything that belongs to it, and reported.
 */
export async function settle(
  before: Trace,
  rules: Rules,
  classifier: Classifier,
  options: MigrateOptions,
): Promise<Settled> {
  const state = new Settlement(before, rules, classifier, options)
  state.plan()
  const verified = options.verify ? await state.verify() : false
  return { changes: state.changes, sites: state.sites(), verified, connected: state.connected }
}

class Settlement {
  changes: Changes = new Map()
  readonly #before: Trace
  readonly #rules: Rules
  readonly #classifier: Classifier
  readonly #options: MigrateOptions
  readonly #base: LintResult
  readonly #refused = new Map<string, string>()
  readonly connected: (readonly string[])[] = []
  readonly #sites: Sites
  readonly #parsed = new Map<
    string,
    { readonly text: string; readonly module: ReturnType<typeof Module.parse> }
  >()
  #traced: { readonly overlay: ReadonlyMap<string, string>; readonly trace: Trace } | undefined

  constructor(before: Trace, rules: Rules, classifier: Classifier, options: MigrateOptions) {
    this.#before = before
    this.#rules = rules
    this.#classifier = classifier
    this.#options = options
    this.#base = lint(before, rules, classifier, { startedAt: 0 })
    this.#sites = new Sites(before.program.repository)
  }

  plan(): void {
    for (let round = 0; ; round++) {
      const plan = planMigration(
        round === 0 ? this.#before : this.#trace(this.changes),
        this.#rules,
        this.#classifier,
        this.#options,
      )
      this.connected.push(...plan.connected)
      this.#sites.add(plan.sites)
      const asked = [...plan.edits.keys()].filter((file) => !this.#refused.has(file))
      if (asked.length === 0) return
      if (round === mostRounds) {
        for (const file of asked) this.#refuse(file, 'its rewrite would not come to an end')
        this.#withdraw()
        return
      }
      const { only } = this.#options
      if (only)
        for (const file of asked)
          if (!only(this.#before.program.repository.relative(file)))
            this.#refuse(file, 'it lies outside of what was asked for')
      this.changes = this.#proven(plan)
    }
  }

  /** Applies a plan on top of the changes so far; what makes a verdict worse is left out. */
  #proven(plan: Plan): Changes {
    // Taking one change back can uncover another problem, never a new change: this ends.
    for (;;) {
      const next = this.#apply(plan)
      const problems = next.size > 0 ? this.#worse(next) : new Map<string, string>()
      if (problems.size === 0) return next
      for (const [file, reason] of problems) this.#refuse(file, reason)
    }
  }

  #apply(plan: Plan): Changes {
    const next: Changes = new Map([...this.changes].filter(([file]) => !this.#refused.has(file)))
    for (const [file, edits] of [...plan.edits].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (this.#refused.has(file)) continue
      const text = this.changes.get(file)?.after ?? this.#before.program.repository.text(file)
      try {
        const after = applyEdits(text, edits)
        if (after !== text) next.set(file, { before: this.#before.program.repository.text(file), after })
      } catch (error) {
        if (!(error instanceof EditConflict)) throw error
        this.#refuse(file, error.message)
        return this.#apply(plan)
      }
    }
    return next
  }

  async verify(): Promise<boolean> {
    this.#options.onStep?.('checking the types')
    const { openVerifier } = await import('./verify/index.ts')
    const { repository } = this.#before.program
    const verifier = await openVerifier(repository.root)
    const planned = plannedClients(this.#before.program, this.#rules)
    let taken = false
    while (this.changes.size > 0) {
      const { gained } = verifier.check({
        changes: new Map([...this.changes].map(([file, change]) => [file, change.after])),
        originals: new Map([...this.changes].map(([file, change]) => [file, change.before])),
        planned,
      })
      if (gained.size === 0) break
      for (const [file, errors] of gained) {
        const first = errors[0]!
        this.#refuse(
          file,
          `the rewrite would add a type error: TS${first.code} ${first.message.split('\n')[0]} (${repository.relative(first.file)}:${first.line} after the change)`,
        )
      }
      this.#withdraw()
      taken = true
    }
    // What is left to a person is told from the code as it will be.
    if (taken)
      this.#sites.add(
        planMigration(this.#trace(this.changes), this.#rules, this.#classifier, this.#options).sites,
      )
    return true
  }

  /** Takes refused files out of the changes, and then whatever relied on them. */
  #withdraw(): void {
    for (;;) {
      for (const file of this.#refused.keys()) this.changes.delete(file)
      const problems = this.changes.size > 0 ? this.#worse(this.changes) : new Map<string, string>()
      if (problems.size === 0) return
      for (const [file, reason] of problems) this.#refuse(file, reason)
    }
  }

  /** Refuses a file's change and those that belong to it. */
  #refuse(file: string, reason: string): void {
    const pending = [file]
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (this.#refused.has(at)) continue
      this.#refused.set(at, at === file ? reason : `it belongs to a change that can't be made: ${reason}`)
      for (const together of this.connected) if (together.includes(at)) pending.push(...together)
    }
  }

  /** The code base with changes; what was traced last is not traced again. */
  #trace(changes: Changes): Trace {
    const { repository, dialects } = this.#before.program
    const overlay = new Map([...changes].map(([file, change]) => [file, change.after]))
    const last = this.#traced
    if (
      last &&
      last.overlay.size === overlay.size &&
      [...overlay].every(([file, text]) => last.overlay.get(file) === text)
    )
      return last.trace
    const modules = new Map(
      [...overlay].flatMap(([file, text]) => {
        const module = this.#parse(file, text)
        return module instanceof Module ? [[file, module] as const] : []
      }),
    )
    const changed = new Repository(repository.root, { before: repository, overlay, modules })
    this.#traced = { overlay, trace: trace(changed, this.#rules, { dialects }) }
    return this.#traced.trace
  }

  /** Each text is parsed once: the rounds of a settlement change few of them. */
  #parse(file: string, text: string): ReturnType<typeof Module.parse> {
    let known = this.#parsed.get(file)
    if (known?.text !== text) this.#parsed.set(file, (known = { text, module: Module.parse(file, text) }))
    return known.module
  }

  /** What is worse with changes than without, by file. */
  #worse(changes: Changes): Map<string, string> {
    const problems = new Map<string, string>()
    for (const [file, change] of changes) {
      const parsed = this.#parse(file, change.after)
      if (!(parsed instanceof Module))
        problems.set(file, `the rewritten file could not be parsed: ${parsed.message}`)
    }
    if (problems.size > 0) return problems
    const result = lint(this.#trace(changes), this.#rules, this.#classifier, { startedAt: 0 })
    const known = new Map<string, number>()
    for (const finding of this.#base.findings) known.set(keyOf(finding), (known.get(keyOf(finding)) ?? 0) + 1)
    for (const finding of result.findings) {
      if (!proofs.includes(finding.rule)) continue
      const left = known.get(keyOf(finding)) ?? 0
      if (left > 0) {
        known.set(keyOf(finding), left - 1)
        continue
      }
      const file = this.#before.program.repository.absolute(finding.file)
      // A verdict that got worse in a file that did not change comes from one that did and leads there.
      const culprits = changes.has(file)
        ? [file]
        : finding.evidence
            .map((step) => this.#before.program.repository.absolute(step.file))
            .filter((other) => changes.has(other))
      for (const culprit of culprits.length > 0 ? culprits : [...changes.keys()])
        if (!problems.has(culprit))
          problems.set(
            culprit,
            `after the rewrite, ${finding.rule} in ${finding.file}:${finding.range.start.line}: ${finding.message}`,
          )
    }
    return problems
  }

  sites(): Map<string, MigrateSite[]> {
    return this.#sites.merged(this.#refused)
  }
}

function keyOf(finding: LintResult['findings'][number]): string {
  return `${finding.rule}\0${finding.file}\0${finding.table ?? ''}\0${finding.operation ?? ''}\0${finding.database?.actual ?? ''}`
}
