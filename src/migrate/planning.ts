import type { Need } from '../lint/need.ts'
import { find, scopeOf } from '../repo/bind.ts'
import type { Module } from '../repo/module.ts'
import type { Binding, Node } from '../repo/node.ts'
import { unwrap } from '../repo/node.ts'
import type { Rules } from '../rules/model.ts'
import type { Access } from '../trace/accesses.ts'
import type { SourceEdit } from '../trace/asynchrony.ts'
import { ImportPlan } from '../trace/imports.ts'
import { outermostFunction } from '../trace/points.ts'
import type { Trace } from '../trace/trace.ts'
import { SharedClients } from './shared-clients.ts'
import { type Target, targetOf } from './target.ts'

/** What a rewrite did: its edits, by which everything about it can be taken back. */
export interface Rewrite {
  readonly name: string
  readonly edits: readonly SourceEdit[]
  /** Identifiers that are gone from the text. */
  readonly gone: readonly Node[]
  /** Accesses whose client is now another one. */
  readonly moved: readonly Access[]
  /** The variable whose client is another one from now on. */
  readonly exchanged?: Binding
  /** Accesses of the group that it could not move. */
  readonly left?: readonly { readonly accesses: readonly Access[]; readonly reason: string }[]
}

export interface Refusal {
  readonly reason: string
}

/** Names that new text declares. */
export interface TakenNames {
  has(name: string): boolean
  add(name: string): void
  /** Whether the text around a node has the name by then: what stands there would read that instead of the module's. */
  hides(name: string): boolean
}

/** What the rewrites need from the plan around them. */
export interface Planning {
  readonly trace: Trace
  readonly rules: Rules
  imports(module: Module): ImportPlan
  target(database: string, replaced: Access): Target | undefined
  /** Names that rewrites have taken in the outermost function around a node, and those of the imports they added. */
  taken(module: Module, node: Node): TakenNames
  /** New clients by the place and the call that makes them, so that accesses of one function share one. */
  readonly shared: SharedClients
  /** Functions whose callers hand over the other client, with the name of the parameter that gets it. */
  readonly handedOver: Map<Node, string>
  /** A declaration of the module that nothing will need any more. */
  removeDeclaration(module: Module, binding: Binding): void
  /** The accesses by the expressions that their clients come from: receivers, roots and those of their transactions. */
  readonly byReceiver: ReadonlyMap<Node, readonly Access[]>
  needOf(access: Access): Need
  /** Whether every reference of a binding will be moved. */
  movesAll(binding: Binding): boolean
}

/** The state of a plan that is being made, with what has to be written when it is complete. */
export interface PlanState {
  readonly planning: Planning
  readonly imports: ReadonlyMap<Module, ImportPlan>
  readonly removed: ReadonlyMap<Binding, Module>
}

/** @param needs what has to be done about every access */
export function createPlanning(trace: Trace, rules: Rules, needs: ReadonlyMap<Access, Need>): PlanState {
  const byReceiver = new Map<Node, Access[]>()
  const moving = new Set<Node>()
  for (const access of trace.accesses) {
    for (const root of new Set([
      access.root,
      unwrap(access.candidate.receiver),
      ...(access.candidate.also ?? []),
      ...access.alongside,
    ])) {
      const others = byReceiver.get(root)
      if (others) others.push(access)
      else byReceiver.set(root, [access])
    }
  }
  for (const [root, accesses] of byReceiver)
    if (accesses.every((access) => needs.get(access)?.kind === 'move')) moving.add(root)
  const imports = new Map<Module, ImportPlan>()
  const taken = new Map<Node, Set<string>>()
  const removed = new Map<Binding, Module>()
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
    taken: (module, node) => {
      const local = memo(taken, outermostFunction(node) ?? node, () => new Set<string>())
      const inScope = (name: string) => find(scopeOf(node), name)
      return {
        has: (name) => local.has(name) || planning.imports(module).locals.has(name),
        add: (name) => void local.add(name),
        hides: (name) => local.has(name) || ![undefined, 'module'].includes(inScope(name)?.scope.kind),
      }
    },
    shared: new SharedClients(),
    handedOver: new Map(),
    removeDeclaration: (module, binding) => void removed.set(binding, module),
    target: (database, access) =>
      targetOf(trace.program, rules, database, access.clients[0], access.fact.dialect),
    needOf: (access) => needs.get(access)!,
    movesAll: (binding) => binding.references.every((reference) => moving.has(reference)),
  }
  return { planning, imports, removed }
}
