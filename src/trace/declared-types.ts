import type { Module } from '../repo/module.ts'
import { type Binding, keyName, type Node } from '../repo/node.ts'
import type { Program } from './program.ts'

/**
 * Whether the declared type of a parameter says that a member of it may be missing: `userId?: string`, or
 * `string | null`. Follows interfaces and type aliases through imports; what is not found says nothing.
 * @param path members below the name that the binding declares
 */
export function declaredOptional(
  program: Program,
  module: Module,
  binding: Binding,
  path: readonly string[],
): boolean {
  const declared = annotationOf(binding)
  return (
    declared !== undefined &&
    presenceIn(program, module, declared.type, [...declared.names, ...path], 0) === 'optional'
  )
}

/**
 * Whether the written return type of a function says that a member of what it gives is always there: `Promise<Viewer>`
 * with `workspaceId: string`.
 * @param path members below the result; what a promise holds is its result
 * @param there whether the result is known to be neither null nor undefined
 */
export function declaredPresent(
  program: Program,
  module: Module,
  fn: Node,
  path: readonly string[],
  there: boolean,
): boolean {
  const type: Node | undefined = fn.returnType?.typeAnnotation
  const said = (part: Node) => presenceIn(program, module, part, path, 0) === 'present'
  return type !== undefined && (there ? parts(type).every(said) : said(type))
}

/** The alternatives of a type, inside a promise too, without null and undefined. */
function parts(type: Node): Node[] {
  if (type.type === 'TSUnionType')
    return type.types.flatMap(parts).filter(({ type: kind }: Node) => !nothing.has(kind))
  const isPromise = type.type === 'TSTypeReference' && type.typeName.name === 'Promise'
  return isPromise && type.typeArguments ? parts(type.typeArguments.params[0]) : [type]
}

const nothing = new Set(['TSNullKeyword', 'TSUndefinedKeyword', 'TSVoidKeyword'])

/** The annotation above a parameter's name, and the members that the pattern takes down to it. */
function annotationOf(binding: Binding): { type: Node; names: string[] } | undefined {
  const names: string[] = []
  for (let at = binding.id; at; at = at.parent) {
    if (at.typeAnnotation) return { type: at.typeAnnotation.typeAnnotation, names }
    const { parent } = at
    if (parent?.type === 'Property' && parent.value === at) {
      const name = keyName(parent)
      if (name === undefined) return undefined
      names.unshift(name)
    } else if (parent?.type !== 'ObjectPattern') return undefined
  }
  return undefined
}

/** What a type says of a member: always there, maybe missing, or nothing that is understood here. */
type Presence = 'present' | 'optional' | 'unknown'

const presentTypes = new Set([
  'TSStringKeyword',
  'TSNumberKeyword',
  'TSBigIntKeyword',
  'TSLiteralType',
  'TSTemplateLiteralType',
])
/** Types of the language whose members are those of their first argument. */
const transparentTypes = new Set(['Readonly', 'Promise', 'Awaited', 'Pick', 'Omit'])

function presenceIn(
  program: Program,
  module: Module,
  type: Node,
  names: readonly string[],
  depth: number,
): Presence {
  if (depth > 8) return 'unknown'
  const again = (next: Node, home = module) => presenceIn(program, home, next, names, depth + 1)
  if (nothing.has(type.type)) return names.length === 0 ? 'optional' : 'unknown'
  if (presentTypes.has(type.type)) return names.length === 0 ? 'present' : 'unknown'
  switch (type.type) {
    case 'TSUnionType': {
      const said: Presence[] = type.types.map((item: Node) => again(item))
      if (said.includes('optional')) return 'optional'
      return said.every((item) => item === 'present') ? 'present' : 'unknown'
    }
    case 'TSIntersectionType': {
      const said: Presence[] = type.types.map((item: Node) => again(item))
      return said.find((item) => item === 'optional') ?? said.find((item) => item === 'present') ?? 'unknown'
    }
    case 'TSParenthesizedType':
      return again(type.typeAnnotation)
    case 'TSTypeLiteral':
      return inMembers(program, module, type.members, names, depth)
    case 'TSTypeReference': {
      if (type.typeName.type !== 'Identifier') return 'unknown'
      const found = declarationOf(program, module, type.typeName)
      if (found?.node.type === 'TSTypeAliasDeclaration') return again(found.node.typeAnnotation, found.module)
      if (found?.node.type === 'TSInterfaceDeclaration')
        return inInterface(program, found.module, found.node, names, depth)
      if (found) return 'unknown'
      const first: Node | undefined = type.typeArguments?.params[0]
      if (type.typeName.name === 'Partial') return names.length > 0 ? 'optional' : 'unknown'
      return first && transparentTypes.has(type.typeName.name) ? again(first) : 'unknown'
    }
    default:
      return 'unknown'
  }
}

/** The member as the interface declares it, or as one that it extends does. */
function inInterface(
  program: Program,
  module: Module,
  declared: Node,
  names: readonly string[],
  depth: number,
): Presence {
  const own = inMembers(program, module, declared.body.body, names, depth)
  if (own !== 'unknown' || depth > 8) return own
  for (const { expression } of (declared.extends ?? []) as Node[]) {
    const base = expression.type === 'Identifier' ? declarationOf(program, module, expression) : undefined
    if (base?.node.type !== 'TSInterfaceDeclaration') continue
    const said = inInterface(program, base.module, base.node, names, depth + 1)
    if (said !== 'unknown') return said
  }
  return 'unknown'
}

function inMembers(
  program: Program,
  module: Module,
  members: readonly Node[],
  names: readonly string[],
  depth: number,
): Presence {
  const [first, ...rest] = names
  if (first === undefined) return 'present'
  const member = members.find((item) => item.type === 'TSPropertySignature' && keyName(item) === first)
  if (!member) return 'unknown'
  if (member.optional) return 'optional'
  const type: Node | undefined = member.typeAnnotation?.typeAnnotation
  return type ? presenceIn(program, module, type, rest, depth + 1) : 'unknown'
}

/** The interface or alias that a type's name means, in whatever file it is declared. */
export function declarationOf(
  program: Program,
  module: Module,
  name: Node,
): { node: Node; module: Module } | undefined {
  const binding: Binding | undefined = name.binding
  if (!binding) return undefined
  if (binding.kind !== 'import') return { node: binding.declaration, module }
  const declared = program.names.ofImport(module, binding)
  if (declared.kind !== 'local') return undefined
  const declaration = declared.node.binding?.declaration
  return declaration ? { node: declaration, module: declared.module } : undefined
}
