import { enclosingFunction, isFunction, type Node } from '../repo/node.ts'
import { statementsOf } from './narrowing.ts'

/** A statement list on the way to a node, and which of its statements holds the node. */
export interface ListPoint {
  readonly list: Node
  readonly index: number
  /** The function whose statement list this is. */
  readonly fn: Node
}

/** The statement lists inside functions around a node, outermost first. */
export function pointsOf(node: Node): ListPoint[] {
  const found: ListPoint[] = []
  for (let at = node, parent = node.parent; parent; at = parent, parent = at.parent) {
    const statements = statementsOf(parent)
    if (!statements) continue
    const index = statements.indexOf(at)
    const fn = enclosingFunction(parent) ?? (isFunction(parent) ? parent : undefined)
    if (index >= 0 && fn) found.unshift({ list: parent, index, fn })
  }
  return found
}

/** The lists that hold all of several nodes, outermost first, with the first statement that holds one of them. */
export function commonLists(nodes: readonly Node[]): ListPoint[] {
  const [first, ...others] = nodes.map(pointsOf)
  if (!first) return []
  return first.flatMap((point) => {
    const same = others.map((points) => points.find((other) => other.list === point.list))
    if (same.some((other) => other === undefined)) return []
    return [{ ...point, index: Math.min(point.index, ...same.map((other) => other!.index)) }]
  })
}

/** Whether every way through `outer` reaches `inner`: nothing but blocks and `try` between them. */
export function isUnconditional(inner: Node, outer: Node): boolean {
  for (let at = inner; at !== outer; at = at.parent) {
    if (!at.parent) return false
    if (at.type === 'BlockStatement' || at.type === 'TryStatement') {
      if (at.parent.type === 'TryStatement' && at.parent.block !== at) return false
      continue
    }
    return false
  }
  return true
}

/** The outermost function around a node. */
export function outermostFunction(node: Node): Node | undefined {
  let found: Node | undefined
  for (let at = enclosingFunction(node); at; at = enclosingFunction(at)) found = at
  return found
}
