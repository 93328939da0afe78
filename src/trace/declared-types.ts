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
  return declared !== undefined && allows(program, module, declared.type, [...declared.names, ...path], 0)
}

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

function allows(
  program: Program,
  module: Module,
  type: Node,
  names: readonly string[],
  depth: number,
): boolean {
  if (depth > 8) return false
  const again = (next: Node, home = module) => allows(program, home, next, names, depth + 1)
  switch (type.type) {
    case 'TSNullKeyword':
    case 'TSUndefinedKeyword':
      return names.length === 0
    case 'TSUnionType':
    case 'TSIntersectionType':
      return type.types.some((item: Node) => again(item))
    case 'TSParenthesizedType':
      return again(type.typeAnnotation)
    case 'TSTypeLiteral':
      return inMembers(program, module, type.members, names, depth)
    case 'TSTypeReference': {
      if (type.typeName.type !== 'Identifier') return false
      if (['Readonly', 'Required', 'NonNullable'].includes(type.typeName.name))
        return type.typeName.name === 'Readonly' && again(type.typeArguments?.params[0] ?? type)
      if (type.typeName.name === 'Partial') return names.length > 0
      const found = declarationOf(program, module, type.typeName)
      if (found?.node.type === 'TSTypeAliasDeclaration') return again(found.node.typeAnnotation, found.module)
      if (found?.node.type === 'TSInterfaceDeclaration')
        return inMembers(program, found.module, found.node.body.body, names, depth)
      return false
    }
    default:
      return false
  }
}

function inMembers(
  program: Program,
  module: Module,
  members: readonly Node[],
  names: readonly string[],
  depth: number,
): boolean {
  const [first, ...rest] = names
  const member = members.find((item) => item.type === 'TSPropertySignature' && keyName(item) === first)
  if (!member) return false
  if (member.optional) return true
  return (
    member.typeAnnotation !== undefined &&
    member.typeAnnotation !== null &&
    allows(program, module, member.typeAnnotation.typeAnnotation, rest, depth + 1)
  )
}

/** The interface or alias that a type's name means. */
function declarationOf(
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
