import { type Binding, keyName, memberName, type Node, unwrap } from '../../repo/node.ts'
import type { Sight } from '../sight.ts'
import { type Declared, declarationOf } from './declared.ts'
import { joined, type Reader, type References, referencesOf } from './reference.ts'

/**
 * The functions behind what `usePreloadedQuery` goes on with: those of the `preloadQuery` that made it, or, where it
 * comes through the properties of a component, those that its type names: `Preloaded<typeof api.notes.list>`.
 */
export function preloadedReferences(expression: Node, sight: Sight): References {
  const made = sight.look(expression).flatMap((item) => {
    if (item.kind !== 'made' || !item.by.endsWith('#preloadQuery')) return []
    const [first] = item.call.arguments as Node[]
    return first
      ? [referencesOf(first, { code: sight.code, module: item.module, look: (child) => item.look(child) })]
      : []
  })
  if (made.length > 0) return joined(made)
  const typed = typeOf(unwrap(expression))
  return (
    (typed && ofType(typed.type, typed.names, sight, sight, 0)) ?? {
      found: [],
      dynamic:
        'which function was preloaded is only known at run time: its type is no `Preloaded<typeof api.…>`',
      other: false,
    }
  )
}

/** The annotation above a name or a member of one, and the members that lead down from it. */
function typeOf(expression: Node): { type: Node; names: readonly string[] } | undefined {
  const names: string[] = []
  let at = expression
  while (at.type === 'MemberExpression') {
    const name = memberName(at)
    if (name === undefined) return undefined
    names.unshift(name)
    at = unwrap(at.object)
  }
  const binding: Binding | undefined = at.type === 'Identifier' ? at.binding : undefined
  for (let id = binding?.id; id; id = id.parent) {
    if (id.typeAnnotation) return { type: id.typeAnnotation.typeAnnotation, names }
    const { parent }: { parent: Node | undefined } = id
    if (parent?.type === 'Property' && parent.value === id) {
      const name = keyName(parent)
      if (name === undefined) return undefined
      names.unshift(name)
    } else if (parent?.type === 'VariableDeclarator' && parent.id === id && parent.init) {
      // `const { preloaded } = props`
      const source = typeOf(unwrap(parent.init))
      return source && { type: source.type, names: [...source.names, ...names] }
    } else if (parent?.type !== 'ObjectPattern') return undefined
  }
  return undefined
}

/** The functions that a member of a type was preloaded from. */
function ofType(
  type: Node,
  names: readonly string[],
  at: Pick<Reader, 'code' | 'module'>,
  sight: Sight,
  depth: number,
): References | undefined {
  if (depth > 8) return undefined
  const again = (next: Node, rest = names) => ofType(next, rest, at, sight, depth + 1)
  switch (type.type) {
    case 'TSUnionType':
    case 'TSIntersectionType': {
      const found = (type.types as Node[]).flatMap((one) => again(one) ?? [])
      return found.length > 0 ? joined(found) : undefined
    }
    case 'TSParenthesizedType':
    case 'TSTypeOperator':
      return again(type.typeAnnotation)
    case 'TSTypeLiteral':
      return memberOf(type.members, names, at, sight, depth)
    case 'TSTypeReference': {
      const [given] = (type.typeArguments?.params ?? []) as Node[]
      const name: string | undefined = type.typeName.name ?? type.typeName.right?.name
      if (name === 'Preloaded')
        return names.length === 0 && given?.type === 'TSTypeQuery' ? ofQuery(given.exprName, at) : undefined
      if (type.typeName.type !== 'Identifier') return undefined
      const declared = typeDeclaration({ module: at.module, node: type.typeName }, sight)
      if (!declared) return given && again(given)
      const home = { code: at.code, module: declared.module }
      if (declared.node.type === 'TSTypeAliasDeclaration')
        return ofType(declared.node.typeAnnotation, names, home, sight, depth + 1)
      return declared.node.type === 'TSInterfaceDeclaration'
        ? memberOf(declared.node.body.body, names, home, sight, depth)
        : undefined
    }
    default:
      return undefined
  }
}

function memberOf(
  members: readonly Node[],
  [name, ...rest]: readonly string[],
  at: Pick<Reader, 'code' | 'module'>,
  sight: Sight,
  depth: number,
): References | undefined {
  const member = members.find((one) => one.type === 'TSPropertySignature' && keyName(one) === name)
  const type = member?.typeAnnotation?.typeAnnotation
  return type && ofType(type, rest, at, sight, depth + 1)
}

function typeDeclaration(name: Declared, { code }: Sight): Declared | undefined {
  const { module, node } = declarationOf(code.repository, name)
  const declared = node.type === 'Identifier' ? (node.binding?.declaration as Node | undefined) : node
  return declared && /^TS(?:TypeAlias|Interface)Declaration$/.test(declared.type)
    ? { module, node: declared }
    : undefined
}

/** `typeof api.notes.list`, read as the expression it names. */
function ofQuery(name: Node, { code, module }: Pick<Reader, 'code' | 'module'>): References {
  return referencesOf(asMember(name), { code, module, look: () => [] })
}

function asMember(name: Node): Node {
  return name.type === 'TSQualifiedName'
    ? ({
        ...name,
        type: 'MemberExpression',
        computed: false,
        object: asMember(name.left),
        property: name.right,
      } as Node)
    : name
}
