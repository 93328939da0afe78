import { enclosingFunction, keyName, memberName, type Node, unwrap, wrapped } from '../../repo/node.ts'

/** The name at the root of a member expression and the members read from it. */
export function memberPath(expression: Node): { id: Node; names: string[] } | undefined {
  const names: string[] = []
  let at = unwrap(expression)
  while (at.type === 'MemberExpression') {
    const name = memberName(at)
    if (name === undefined) return undefined
    names.unshift(name)
    at = unwrap(at.object)
  }
  return at.type === 'Identifier' && at.binding ? { id: at, names } : undefined
}

/** Members that lead from a destructured value to one of its names; undefined for what has no path. */
export function patternPath(root: Node, id: Node): string[] | undefined {
  const names: string[] = []
  for (let at = id; at !== root; at = at.parent) {
    const parent: Node | undefined = at.parent
    if (!parent) return undefined
    if (parent.type === 'Property' && parent.parent?.type === 'ObjectPattern') {
      const name = keyName(parent)
      if (name === undefined) return undefined
      names.unshift(name)
    } else if (parent.type !== 'ObjectPattern' && parent.type !== 'AssignmentPattern') return undefined
  }
  return names
}

/** The call that a function is an argument of, written in place or by its name. */
export function wrapperCall(fn: Node): Node | undefined {
  const isArgument = (node: Node): Node | undefined => {
    const outer = wrapped(node)
    return outer.parent?.type === 'CallExpression' && outer.parent.callee !== outer ? outer.parent : undefined
  }
  const direct = isArgument(fn)
  if (direct) return direct
  const name =
    fn.type === 'FunctionDeclaration'
      ? fn.id?.binding
      : wrapped(fn).parent?.type === 'VariableDeclarator'
        ? wrapped(fn).parent.id.binding
        : undefined
  for (const reference of name?.references ?? []) {
    const call = isArgument(reference)
    if (call && !enclosingFunction(call)) return call
  }
  return undefined
}
