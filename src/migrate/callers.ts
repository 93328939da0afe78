import type { Module } from '../repo/module.ts'
import { type Binding, type Node, unwrap } from '../repo/node.ts'
import type { Access } from '../trace/accesses.ts'
import { callersOf } from '../trace/callers.ts'
import { clientsIn } from '../trace/entries.ts'
import { evaluate } from '../trace/evaluate.ts'
import { indexOfParameter, injectedField } from '../trace/injected.ts'
import { rewriteGroupOfParameter } from './choose.ts'
import type { Group } from './groups.ts'
import type { Planning, Refusal, Rewrite } from './planning.ts'

/** What the rewrites so far have exchanged. */
export interface Exchanged {
  /** Variables that hold the other client from now on. */
  readonly bindings: ReadonlySet<Binding>
  /** Expressions that another one stands in for. */
  readonly nodes: { has(node: Node): boolean }
}

/**
 * Has the callers of functions that are handed their client hand over another one, wherever the rewrites so far have
 * not done so.
 * @returns the outcome for each group of accesses on a parameter; undefined where every caller is right by now
 */
export function throughCallers(
  planning: Planning,
  groups: readonly Group[],
  exchanged: Exchanged,
  settle: (outcome: Rewrite | Refusal, accesses: readonly Access[]) => void,
): void {
  for (const group of groups) {
    if (group.holder.kind !== 'parameter') continue
    if (group.accesses.some((access) => access.candidate.detached !== undefined)) continue
    const covered = (module: Module, argument: Node) =>
      isRight(planning, module, argument, group.to, exchanged, 0)
    const { calls } = callersOf(planning.trace.program, group.module, group.holder.binding.declaration)
    const index = indexOfParameter(group.holder.binding)
    const isDone =
      calls.length > 0 &&
      calls.every(({ module, node }) => node.arguments[index] && covered(module, node.arguments[index]))
    if (!isDone) settle(rewriteGroupOfParameter(planning, group, covered), group.accesses)
  }
}

/** Whether an argument is the client of a database, or becomes it by what has been exchanged. */
function isRight(
  planning: Planning,
  module: Module,
  argument: Node,
  to: string,
  exchanged: Exchanged,
  depth: number,
): boolean {
  const node = unwrap(argument)
  if (exchanged.nodes.has(argument) || exchanged.nodes.has(node)) return true
  const binding: Binding | undefined = node.type === 'Identifier' ? node.binding : undefined
  if (binding && exchanged.bindings.has(binding)) return true
  const { program } = planning.trace
  const clients = clientsIn(program, evaluate(program, module, node))
  if (clients.length > 0 && clients.every((client) => client.database === to)) return true
  const given =
    binding?.kind === 'parameter' ? { module, parameter: binding } : injectedField(program, module, node)
  const index = given ? indexOfParameter(given.parameter) : -1
  if (!given || index < 0 || depth > 8) return false
  const { calls, open } = callersOf(program, given.module, given.parameter.declaration)
  return (
    open === undefined &&
    calls.length > 0 &&
    calls.every(
      (call) =>
        call.node.arguments[index] &&
        isRight(planning, call.module, call.node.arguments[index], to, exchanged, depth + 1),
    )
  )
}
