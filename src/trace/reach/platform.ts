import { type Node, unwrap } from '../../repo/node.ts'

/**
 * Whether a method is evidently called on a value of the platform, by where the value is made: what it is given stays
 * in that value, and no method of the program is called.
 */
export function isOfPlatform(receiver: Node): boolean {
  const at = unwrap(receiver)
  if (at.type === 'ArrayExpression' || at.type === 'Literal' || at.type === 'TemplateLiteral') return true
  if (at.type === 'NewExpression') return isGlobal(unwrap(at.callee))
  if (at.type === 'MemberExpression') return isGlobal(at) || isPlatformField(at)
  if (at.type !== 'Identifier') return false
  if (!at.binding) return isGlobal(at)
  const { kind, declaration } = at.binding
  return (
    (kind === 'const' || kind === 'let' || kind === 'var') &&
    declaration.id === at.binding.id &&
    declaration.init != null &&
    isOfPlatform(declaration.init)
  )
}

/** A name that the platform has: `Promise`, `Object`, `Reflect`, `console`. */
function isGlobal(node: Node): boolean {
  let at = node
  while (at.type === 'MemberExpression' && !at.computed) at = unwrap(at.object)
  return at.type === 'Identifier' && !at.binding && at.name in globalThis && at.name !== 'globalThis'
}

/** `this.clients`, where the class around makes it: `clients = new Map()`. */
function isPlatformField(member: Node): boolean {
  if (unwrap(member.object).type !== 'ThisExpression') return false
  const name = member.property.name
  for (let at: Node | undefined = member.parent; at; at = at.parent)
    if (at.type === 'ClassDeclaration' || at.type === 'ClassExpression')
      return (at.body.body as Node[]).some(
        (field) =>
          field.type === 'PropertyDefinition' &&
          field.key.name === name &&
          field.value &&
          isOfPlatform(field.value),
      )
  return false
}
