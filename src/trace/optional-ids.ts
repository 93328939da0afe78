import { enclosingFunction, type Node, unwrap, walk } from '../repo/node.ts'
import { accessPath, leaves, type Point, proofOf } from './narrowing.ts'
import type { TenantId } from './tenant-ids.ts'

/**
 * Whether a function has a way to go on when the tenant id is missing: it asks for the id, or for what the id is read
 * from, in a condition that doesn't leave. A guard would take that way from its callers.
 */
export function worksWithout(id: TenantId, fn: Node): boolean {
  const target = id.path
  if (!target) return false
  const concerns = (test: Node): boolean => {
    const node = unwrap(test)
    if (node.type === 'UnaryExpression' && node.operator === '!') return concerns(node.argument)
    if (node.type === 'LogicalExpression') return concerns(node.left) || concerns(node.right)
    const path = accessPath(node)
    return (
      path !== undefined &&
      path.binding === target.binding &&
      path.names.every((name, index) => name === target.names[index]) &&
      path.names.length <= target.names.length
    )
  }
  let found = false
  walk(fn.body, (node) => {
    if (node.type === 'IfStatement') found ||= !leaves(node.consequent) && concerns(node.test)
    if (node.type === 'ConditionalExpression') found ||= concerns(node.test)
  })
  return found
}

/**
 * The rules may say that an id is there; where the code has a way to go on without it, only a guard proves it.
 * @param fn the function that the point is in; those around it count as well
 */
export function isDoubted(id: TenantId, point: Point, fn: Node | undefined): boolean {
  if (id.path === undefined || proofOf(id.path, point) !== undefined) return false
  for (let around = fn; around; around = enclosingFunction(around)) if (worksWithout(id, around)) return true
  return false
}
