import type { Binding } from '../repo/node.ts'
import { outermostFunction } from '../trace/points.ts'
import { clientUses } from '../trace/uses.ts'
import type { Group } from './groups.ts'
import type { Planning } from './planning.ts'

/** Variables without an access of their own whose client goes to functions with accesses that have to move. */
export function handedGroups(
  planning: Planning,
  groups: readonly Group[],
  exchanged: ReadonlySet<Binding>,
): Group[] {
  const found: Group[] = []
  const waiting = new Set(
    groups.flatMap((group) =>
      group.accesses.filter(
        (access) => group.holder.kind === 'parameter' || access.candidate.detached !== undefined,
      ),
    ),
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
      first.to !== creation.fact.database &&
      accesses.every((access) => (planning.needOf(access) as { to?: string }).to === first.to)
    )
      found.push({
        module: creation.module,
        holder: { kind: 'variable', binding, declarator, init: declarator.init },
        from: first.from,
        to: first.to,
        accesses: [...new Set(accesses)],
        within: outermostFunction(creation.node),
      })
  }
  return found
}
