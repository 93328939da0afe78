import { enclosingFunction, unwrap } from '../../repo/node.ts'
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
  const program = planning.trace.program
  const nodes = [...new Set(group.accesses.map((access) => unwrap(access.candidate.receiver)))]
  const ids = nodes.map((node) => (target.needsTenantId ? tenantIdsAt(program, module, { node }).find((item) => item.proven) : undefined))
  if ((target.needsTenantId && ids.some((id) => !id)) || nodes.some((node) => !enclosingFunction(node)) || target.entry.result !== undefined) {
    // A client in a statement of its own can be put where the id is proven, or made so.
    const uses = nodes.map((node) => ({ node, kind: 'access' as const, accesses: group.accesses.filter((access) => unwrap(access.candidate.receiver) === node) }))
    return splitClient(planning, group, target, uses, [])
  }
  const edits: SourceEdit[] = []
  for (const [index, node] of nodes.entries()) {
    const plan = target.async ? makeAsync(program, module, enclosingFunction(node)!) : { edits: [] as SourceEdit[] }
    if ('blocked' in plan) return { reason: `${plan.blocked} (${program.repository.relative(plan.module.file)}:${plan.module.position(plan.node.start).line})` }
    const table = group.accesses.find((access) => unwrap(access.candidate.receiver) === node)?.fact.names[0]
    const call = clientCall(planning, module, target, ids[index], table)
    const bare = call.startsWith('await ') && node.parent.type !== 'ParenthesizedExpression'
    edits.push(...plan.edits, { module, start: node.start, end: node.end, text: bare ? `(${call})` : call })
  }
  return { name: 'inline-client', edits, gone: nodes, moved: group.accesses }
}
