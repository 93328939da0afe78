import type { Access } from '../trace/accesses.ts'
import { outermostFunction } from '../trace/points.ts'
import { type ClientUse, clientUses, expressionUse } from '../trace/uses.ts'
import type { Group } from './groups.ts'
import type { Planning } from './planning.ts'

/** What happens to a client that a function gets from elsewhere: an import, a module's constant, a field. */
export interface ForeignUses {
  /** Uses that get the new client. */
  readonly moving: readonly ClientUse[]
  /** Uses that keep the one from elsewhere. */
  readonly staying: readonly ClientUse[]
}

/** The uses of a group's client in the group's function. */
export function foreignUses(planning: Planning, group: Group): ForeignUses {
  const { holder, module } = group
  const moves = (access: Access): boolean => {
    const need = planning.needOf(access)
    return need.kind === 'move' && need.to === group.to
  }
  const follows = (access: Access) => planning.needOf(access).kind === 'follow'
  const all =
    holder.kind === 'foreign' && holder.binding
      ? clientUses(planning.trace.program, module, holder.binding, planning.byReceiver).filter(
          ({ node }) => outermostFunction(node) === group.within,
        )
      : expressionUses(planning, group)
  const uses = all.filter(({ kind }) => kind !== 'type')
  const moving = uses.filter(
    ({ kind, accesses }) =>
      kind !== 'escape' &&
      accesses.some(moves) &&
      accesses.every((access) => moves(access) || follows(access)),
  )
  return { moving, staying: uses.filter((use) => !moving.includes(use)) }
}

/** `this.client`: every expression of the same text that a query or a transaction of the group is on. */
function expressionUses(planning: Planning, group: Group): ClientUse[] {
  const nodes = new Set(group.accesses.flatMap((access) => [access.root, ...access.alongside]))
  return [...nodes].map((node) =>
    expressionUse(planning.trace.program, group.module, node, planning.byReceiver),
  )
}
