import { type Binding, enclosingFunction, memberName, type Node, unwrap, wrapped } from '../repo/node.ts'

/** The name of what a call calls: of the function, or of the method. */
export function calleeName(call: Node): string | undefined {
  const callee = unwrap(call.callee)
  return callee.type === 'MemberExpression' ? memberName(callee) : callee.name
}

/** Every name that a pattern declares or writes. */
export function bindingsOf(pattern: Node): Binding[] {
  switch (pattern?.type) {
    case 'Identifier':
      return pattern.binding ? [pattern.binding] : []
    case 'ObjectPattern':
      return pattern.properties.flatMap((property: Node) =>
        bindingsOf(property.type === 'RestElement' ? property.argument : property.value),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap((element: Node | null) => (element ? bindingsOf(element) : []))
    case 'AssignmentPattern':
      return bindingsOf(pattern.left)
    default:
      return []
  }
}

/** The `set` that zustand and its like give to the function that makes a store. */
export function isStoreSetter(binding: Binding | undefined): boolean {
  if (binding?.kind !== 'parameter' || binding.name !== 'set' || binding.declaration.params[0] !== binding.id)
    return false
  let call = wrapped(binding.declaration).parent
  while (call.type === 'CallExpression' && call.parent.type === 'CallExpression') call = call.parent
  return (
    call.type === 'CallExpression' &&
    /^create/.test(
      unwrap(unwrap(call.callee).type === 'CallExpression' ? unwrap(call.callee).callee : call.callee).name ??
        '',
    ) &&
    !enclosingFunction(call)
  )
}

/** What a constant of a function is another name for. */
export function initOf(root: Node): Node | undefined {
  const binding: Binding | undefined = root.type === 'Identifier' ? root.binding : undefined
  if (
    binding?.kind !== 'const' ||
    binding.scope.kind === 'module' ||
    binding.declaration.id !== binding.id ||
    !binding.declaration.init
  )
    return undefined
  const init = unwrap(binding.declaration.init)
  return init.type === 'Identifier' && init.binding !== binding ? init : undefined
}

/** The name that an expression reads from. */
export function rootOf(expression: Node): Binding | undefined {
  let at = unwrap(expression)
  while (at.type === 'MemberExpression') at = unwrap(at.object)
  return at.type === 'Identifier' ? at.binding : undefined
}
