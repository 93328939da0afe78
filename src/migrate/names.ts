import { find, scopeOf } from '../repo/bind.ts'
import { children, type Node } from '../repo/node.ts'

/**
 * A name that means nothing yet at a place, at any of the places that will read it, and below.
 * @param wanted the best name first
 */
export function freshName(
  list: Node,
  uses: readonly Node[],
  wanted: readonly string[],
  taken: Pick<ReadonlySet<string>, 'has'>,
): string {
  const free = (name: string) =>
    !taken.has(name) &&
    [list, ...uses].every((node) => find(scopeOf(node), name) === undefined) &&
    !declaresBelow(list, name)
  const found = wanted.find(free)
  if (found) return found
  for (let suffix = 2; ; suffix++) if (free(`${wanted[0]}${suffix}`)) return `${wanted[0]}${suffix}`
}

/** Whether a name is declared, or read as a global, anywhere below a node: it would be caught or hidden. */
function declaresBelow(node: Node, name: string): boolean {
  if (node.scope?.bindings.has(name)) return true
  if (node.type === 'Identifier' && node.name === name && !node.binding && !isKey(node)) return true
  return children(node).some((child) => declaresBelow(child, name))
}

/** Whether an identifier only names a member: `x.name`, `{ name: x }`. The name of `{ name }` is also read. */
function isKey(node: Node): boolean {
  const { parent } = node
  if (parent.type === 'MemberExpression') return parent.property === node && !parent.computed
  return parent.type === 'Property' && parent.key === node && !parent.computed && !parent.shorthand
}
