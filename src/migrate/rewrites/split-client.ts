import type { Module } from '../../repo/module.ts'
import type { Binding, Node } from '../../repo/node.ts'
import type { SourceEdit } from '../../trace/asynchrony.ts'
import { outermostFunction, pointsOf } from '../../trace/points.ts'
import type { ClientUse } from '../../trace/uses.ts'
import type { Group } from '../groups.ts'
import { freshName } from '../names.ts'
import { findPlacement } from '../placement.ts'
import type { Planning, Refusal, Rewrite } from '../planning.ts'
import { insertStatements } from '../statements.ts'
import type { Target } from '../target.ts'
import { clientCall, importNames, tableOf } from './client-call.ts'
import { existingClient } from './existing-client.ts'
import { destructured, memberNames } from './swap-client.ts'

/**
 * The client stays where something of its own database uses it, or where it is not the function's to exchange; the
 * accesses that belong elsewhere get a client of their own.
 * @param moving the uses that get the new client
 * @param staying the uses that keep the old one
 */
export function splitClient(
  planning: Planning,
  group: Group,
  target: Target,
  moving: readonly ClientUse[],
  staying: readonly ClientUse[],
): Rewrite | Refusal {
  const { module, holder } = group
  const moved = moving.flatMap((use) => use.accesses)
  if (moved.length === 0)
    return { reason: staying.find((use) => use.reason)?.reason ?? 'it shares its client with what stays' }
  const run = staying.find((use) => use.runs)
  if (run)
    return {
      reason: `it may run in the transaction of line ${module.position(run.node.start).line}, which gets what is only known at run time`,
    }
  const nodes = moving.map((use) => use.node)
  const existing = existingClient(planning, module, target, nodes)
  if (existing !== undefined)
    return {
      name: 'split-client',
      edits: moving.map((use) => ({
        module,
        start: use.node.start,
        end: use.node.end,
        text: named(existing, use),
      })),
      gone: nodes,
      moved,
    }
  const replaced =
    holder.kind === 'foreign' &&
    holder.binding !== undefined &&
    isReplaceable(module, holder.binding) &&
    planning.movesAll(holder.binding)
  const keeps =
    (replaced || (staying.length === 0 && isHidden(group, nodes))) &&
    moving.every((use) => methodOf(use) === undefined)
  const obtained = keeps ? undefined : planning.shared.find(module, target.entry.label, nodes)
  if (obtained !== undefined)
    return {
      name: 'split-client',
      edits: moving.map((use) => ({
        module,
        start: use.node.start,
        end: use.node.end,
        text: named(obtained, use),
      })),
      gone: nodes,
      moved,
    }
  const program = planning.trace.program
  const placement = findPlacement(program, {
    module,
    nodes,
    needsTenantId: target.needsTenantId,
    async: target.async,
    staying: staying.map((use) => use.node.start),
    ...floorOf(group),
  })
  if ('reason' in placement) return placement
  const taken = planning.taken(module, placement.point.list)
  if (keeps && holder.kind === 'foreign') taken.add(holder.text)
  // The call before a new name: none may hide the import that it reads.
  const call = clientCall(planning, module, placement.point.list, target, placement.id, tableOf(moved[0]))
  const [member, ...also] =
    target.entry.result === undefined ? [] : memberNames(target.entry, placement.point.list, nodes, taken)
  // What is taken out of a factory's result has a name of its own.
  const keepsName = keeps && member === undefined
  const name =
    keepsName && holder.kind === 'foreign'
      ? holder.text
      : (member ??
        freshName(
          placement.point.list,
          nodes,
          [`${target.database.name}Db`, `${target.database.name}Client`, `${target.database.name}Database`],
          taken,
        ))
  if (!keepsName) taken.add(name)
  if (replaced && holder.kind === 'foreign' && holder.binding!.kind !== 'import')
    planning.removeDeclaration(module, holder.binding!)
  if (!keeps && !placement.before)
    planning.shared.add({ module, label: target.entry.label, point: placement.point, name })
  if (placement.before) importNames(planning, module, placement.before.imports)
  const pattern = target.entry.result === undefined ? name : destructured(target.entry, name, also)
  const edits: SourceEdit[] = [
    ...placement.edits,
    insertStatements(module, placement.point, [
      ...(placement.before?.statements ?? []),
      `const ${pattern} = ${call}`,
    ]),
  ]
  const gone: Node[] = []
  for (const use of moving) {
    if (!keepsName) edits.push({ module, start: use.node.start, end: use.node.end, text: named(name, use) })
    gone.push(use.node)
  }
  return { name: 'split-client', edits, gone, moved }
}

/** Every use of a module's name in a function moves: a constant of the function may have the same name. */
function isHidden({ holder, within }: Group, moving: readonly Node[]): boolean {
  if (holder.kind !== 'foreign' || holder.binding?.scope.kind !== 'module') return false
  return holder.binding.references.every(
    (reference) => outermostFunction(reference) !== within || moving.includes(reference),
  )
}

/** An import, or a constant of the module that nobody else can see: the name is free for the new client when every use of it moves. */
function isReplaceable(module: Module, binding: Binding): boolean {
  if (binding.references.length === 0 || binding.typeReferences > 0) return false
  if (binding.kind === 'import') return true
  const declaration = binding.declaration.parent
  return (
    binding.scope.kind === 'module' &&
    binding.kind === 'const' &&
    declaration?.type === 'VariableDeclaration' &&
    declaration.declarations.length === 1 &&
    declaration.parent.type === 'Program' &&
    ![...module.exports.values()].some((entry) => entry.kind === 'local' && entry.node.binding === binding)
  )
}

/** A name declared in the function limits where the new client may stand only when the tenant id comes with it. */
function floorOf(group: Group): { floor?: ReturnType<typeof pointsOf>[number] } {
  if (group.holder.kind !== 'variable') return {}
  const floor = pointsOf(group.holder.declarator).at(-1)
  return floor ? { floor: { ...floor, index: floor.index + 1 } } : {}
}

/** What a use becomes: the client, with its method where the access stands on none. */
function named(client: string, use: ClientUse): string {
  const method = methodOf(use)
  return method === undefined ? client : `${client}.${method}`
}

function methodOf({ kind, accesses }: ClientUse): string | undefined {
  return kind === 'access' ? accesses[0]?.candidate.method : undefined
}
