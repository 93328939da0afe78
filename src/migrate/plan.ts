import type { Effect } from '../dialects/dialect.ts'
import { type Need, needOf } from '../lint/need.ts'
import type { Module } from '../repo/module.ts'
import { type Binding, type Node, walk } from '../repo/node.ts'
import type { Classifier } from '../rules/classify.ts'
import type { Rules } from '../rules/model.ts'
import type { Access } from '../trace/accesses.ts'
import type { SourceEdit } from '../trace/asynchrony.ts'
import type { Trace } from '../trace/trace.ts'
import { throughCallers } from './callers.ts'
import { rewriteGroup } from './choose.ts'
import { groupMoves } from './groups.ts'
import { handedGroups } from './handed.ts'
import { unusedClients } from './leftovers.ts'
import { createPlanning, type Planning, type Refusal, type Rewrite } from './planning.ts'
import type { MigrateSite } from './result.ts'
import { removeStatement } from './statements.ts'
import { keepTransactionsWhole } from './transactions.ts'
import { declarationOf, unusedHelpers } from './unused-helpers.ts'
import { unusedNames } from './unused-names.ts'

export interface Plan {
  /** Edits by file; absolute paths. */
  readonly edits: ReadonlyMap<string, readonly SourceEdit[]>
  /** Sites by path relative to the root. */
  readonly sites: ReadonlyMap<string, readonly MigrateSite[]>
  /** Files whose edits belong together: all or none. */
  readonly connected: readonly (readonly string[])[]
}

export interface PlanOptions {
  /** Moves only what reads, or only what writes. What may do either counts as a write. */
  readonly effect?: Effect
}

/** Decides for every access what to do about it, and writes the edits. */
export function planMigration(
  trace: Trace,
  rules: Rules,
  classifier: Classifier,
  { effect }: PlanOptions = {},
): Plan {
  const needs = new Map<Access, Need>()
  const kept = suppressed(trace)
  for (const access of trace.accesses) {
    const { start } = access.fact.nameRange ?? access.fact.range
    const reason = kept.get(`${access.fact.file}:${start.line}`)
    needs.set(
      access,
      reason === undefined
        ? inTurn(access, needOf(access.fact, classifier, rules), effect)
        : {
            kind: 'stay',
            at: access.fact.clients[0]?.database ?? 'unknown',
            reason: `suppressed: ${reason}`,
          },
    )
  }
  keepTransactionsWhole(trace.accesses, needs)
  const { planning, imports, removed } = createPlanning(trace, rules, needs)
  const done = new Map<Access, { rewrite: string; reason?: string }>()
  const refused = new Map<Access, string>()
  const edits: SourceEdit[] = []
  /** Variables that hold another client from now on. */
  const swapped = new Set<Binding>()
  /** Expressions that are gone from the text. */
  const gone = new Map<Node, Module>()
  const connected: string[][] = []
  const groups = groupMoves(trace.accesses, needs, trace.program)
  const waiting = new Set(
    groups.filter(({ holder }) => holder.kind === 'parameter').flatMap((group) => group.accesses),
  )
  // Variables first: what they are handed to is settled by them.
  const order = ['variable', 'assigned', 'inline', 'foreign', 'parameter']
  groups.sort((a, b) => order.indexOf(a.holder.kind) - order.indexOf(b.holder.kind))
  const settle = (outcome: Rewrite | Refusal, accesses: readonly Access[]): void => {
    if ('reason' in outcome) {
      for (const access of accesses) if (!done.has(access)) refused.set(access, outcome.reason)
      return
    }
    edits.push(...outcome.edits)
    connected.push([...new Set(outcome.edits.map((edit) => edit.module.file))])
    for (const node of outcome.gone) gone.set(node, homeOf(outcome, node))
    if (outcome.exchanged) swapped.add(outcome.exchanged)
    for (const node of outcome.gone) removeReferences(planning, outcome, node)
    for (const { accesses: others, reason } of outcome.left ?? [])
      for (const access of others) if (!done.has(access)) refused.set(access, reason)
    for (const access of outcome.moved) {
      // `tx ?? client` gets what a caller hands over, and has a client of its own that has to move as well.
      if (!accesses.includes(access) && !waiting.has(access)) continue
      done.set(access, { rewrite: outcome.name })
      refused.delete(access)
    }
  }
  for (const group of groups) {
    if (group.accesses.every((access) => done.has(access))) continue
    settle(rewriteGroup(planning, group), group.accesses)
  }
  // Clients that are only handed to functions whose accesses have to move.
  const exchanged = new Set(
    groups.flatMap((group) =>
      group.holder.kind === 'variable' && group.accesses.some((access) => done.has(access))
        ? [group.holder.binding]
        : [],
    ),
  )
  for (const group of handedGroups(planning, groups, exchanged))
    settle(rewriteGroup(planning, group), group.accesses)
  throughCallers(planning, groups, { bindings: swapped, nodes: gone }, (outcome, accesses) => {
    // It is not rewritten as long as one caller hands over the old client.
    if ('reason' in outcome) for (const access of accesses) done.delete(access)
    settle(outcome, accesses)
  })

  // Where nobody can hand the other client to a class, its methods get one of their own.
  const left = groups.flatMap(({ holder, accesses }) =>
    holder.kind === 'parameter' && holder.field !== undefined
      ? accesses.filter((access) => !done.has(access))
      : [],
  )
  for (const group of groupMoves(left, needs)) settle(rewriteGroup(planning, group), group.accesses)

  for (const [binding, module] of unusedHelpers(gone)) planning.removeDeclaration(module, binding)
  for (const [binding, module] of removed) {
    // Only when every access was in fact moved: a refused one still needs it.
    if (
      binding.references.some((reference) =>
        (planning.byReceiver.get(reference) ?? []).some((access) => !done.has(access)),
      )
    )
      continue
    const declaration = declarationOf(binding)
    edits.push(removeStatement(module, declaration))
    walk(declaration, (inner) => {
      if (inner.type === 'Identifier' && inner.binding?.kind === 'import')
        planning.imports(module).remove(inner)
    })
  }
  edits.push(...unusedNames(gone, edits))
  for (const [module, plan] of imports) edits.push(...plan.edits().map((edit) => ({ ...edit, module })))
  const sites = sitesOf(trace, needs, done, refused)
  for (const { file, site } of unusedClients(planning, classifier, edits, done))
    sites.set(file, [...(sites.get(file) ?? []), site])
  return { edits: byFile(edits), sites, connected }
}

/** What has to move, but not in this run, stays where it is. */
function inTurn({ fact }: Access, need: Need, effect: Effect | undefined): Need {
  const own = fact.effect ?? 'write'
  if (effect === undefined || need.kind !== 'move' || own === effect) return need
  const what = fact.effect === undefined ? 'it may write' : own === 'write' ? 'it writes' : 'it only reads'
  return { kind: 'stay', at: need.from, reason: `${what}: left for a run with --only ${own}s` }
}

/** Lines on which the team wants the other database, with its reason. */
function suppressed(trace: Trace): Map<string, string> {
  const found = new Map<string, string>()
  for (const item of trace.facts.suppressions)
    if (item.reason && item.rules.includes('wrong-database'))
      found.set(`${item.file}:${item.line}`, item.reason)
  return found
}

/** The file that a piece of text is taken from. */
function homeOf(rewrite: Rewrite, node: Node): Module {
  let root = node
  while (root.parent) root = root.parent
  return (rewrite.edits.find((edit) => edit.module.program === root) ?? rewrite.edits[0]!).module
}

/** Tells the import plan about every imported name that a removed piece of text read. */
function removeReferences(planning: Planning, rewrite: Rewrite, node: Node): void {
  if (rewrite.edits.length === 0) return
  const module = homeOf(rewrite, node)
  walk(node, (inner) => {
    if (inner.type === 'Identifier' && inner.binding?.scope.kind === 'module')
      planning.imports(module).remove(inner)
  })
}

function byFile(edits: readonly SourceEdit[]): Map<string, SourceEdit[]> {
  const found = new Map<string, SourceEdit[]>()
  const seen = new Set<string>()
  for (const edit of edits) {
    const key = `${edit.module.file}\0${edit.start}\0${edit.end}\0${edit.text}`
    // Two rewrites may ask for the same change (`async` on one function, one stronger guard).
    if (seen.has(key)) continue
    seen.add(key)
    found.set(edit.module.file, [...(found.get(edit.module.file) ?? []), edit])
  }
  return found
}

function sitesOf(
  trace: Trace,
  needs: ReadonlyMap<Access, Need>,
  done: ReadonlyMap<Access, { rewrite: string }>,
  refused: ReadonlyMap<Access, string>,
): Map<string, MigrateSite[]> {
  const sites = new Map<string, MigrateSite[]>()
  for (const access of trace.accesses) {
    const need = needs.get(access)!
    const { line, column } = (access.fact.nameRange ?? access.fact.range).start
    const base = {
      line,
      column,
      ...(access.fact.names[0] === undefined ? {} : { table: access.fact.names[0] }),
    }
    const rewritten = done.get(access)
    const site: MigrateSite =
      need.kind === 'stay' || need.kind === 'follow'
        ? {
            ...base,
            from: need.at,
            to: need.at,
            rewrite: 'none',
            status: 'kept',
            ...('reason' in need && need.reason ? { reason: need.reason } : {}),
          }
        : rewritten
          ? { ...base, from: need.from, to: need.to, rewrite: rewritten.rewrite, status: 'rewritten' }
          : {
              ...base,
              from: need.from,
              to: need.to,
              rewrite: 'none',
              status: 'needs-review',
              reason:
                need.kind === 'review'
                  ? need.reason
                  : (refused.get(access) ?? need.partly ?? 'no rewrite fits'),
            }
    const list = sites.get(access.fact.file)
    if (list) list.push(site)
    else sites.set(access.fact.file, [site])
  }
  return sites
}
