import { type Node, unwrap } from '../../repo/node.ts'
import type { ClientEntry } from '../../rules/model.ts'
import type { SourceEdit } from '../../trace/asynchrony.ts'
import { pointsOf } from '../../trace/points.ts'
import type { ClientUse } from '../../trace/uses.ts'
import type { Group } from '../groups.ts'
import { freshName } from '../names.ts'
import { findPlacement } from '../placement.ts'
import type { Planning, Refusal, Rewrite, TakenNames } from '../planning.ts'
import { insertStatements, removeStatement, withComments } from '../statements.ts'
import type { Target } from '../target.ts'
import { clientCall, importNames, tableOf } from './client-call.ts'
import { existingClient } from './existing-client.ts'

/** Every use of the client belongs to the other database: the call that makes it is exchanged, moved below the guard if it has to be. */
export function swapClient(
  planning: Planning,
  group: Group,
  target: Target,
  uses: readonly ClientUse[],
): Rewrite | Refusal {
  const { module, holder } = group
  if (holder.kind !== 'variable' && holder.kind !== 'assigned')
    return { reason: 'its client is not held by a variable' }
  const home = holder.kind === 'variable' ? holder.declarator : holder.assignment
  const init: Node = holder.kind === 'variable' ? holder.init : holder.assignment.right
  const floor = pointsOf(home).at(-1)
  if (!floor) return { reason: 'its client is made when the module is loaded, where no tenant is known' }
  const nodes = uses.filter((use) => use.kind !== 'type').map((use) => use.node)
  const statement = (floor.list.type === 'SwitchCase' ? floor.list.consequent : floor.list.body)[
    floor.index
  ] as Node
  const moved = uses
    .flatMap((use) => use.accesses)
    .filter((access) => planning.needOf(access).kind === 'move')
  const existing =
    nodes.length > 0 && statement.type === 'VariableDeclaration' && statement.declarations.length === 1
      ? existingClient(planning, module, target, nodes)
      : undefined
  if (existing !== undefined)
    return {
      name: 'swap-client',
      edits: [
        removeStatement(module, withComments(module, statement)),
        ...uses.map(({ node }) => ({ module, start: node.start, end: node.end, text: existing })),
      ],
      gone: [init],
      moved,
    }
  const placement = findPlacement(planning.trace.program, {
    module,
    nodes: [
      ...nodes.filter((node) => node.start >= statement.end || node.end <= statement.start),
      ...(nodes.length === 0 ? [home] : []),
    ],
    floor,
    needsTenantId: target.needsTenantId,
    async: target.async,
    staying: [],
  })
  if ('reason' in placement) return placement
  const inPlace = placement.point.list === floor.list && placement.point.index === floor.index
  const table = tableOf(moved[0])
  const edits: SourceEdit[] = [...placement.edits]
  const simple =
    holder.kind === 'variable' &&
    statement.type === 'VariableDeclaration' &&
    statement.declarations.length === 1
  if (!inPlace && !simple)
    return {
      reason: `the client is made before the tenant id is proven, in a statement that can't be moved (line ${module.position(statement.start).line})`,
    }
  if (target.entry.result !== undefined && !simple)
    return {
      reason: "the client is a part of what the factory returns, and this declaration can't take it apart",
    }
  const call = clientCall(planning, module, init, target, placement.id, table)
  if (placement.before) importNames(planning, module, placement.before.imports)
  const id = holder.kind === 'variable' ? holder.declarator.id : undefined
  const replacement: SourceEdit[] = [{ module, start: init.start, end: init.end, text: call }]
  if (target.entry.result !== undefined && id) {
    const taken = planning.taken(module, floor.list)
    const [name, ...also] = memberNames(target.entry, floor.list, nodes, taken, id.name)
    replacement.unshift({
      module,
      start: id.start,
      end: id.end,
      text: destructured(target.entry, name, also),
    })
    if (name !== id.name)
      edits.push(...uses.map(({ node }) => ({ module, start: node.start, end: node.end, text: name })))
  }
  if (inPlace) {
    edits.push(...replacement)
    if (placement.before) edits.push(insertStatements(module, placement.point, placement.before.statements))
    return {
      name: placement.before ? 'insert-tenant-id' : 'swap-client',
      edits,
      gone: [init],
      moved,
      exchanged: holder.binding,
    }
  }
  const whole = withComments(module, statement)
  const text = replacement.reduceRight(
    (written, edit) =>
      written.slice(0, edit.start - whole.start) + edit.text + written.slice(edit.end - whole.start),
    module.text.slice(whole.start, whole.end),
  )
  edits.push(
    removeStatement(module, whole),
    insertStatements(module, placement.point, [...(placement.before?.statements ?? []), { asIs: text }]),
  )
  return { name: 'move-client', edits, gone: [unwrap(init)], moved, exchanged: holder.binding }
}

/**
 * Names for what is taken out of the factory's result: the client's, and those that are taken along. A member keeps its
 * name where that is free.
 * @param old the name that the client has now, where it has one
 */
export function memberNames(
  { result, also = [] }: ClientEntry,
  list: Node,
  uses: readonly Node[],
  taken: TakenNames,
  old?: string,
): [string, ...string[]] {
  const wanted = result!.split('.').at(-1)!
  const free = old === wanted ? wanted : freshName(list, uses, [wanted], taken)
  const name = old !== undefined && free !== wanted ? old : free
  taken.add(name)
  const others = also.map((member) => {
    const other = freshName(list, uses, [member], taken)
    taken.add(other)
    return other
  })
  return [name, ...others]
}

/** `const { client: supabase, isUserDb } = …` */
export function destructured(
  { result, also = [] }: ClientEntry,
  name: string,
  others: readonly string[],
): string {
  const parts = result!.split('.')
  const member = (from: string, to: string) => (from === to ? to : `${from}: ${to}`)
  const client = parts
    .slice(1)
    .reduceRight(
      (inner, part) => `{ ${inner.startsWith('{') ? `${part}: ${inner}` : member(part, inner)} }`,
      name,
    )
  const first = parts.length === 1 ? member(parts[0]!, name) : `${parts[0]}: ${client}`
  return `{ ${[first, ...also.map((from, index) => member(from, others[index]!))].join(', ')} }`
}
