import type { Node } from '../../repo/node.ts'
import { enclosingFunction } from '../../repo/node.ts'
import type { SourceEdit } from '../../trace/asynchrony.ts'
import { makeAsync } from '../../trace/asynchrony.ts'
import { tenantIdsAt } from '../../trace/tenant-ids.ts'
import type { Group } from '../groups.ts'
import type { Planning, Refusal, Rewrite } from '../plan.ts'
import type { Target } from '../target.ts'
import { clientCall } from './client-call.ts'
import { splitClient } from './split-client.ts'

/** `create().from('t')` becomes `(await getTenantDatabaseClient(id)).from('t')`. */
export function inlineClient(planning: Planning, group: Group, target: Target): Rewrite | Refusal {
  const { module, holder } = group
  if (holder.kind !== 'inline') return { reason: 'its client is not made in place' }
  const node: Node = holder.node
  const program = planning.trace.program
  const id = target.needsTenantId ? tenantIdsAt(program, module, { node }).find((item) => item.proven) : undefined
  const fn = enclosingFunction(node)
  if ((target.needsTenantId && !id) || !fn || target.entry.result !== undefined) {
    // A client in a statement of its own can be put where the id is proven, or made so.
    return splitClient(planning, group, target, [{ node, kind: 'access', accesses: group.accesses }], [])
  }
  const plan = target.async ? makeAsync(program, module, fn) : { edits: [] as SourceEdit[] }
  if ('blocked' in plan) return { reason: `${plan.blocked} (${program.repository.relative(plan.module.file)}:${plan.module.position(plan.node.start).line})` }
  const call = clientCall(planning, module, target, id, group.accesses[0]?.fact.names[0])
  const parenthesised = node.parent.type === 'ParenthesizedExpression'
  return { name: 'inline-client', edits: [...plan.edits, { module, start: node.start, end: node.end, text: call.startsWith('await ') && !parenthesised ? `(${call})` : call }], gone: [node], moved: group.accesses }
}
