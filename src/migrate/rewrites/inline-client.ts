import type { Module } from '../../repo/module.ts'
import { enclosingFunction, type Node } from '../../repo/node.ts'
import type { Access } from '../../trace/accesses.ts'
import type { SourceEdit } from '../../trace/asynchrony.ts'
import { makeAsync } from '../../trace/asynchrony.ts'
import { isRequestHandler } from '../../trace/handlers.ts'
import { isDoubted } from '../../trace/optional-ids.ts'
import { outermostFunction, pointsOf } from '../../trace/points.ts'
import { weakCaller } from '../../trace/presence.ts'
import type { Program } from '../../trace/program.ts'
import { type TenantId, tenantIdsAt } from '../../trace/tenant-ids.ts'
import { type Threading, threadTenantId } from '../../trace/threading.ts'
import type { Group } from '../groups.ts'
import type { Planning, Refusal, Rewrite } from '../planning.ts'
import type { Target } from '../target.ts'
import { clientCall, tableOf } from './client-call.ts'
import { splitClient } from './split-client.ts'

/** `create().from('t')` becomes `(await getTenantDatabaseClient(id)).from('t')`. */
export function inlineClient(planning: Planning, group: Group, target: Target): Rewrite | Refusal {
  const { module } = group
  const program = planning.trace.program
  const nodes = [...new Set(group.accesses.map((access) => access.root))]
  const accessesOf = (node: Node) => group.accesses.filter((access) => access.root === node)
  const inPlace: { node: Node; id: TenantId | undefined; edits: readonly SourceEdit[] }[] = []
  const others: Node[] = []
  const at = (place: { module: Module; node: Node }) =>
    `${program.repository.relative(place.module.file)}:${place.module.position(place.node.start).line}`
  const left: { accesses: readonly Access[]; reason: string }[] = []
  for (const node of nodes) {
    const fn = enclosingFunction(node)
    const found = target.needsTenantId ? idAt(program, module, node) : { edits: [] }
    if ('blocked' in found) {
      left.push({
        accesses: accessesOf(node),
        reason: `${found.unproven ? '' : "no tenant id is in scope, and it can't be handed over: "}${found.blocked} (${at(found)})`,
      })
      continue
    }
    const { id } = found
    // What the factory returns is taken apart in a statement, where the function has any.
    const apart = target.entry.result !== undefined && fn?.body.type === 'BlockStatement'
    if (!fn || (target.needsTenantId && !id) || apart) {
      others.push(node)
      continue
    }
    const plan = target.async ? makeAsync(program, module, fn) : { edits: [] }
    if ('blocked' in plan)
      left.push({
        accesses: accessesOf(node),
        reason: `${plan.blocked} (${at(plan)})`,
      })
    else inPlace.push({ node, id, edits: [...plan.edits, ...found.edits] })
  }
  // A client in a statement of its own can be put where the id is proven, or made so.
  const together =
    others.length > 0
      ? splitClient(
          planning,
          group,
          target,
          others.map((node) => ({ node, kind: 'access' as const, accesses: accessesOf(node) })),
          [],
        )
      : undefined
  if (together && 'reason' in together)
    left.push({ accesses: others.flatMap(accessesOf), reason: together.reason })
  const split = together && !('reason' in together) ? together : undefined
  if (inPlace.length === 0 && !split) return { reason: left[0]!.reason }
  const edits = [...(split?.edits ?? [])]
  for (const { node, id, edits: around } of inPlace) {
    const call = clientCall(planning, module, node, target, id, tableOf(accessesOf(node)[0]))
    const members = [target.entry.result, accessesOf(node)[0]?.candidate.method]
    const member = members.map((name) => (name === undefined ? '' : `.${name}`)).join('')
    const bare =
      call.startsWith('await ') && (member !== '' || node.parent.type !== 'ParenthesizedExpression')
    edits.push(...around, {
      module,
      start: node.start,
      end: node.end,
      text: bare ? `(${call})${member}` : `${call}${member}`,
    })
  }
  return {
    name: inPlace.length > 0 ? 'inline-client' : 'split-client',
    edits,
    gone: [...inPlace.map((item) => item.node), ...(split?.gone ?? [])],
    moved: [...inPlace.flatMap((item) => accessesOf(item.node)), ...(split?.moved ?? [])],
    left,
  }
}

/** The tenant id for an expression: one in scope, or what callers hand to a function that has no statements. */
export function idAt(
  program: Program,
  module: Module,
  node: Node,
):
  | { readonly id?: TenantId; readonly edits: readonly SourceEdit[] }
  | (Extract<Threading, { blocked: string }> & { readonly unproven?: true }) {
  const ids = tenantIdsAt(program, module, { node })
  const id = ids.find((item) => item.proven && !isDoubted(item, { node }, enclosingFunction(node)))
  if (id) return { id, edits: [] }
  const fn = outermostFunction(node)
  if (!fn || pointsOf(node).length > 0 || isRequestHandler(module, fn)) return { edits: [] }
  const [open] = ids
  if (open) {
    const weak = open.binding && weakCaller(program, module, open.binding)
    const blocked = `\`${open.expression}\` may be undefined here: nothing proves it${weak ? ' where it is handed over' : ''}`
    return { blocked, unproven: true, ...(weak ?? { module, node }) }
  }
  const threaded = threadTenantId(program, module, fn)
  return 'blocked' in threaded
    ? threaded
    : { id: { expression: threaded.name, proven: true }, edits: threaded.edits }
}
