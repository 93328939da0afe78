import { isFunction, memberName, type Node, unwrap, walk } from '../repo/node.ts'

/** The constructor that a class declares itself. */
export function constructorOf(cls: Node): Node | undefined {
  return (cls.body.body as Node[]).find(
    (member) => member.type === 'MethodDefinition' && member.kind === 'constructor' && member.value.body,
  )?.value
}

/** The calls of the base class's constructor in a constructor. */
export function superCallsOf(fn: Node): Node[] {
  const found: Node[] = []
  walk(fn.body, (node) => {
    if (node.type === 'CallExpression' && node.callee.type === 'Super') found.push(node)
  })
  return found
}

/** The class whose instance `this` is at a node. */
export function classOfThis(node: Node): Node | undefined {
  for (let at: Node | undefined = node; at; at = at.parent) {
    if (isFunction(at) && at.type !== 'ArrowFunctionExpression' && at.parent.type !== 'MethodDefinition')
      return undefined
    if (at.type === 'MethodDefinition' || at.type === 'PropertyDefinition')
      return at.static ? undefined : at.parent.parent
  }
  return undefined
}

/** The name of the member of `this` that an expression is. */
export function ownMember(node: Node): string | undefined {
  return node.type === 'MemberExpression' && unwrap(node.object).type === 'ThisExpression'
    ? memberName(node)
    : undefined
}
