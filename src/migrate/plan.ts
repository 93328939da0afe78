import { type Need, needOf } from '../lint/need.ts'
import { isRouteFile } from '../lint/routes.ts'
import type { Module } from '../repo/module.ts'
import { type Binding, type Node, unwrap, walk, wrapped } from '../repo/node.ts'
import type { Classifier } from '../rules/classify.ts'
import type { Rules } from '../rules/model.ts'
import type { Access } from '../trace/accesses.ts'
import type { SourceEdit } from '../trace/asynchrony.ts'
import { callersOf } from '../trace/callers.ts'
import { ImportPlan } from '../trace/imports.ts'
import { outermostFunction } from '../trace/points.ts'
import type { Trace } from '../trace/trace.ts'
import { type ClientUse, clientUses } from '../trace/uses.ts'
import { type Group, groupMoves } from './groups.ts'
import { findPlacement } from './placement.ts'
import type { MigrateSite } from './result.ts'
import { inlineClient } from './rewrites/inline-client.ts'
import { splitClient } from './rewrites/split-client.ts'
import { swapClient } from './rewrites/swap-client.ts'
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
  /** Accesses of the group that it could not move. */
  readonly left?: readonly { readonly accesses: readonly Access[]; readonly reason: string }[]
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
  /** New clients by the place and the call that makes them, so that accesses of one function share one. */
  readonly shared: Map<string, string>
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
  const kept = suppressed(trace)
  for (const access of trace.accesses) {
    const { start } = access.fact.nameRange ?? access.fact.range
    const reason = kept.get(`${access.fact.file}:${start.line}`)
    needs.set(
      access,
      reason === undefined
        ? needOf(access.fact, classifier, rules)
        : {
            kind: 'stay',
            at: access.fact.clients[0]?.database ?? 'unknown',
            reason: `suppressed: ${reason}`,
          },
    )
  }
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
    shared: new Map(),
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
    for (const { accesses: others, reason } of outcome.left ?? [])
      for (const access of others) if (!done.has(access)) refused.set(access, reason)
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
  const exchanged = new Set(
    groups.flatMap((group) =>
      group.holder.kind === 'variable' && group.accesses.some((access) => done.has(access))
        ? [group.holder.binding]
        : [],
    ),
  )
  for (const group of handedGroups(planning, groups, exchanged))
    settle(rewriteGroup(planning, group), group.accesses)

  for (const [binding, module] of removed) {
    // Only when every access was in fact moved: a refused one still needs it.
    if (
      binding.references.some((reference) =>
        (byReceiver.get(reference) ?? []).some((access) => !done.has(access)),
      )
    )
      continue
    const declaration = binding.declaration.parent as Node
    edits.push(removeStatement(module, declaration))
    walk(declaration, (inner) => {
      if (inner.type === 'Identifier' && inner.binding?.kind === 'import')
        planning.imports(module).remove(inner)
    })
  }
  for (const [module, plan] of imports) edits.push(...plan.edits().map((edit) => ({ ...edit, module })))
  const sites = sitesOf(trace, needs, done, refused)
  for (const { file, site } of unusedClients(planning, classifier, edits, done))
    sites.set(file, [...(sites.get(file) ?? []), site])
  return { edits: byFile(edits), sites, connected }
}

/** Lines on which the team wants the other database, with its reason. */
function suppressed(trace: Trace): Map<string, string> {
  const found = new Map<string, string>()
  for (const item of trace.facts.suppressions)
    if (item.reason && item.rules.includes('wrong-database'))
      found.set(`${item.file}:${item.line}`, item.reason)
  return found
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
      const swapped = stays.length === 0 ? swapClient(planning, group, target, uses) : undefined
      if (swapped && !('reason' in swapped)) return swapped
      if (swapped) return partOfClient(planning, group, target, uses, swapped.reason)
      return splitClient(
        planning,
        group,
        target,
        kinds.filter((item) => item.goes === 'move').map((item) => item.use),
        stays.map((item) => item.use),
      )
    }
    case 'inline':
      return inlineClient(planning, group, target)
    case 'foreign':
      // A helper that is handed its client gets another one from its callers, not one of its own.
      if (
        group.holder.binding?.kind === 'parameter' &&
        callersOf(planning.trace.program, group.module, group.holder.binding.declaration).calls.length > 0
      )
        return {
          reason: `its client \`${group.holder.text}\` is a part of a parameter: the callers have to hand over the client of ${group.to}`,
        }
      return splitClient(
        planning,
        group,
        target,
        group.accesses.map((access) => ({
          node: unwrap(access.candidate.receiver),
          kind: 'access' as const,
          accesses: [access],
        })),
        [],
      )
    case 'parameter':
      return {
        reason: `its client is the parameter \`${group.holder.binding.name}\`: the callers have to hand over the client of ${group.to}`,
      }
  }
}

/** The client as a whole can't be exchanged: the uses that can have a client of their own get one, the rest stays. */
function partOfClient(
  planning: Planning,
  group: Group,
  target: Target,
  uses: readonly ClientUse[],
  reason: string,
): Rewrite | Refusal {
  const { program } = planning.trace
  const moving = uses.filter((use) => whereTo(planning, use.accesses, use.kind) === 'move')
  const placeable = moving.filter(
    (use) =>
      !(
        'reason' in
        findPlacement(program, {
          module: group.module,
          nodes: [use.node],
          needsTenantId: target.needsTenantId,
          async: target.async,
          staying: moving.map((other) => other.node.start),
        })
      ),
  )
  if (placeable.length === 0 || placeable.length === moving.length) return { reason }
  const rest = moving.filter((use) => !placeable.includes(use))
  const split = splitClient(planning, group, target, placeable, rest)
  return 'reason' in split
    ? split
    : { ...split, left: [{ accesses: rest.flatMap((use) => use.accesses), reason }] }
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
function handedGroups(
  planning: Planning,
  groups: readonly Group[],
  exchanged: ReadonlySet<Binding>,
): Group[] {
  const found: Group[] = []
  const waiting = new Set(
    groups.filter((group) => group.holder.kind === 'parameter').flatMap((group) => group.accesses),
  )
  if (waiting.size === 0) return found
  for (const creation of planning.trace.creations) {
    const declarator =
      creation.node.parent.type === 'AwaitExpression' ? creation.node.parent.parent : creation.node.parent
    if (declarator.type !== 'VariableDeclarator' || declarator.id.type !== 'Identifier') continue
    const binding: Binding = declarator.id.binding
    if (binding.scope.kind === 'module' || binding.writes.length > 0 || exchanged.has(binding)) continue
    const uses = clientUses(planning.trace.program, creation.module, binding, planning.byReceiver)
    const accesses = uses
      .filter(
        (use) =>
          use.kind === 'handed' &&
          use.accesses.length > 0 &&
          use.accesses.every((access) => waiting.has(access)),
      )
      .flatMap((use) => use.accesses)
    const first = accesses[0] && planning.needOf(accesses[0])
    if (
      first?.kind === 'move' &&
      accesses.every((access) => (planning.needOf(access) as { to?: string }).to === first.to)
    )
      found.push({
        module: creation.module,
        holder: { kind: 'variable', binding, declarator, init: declarator.init },
        from: first.from,
        to: first.to,
        accesses: [...new Set(accesses)],
      })
  }
  return found
}

/** Tells the import plan about every imported name that a removed piece of text read. */
function removeReferences(planning: Planning, rewrite: Rewrite, node: Node): void {
  const module =
    rewrite.edits.find((edit) => edit.start <= node.start && node.end <= edit.end)?.module ??
    rewrite.edits[0]?.module
  if (!module) return
  walk(node, (inner) => {
    if (inner.type === 'Identifier' && inner.binding?.scope.kind === 'module')
      planning.imports(module).remove(inner)
  })
}

/** Clients of the wrong database that a route obtains and that lead to no access: handed to code that is not known. */
function unusedClients(
  planning: Planning,
  classifier: Classifier,
  edits: readonly SourceEdit[],
  done: ReadonlyMap<Access, unknown>,
): { file: string; site: MigrateSite }[] {
  const { trace } = planning
  const isRoute = isRouteFile(trace.program.repository.files, classifier)
  const used = new Set(
    trace.accesses
      .filter((access) => !done.has(access))
      .flatMap((access) => access.clients.map((client) => client.origin.node)),
  )
  return trace.creations.flatMap((creation) => {
    const { file, range, database } = creation.fact
    const route = classifier.route(file)
    if (
      !route ||
      route.database === database ||
      !isRoute(file) ||
      classifier.exception(file, undefined)?.database === database
    )
      return []
    if (
      used.has(creation.node) ||
      edits.some(
        (edit) =>
          edit.module === creation.module &&
          edit.start <= creation.node.start &&
          creation.node.end <= edit.end,
      )
    )
      return []
    const outer = wrapped(creation.node)
    const declarator = outer.parent.type === 'AwaitExpression' ? wrapped(outer.parent).parent : outer.parent
    const binding: Binding | undefined =
      declarator.type === 'VariableDeclarator' ? declarator.id.binding : undefined
    const lost = binding
      ? clientUses(trace.program, creation.module, binding, planning.byReceiver).find((use) => use.reason)
      : undefined
    const { line, column } = lost ? creation.module.position(lost.node.start) : range.start
    const reason =
      lost?.reason ?? (binding ? 'nothing is asked of it' : 'it is handed on in a way that is not followed')
    return [
      {
        file,
        site: {
          line,
          column,
          from: database,
          to: route.database,
          rewrite: 'none',
          status: 'needs-review' as const,
          reason: `the route obtains the client of ${database}: ${reason}`,
        },
      },
    ]
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
              reason: need.kind === 'review' ? need.reason : (refused.get(access) ?? 'no rewrite fits'),
            }
    const list = sites.get(access.fact.file)
    if (list) list.push(site)
    else sites.set(access.fact.file, [site])
  }
  return sites
}
