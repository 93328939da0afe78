import { type Binding, keyName, memberName, type Node, unwrap } from '../repo/node.ts'

/** An exported name that an expression takes out of a module without an import declaration. */
export interface RequiredName {
  readonly specifier: string
  readonly name: string
}

/** What a constant takes out of `require('m')` or `await import('m')`: `const { a } = …`, `const a = ….a`. */
export function requiredName({ declaration, id, writes }: Binding): RequiredName | undefined {
  if (declaration.type !== 'VariableDeclarator' || !declaration.init || writes.length > 0) return undefined
  if (declaration.id === id) return requiredMember(unwrap(declaration.init))
  const property = id.parent
  if (property.type !== 'Property' || property.value !== id || property.parent !== declaration.id)
    return undefined
  const specifier = specifierOf(declaration.init)
  const name = keyName(property)
  return specifier === undefined || name === undefined ? undefined : { specifier, name }
}

/** What a member expression takes: `require('m').a`, `(await import('m')).a`, `m.a` of `const m = require('m')`. */
export function requiredMember(node: Node): RequiredName | undefined {
  if (node.type !== 'MemberExpression') return undefined
  const object = unwrap(node.object)
  const whole: Binding | undefined = object.type === 'Identifier' ? object.binding : undefined
  const isWhole = whole?.declaration.type === 'VariableDeclarator' && whole.declaration.id === whole.id
  const init: Node | undefined = whole
    ? isWhole && whole.writes.length === 0
      ? whole.declaration.init
      : undefined
    : object
  const specifier = init ? specifierOf(init) : undefined
  const name = memberName(node)
  return specifier === undefined || name === undefined ? undefined : { specifier, name }
}

/** The module that an expression loads while the program runs. */
function specifierOf(expression: Node): string | undefined {
  const node = unwrap(expression)
  const call = node.type === 'AwaitExpression' ? unwrap(node.argument) : node
  const isRequire =
    call === node && call.type === 'CallExpression' && call.callee.name === 'require' && !call.callee.binding
  const source: Node | undefined =
    call.type === 'ImportExpression' && call !== node
      ? call.source
      : isRequire
        ? call.arguments[0]
        : undefined
  return source?.type === 'Literal' && typeof source.value === 'string' ? source.value : undefined
}
