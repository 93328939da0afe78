import type { Classifier } from '../rules/classify.ts'
import type { Module } from '../repo/module.ts'
import { type Binding, type Node, unwrap, walk } from '../repo/node.ts'
import type { Rules } from '../rules/model.ts'
import type { Access } from '../trace/accesses.ts'
import type { SourceEdit } from '../trace/asynchrony.ts'
import { ImportPlan } from '../trace/imports.ts'
import type { Trace } from '../trace/trace.ts'
import { clientUses } from '../trace/uses.ts'
import { type Group, groupMoves } from './groups.ts'
import { type Need, needOf } from './needs.ts'
import { inlineClient } from './rewrites/inline-client.ts'
import { splitClient } from './rewrites/split-client.ts'
import { swapClient } from './rewrites/swap-client.ts'
import type { MigrateSite } from './result.ts'
import { outermostFunction } from '../trace/points.ts'
import { removeStatement } from './statements.ts'
import { type Target, targetOf } from './target.ts'

/** What a rewrite did: its edits, by which everything about it can be taken back. */
export interface Rewrite {
  readonly name: string
  readonly edits: readonly SourceEdit[]
  /** Identifiers that are gone from the text. */
  readonly gone: readonly Node[]
  /** Accesses whose client is now another one. */
  readonly moved: readonly Access[]
}

export interface Refusal {
  readonly reason: string
}

/** What the rewrites need from the plan around them. */
export interface Planning {
  readonly trace: Trace
  readonly rules: Rules
  imports(module: Module): ImportPlan
  target(database: string, replaced: Access): Target | undefined
  /** Names that other rewrites have taken in the outermost function around a node. */
  taken(node: Node): Set<string>
  /** A declaration of the module that nothing will need any more. */
  removeDeclaration(module: Module, binding: Binding): void
  /** Receivers of every access, by their identifier. */
  readonly byReceiver: ReadonlyMap<Node, readonly Access[]>
  needOf(access: Access): Need
  /** Whether every reference of a binding will be moved. */
  movesAll(binding: Binding): boolean
}

export interface Plan {
  /** Edits by file; absolute paths. */
  readonly edits: ReadonlyMap<string, readonly SourceEdit[]>
  /** Sites by path relative to the root. */
  readonly sites: ReadonlyMap<string, readonly MigrateSite[]>
  /** Files whose edits belong together: all or none. */
  readonly connected: readonly (readonly string[])[]
}

/** Decides for every access what to do about it, and writes the edits. */
export function planMigration(trace: Trace, rules: Rules, classifier: Classifier): Plan {
  const needs = new Map<Access, Need>()
  for (const access of trace.accesses) needs.set(access, needOf(access.fact, classifier, rules))
  const byReceiver = new Map<Node, Access[]>()
  for (const access of trace.accesses) {
    const receiver = unwrap(access.candidate.receiver)
    byReceiver.set(receiver, [...(byReceiver.get(receiver) ?? []), access])
  }
  const imports = new Map<Module, ImportPlan>()
  const taken = new Map<Node, Set<string>>()
  const removed = new Map<Binding, Module>()
  const moving = new Set<Node>()
  for (const [access, need] of needs) if (need.kind === 'move') moving.add(unwrap(access.candidate.receiver))
  const memo = <K, T>(map: Map<K, T>, key: K, make: () => T): T => {
    let value = map.get(key)
    if (value === undefined) map.set(key, (value = make()))
    return value
  }
  const planning: Planning = {
    trace,
    rules,
    byReceiver,
    imports: (module) => memo(imports, module, () => new ImportPlan(trace.program, module)),
    taken: (node) => memo(taken, outermostFunction(node) ?? node, () => new Set<string>()),
    removeDeclaration: (module, binding) => void removed.set(binding, module),
    target: (database, access) => targetOf(trace.program, rules, database, access.clients[0]?.entry?.label),
    needOf: (access) => needs.get(access)!,
    movesAll: (binding) => binding.references.every((reference) => moving.has(reference)),
  }

  const done = new Map<Access, { rewrite: string; reason?: string }>()
  const refused = new Map<Access, string>()
  const edits: SourceEdit[] = []
  const connected: string[][] = []
  const groups = groupMoves(trace.accesses, needs)
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
    for (const node of outcome.gone) removeReferences(planning, outcome, node)
    for (const access of outcome.moved) {
      done.set(access, { rewrite: outcome.name })
      refused.delete(access)
    }
  }
  for (const group of groups) {
    if (group.accesses.every((access) => done.has(access))) continue
    settle(rewriteGroup(planning, group), group.accesses)
  }
  // Clients that are only handed to functions whose accesses have to move.
  const exchanged = new Set(groups.flatMap((group) => (group.holder.kind === 'variable' && group.accesses.some((access) => done.has(access)) ? [group.holder.binding] : [])))
  for (const group of handedGroups(planning, groups, exchanged)) settle(rewriteGroup(planning, group), group.accesses)

  for (const [binding, module] of removed) {
    // Only when every access was in fact moved: a refused one still needs it.
    if (binding.references.some((reference) => (byReceiver.get(reference) ?? []).some((access) => !done.has(access)))) continue
    const declaration = binding.declaration.parent as Node
    edits.push(removeStatement(module, declaration))
    walk(declaration, (inner) => {
      if (inner.type === 'Identifier' && inner.binding?.kind === 'import') planning.imports(module).remove(inner)
    })
  }
  for (const [module, plan] of imports) edits.push(...plan.edits().map((edit) => ({ ...edit, module })))
  return { edits: byFile(edits), sites: sitesOf(trace, needs, done, refused), connected }
}

function rewriteGroup(planning: Planning, group: Group): Rewrite | Refusal {
  const target = planning.target(group.to, group.accesses[0]!)
  if (!target) return { reason: `the rules name no client of ${group.to} that can be obtained by a call` }
  switch (group.holder.kind) {
    case 'variable':
    case 'assigned': {
      const uses = clientUses(planning.trace.program, group.module, group.holder.binding, planning.byReceiver)
      const kinds = uses.map((use) => ({ use, goes: whereTo(planning, use.accesses, use.kind) }))
      const stays = kinds.filter((item) => item.goes === 'stay')
      if (stays.length === 0) return swapClient(planning, group, target, uses)
      return splitClient(planning, group, target, kinds.filter((item) => item.goes === 'move').map((item) => item.use), stays.map((item) => item.use))
    }
    case 'inline':
      return inlineClient(planning, group, target)
    case 'foreign':
      return splitClient(planning, group, target, group.accesses.map((access) => ({ node: unwrap(access.candidate.receiver), kind: 'access' as const, accesses: [access] })), [])
    case 'parameter':
      return { reason: `its client is the parameter \`${group.holder.binding.name}\`: the callers have to hand over the client of ${group.to}` }
  }
}

/** Where a use of a client goes when its client is exchanged. */
function whereTo(planning: Planning, accesses: readonly Access[], kind: string): 'move' | 'stay' | 'either' {
  if (kind === 'type') return 'either'
  if (kind === 'escape') return 'stay'
  const needs = accesses.map((access) => planning.needOf(access).kind)
  if (needs.some((need) => need === 'stay' || need === 'review')) return 'stay'
  return needs.some((need) => need === 'move') ? 'move' : 'either'
}

/** Variables without an access of their own whose client goes to functions with accesses that have to move. */
function handedGroups(planning: Planning, groups: readonly Group[], exchanged: ReadonlySet<Binding>): Group[] {
  const found: Group[] = []
  const waiting = new Set(groups.filter((group) => group.holder.kind === 'parameter').flatMap((group) => group.accesses))
  if (waiting.size === 0) return found
  for (const creation of planning.trace.creations) {
    const declarator = creation.node.parent.type === 'AwaitExpression' ? creation.node.parent.parent : creation.node.parent
    if (declarator.type !== 'VariableDeclarator' || declarator.id.type !== 'Identifier') continue
    const binding: Binding = declarator.id.binding
    if (binding.scope.kind === 'module' || binding.writes.length > 0 || exchanged.has(binding)) continue
    const uses = clientUses(planning.trace.program, creation.module, binding, planning.byReceiver)
    const accesses = uses.filter((use) => use.kind === 'handed' && use.accesses.length > 0 && use.accesses.every((access) => waiting.has(access))).flatMap((use) => use.accesses)
    const first = accesses[0] && planning.needOf(accesses[0])
    if (first?.kind === 'move' && accesses.every((access) => (planning.needOf(access) as { to?: string }).to === first.to)) found.push({ module: creation.module, holder: { kind: 'variable', binding, declarator, init: declarator.init }, from: first.from, to: first.to, accesses: [...new Set(accesses)] })
  }
  return found
}

/** Tells the import plan about every imported name that a removed piece of text read. */
function removeReferences(planning: Planning, rewrite: Rewrite, node: Node): void {
  const module = rewrite.edits.find((edit) => edit.start <= node.start && node.end <= edit.end)?.module ?? rewrite.edits[0]?.module
  if (!module) return
  walk(node, (inner) => {
    if (inner.type === 'Identifier' && inner.binding?.kind === 'import') planning.imports(module).remove(inner)
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

function sitesOf(trace: Trace, needs: ReadonlyMap<Access, Need>, done: ReadonlyMap<Access, { rewrite: string }>, refused: ReadonlyMap<Access, string>): Map<string, MigrateSite[]> {
  const sites = new Map<string, MigrateSite[]>()
  for (const access of trace.accesses) {
    const need = needs.get(access)!
    const { line, column } = (access.fact.nameRange ?? access.fact.range).start
    const base = { line, column, ...(access.fact.names[0] === undefined ? {} : { table: access.fact.names[0] }) }
    const rewritten = done.get(access)
    const site: MigrateSite =
      need.kind === 'stay' || need.kind === 'follow'
        ? { ...base, from: need.at, to: need.at, rewrite: 'none', status: 'kept', ...('reason' in need && need.reason ? { reason: need.reason } : {}) }
        : rewritten
          ? { ...base, from: need.from, to: need.to, rewrite: rewritten.rewrite, status: 'rewritten' }
          : { ...base, from: need.from, to: need.to, rewrite: 'none', status: 'needs-review', reason: need.kind === 'review' ? need.reason : (refused.get(access) ?? 'no rewrite fits') }
    const list = sites.get(access.fact.file)
    if (list) list.push(site)
    else sites.set(access.fact.file, [site])
  }
  return sites
}
