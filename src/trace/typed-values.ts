import type { Module } from '../repo/module.ts'
import { keyName, type Node } from '../repo/node.ts'
import { ambientClient } from './ambient.ts'
import { clientOfInstance } from './constructed.ts'
import { declarationOf } from './declared-types.ts'
import { clientsIn, readyClient } from './entries.ts'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'
import { alternatives, type EntryValue, union, type Value } from './values.ts'

/** How far types are followed into each other. */
const mostSteps = 8

/**
 * What a type says that a value is, for names whose values are not all seen: what a factory of the rules returns
 * (`ReturnType<typeof getDb>`), a class of the rules that a framework injects, the type of a client (`typeof db`), what
 * its transactions hand over, and objects with such members (`interface Context { db: typeof db }`).
 * @returns undefined when the type says nothing of a client
 */
export function typedValue(program: Program, module: Module, type: Node, depth = 0): Value | undefined {
  if (depth > mostSteps) return undefined
  const again = (next: Node, home = module) => typedValue(program, home, next, depth + 1)
  switch (type.type) {
    case 'TSParenthesizedType':
    case 'TSTypeOperator':
      return again(type.typeAnnotation)
    case 'TSTypeQuery':
      return queried(program, module, type.exprName)
    case 'TSTypeLiteral':
      return shapeOf(program, module, type.members, 'the type', depth)
    case 'TSIntersectionType': {
      const parts = (type.types as Node[]).flatMap((part) => again(part) ?? [])
      return parts.length > 0 ? union(parts) : undefined
    }
    case 'TSIndexedAccessType':
      return handedByTransaction(program, module, type)
    case 'TSTypeReference':
      return ofReference(program, module, type, depth)
    default:
      return undefined
  }
}

/** Types of the language that are what their first argument is, as far as clients matter. */
const transparent = new Set(['Awaited', 'Readonly', 'NonNullable', 'Required'])

function ofReference(program: Program, module: Module, type: Node, depth: number): Value | undefined {
  const first: Node | undefined = type.typeArguments?.params[0]
  const name: string | undefined = type.typeName.name
  if (name !== undefined && transparent.has(name) && first)
    return typedValue(program, module, first, depth + 1)
  if (name === 'ReturnType') return returned(program, module, first)
  const declared =
    type.typeName.type === 'Identifier' ? declarationOf(program, module, type.typeName) : undefined
  if (declared?.node.type === 'TSTypeAliasDeclaration')
    return typedValue(program, declared.module, declared.node.typeAnnotation, depth + 1)
  if (declared?.node.type === 'TSInterfaceDeclaration')
    return ofInterface(program, declared.module, declared.node, depth)
  return injected(program, module, type.typeName)
}

/** `typeof db`: a client; `typeof fetchQuery` of a package whose functions stand for one. */
function queried(program: Program, module: Module, name: Node): Value | undefined {
  if (name.type !== 'Identifier') return undefined
  const value = evaluate(program, module, name)
  if (value.kind === 'external')
    return ambientClient(program, value, { module, node: name }) ? value : undefined
  return isOnlyDatabase(program, value) ? value : undefined
}

/**
 * Whether a type can be of one client only: every client of this library that is written so far belongs to the same
 * database. Later, clients of several databases share their type, and it tells them apart no more.
 */
function isOnlyDatabase(program: Program, value: Value): boolean {
  const clients = clientsIn(program, value)
  return (
    clients.length > 0 &&
    clients.every(({ database, dialect }) =>
      program.clients.every(
        ({ entry }) =>
          entry.planned ||
          entry.database === database ||
          (dialect !== undefined && ![undefined, dialect].includes(program.dialectOf(entry))),
      ),
    )
  )
}

/** `ReturnType<typeof getDb>`, whether it is awaited or not. */
function returned(program: Program, module: Module, query: Node | undefined): Value | undefined {
  if (query?.type !== 'TSTypeQuery' || query.exprName.type !== 'Identifier') return undefined
  const made = alternatives(evaluate(program, module, query.exprName)).flatMap((value): Value[] =>
    value.kind === 'entry' ? [program.callEntry(value, module, query.exprName)] : [],
  )
  return made.length > 0
    ? union(made.map((value) => (value.kind === 'promise' ? value.of : value)))
    : undefined
}

/** `Parameters<Parameters<typeof db.transaction>[0]>[0]`: the client of a transaction. */
function handedByTransaction(program: Program, module: Module, type: Node): Value | undefined {
  const callback = parameterOf(type)
  const method = callback && parameterOf(callback.of)
  const query = method?.of
  if (!callback || query?.type !== 'TSTypeQuery' || query.exprName.type !== 'TSQualifiedName')
    return undefined
  const { left, right } = query.exprName
  const client = queried(program, module, left)
  return client && program.handed(client, right.name, callback.index)
}

/** `Parameters<F>[0]` */
function parameterOf(type: Node): { of: Node; index: number } | undefined {
  if (type.type !== 'TSIndexedAccessType') return undefined
  const { objectType, indexType } = type
  const index = indexType.type === 'TSLiteralType' ? indexType.literal.value : undefined
  const of: Node | undefined =
    objectType.type === 'TSTypeReference' && objectType.typeName.name === 'Parameters'
      ? objectType.typeArguments?.params[0]
      : undefined
  return of && typeof index === 'number' ? { of, index } : undefined
}

function ofInterface(program: Program, module: Module, declared: Node, depth: number): Value | undefined {
  const own = shapeOf(program, module, declared.body.body, declared.id.name, depth)
  const bases = ((declared.extends ?? []) as Node[]).flatMap(({ expression }) => {
    const base = expression.type === 'Identifier' ? declarationOf(program, module, expression) : undefined
    return base?.node.type === 'TSInterfaceDeclaration'
      ? (ofInterface(program, base.module, base.node, depth + 1) ?? [])
      : []
  })
  const parts = own ? [own, ...bases] : bases
  return parts.length > 0 && depth <= mostSteps ? union(parts) : undefined
}

/** An object whose members are clients, or have members that are. */
function shapeOf(
  program: Program,
  module: Module,
  members: readonly Node[],
  label: string,
  depth: number,
): Value | undefined {
  const leaves = members.flatMap((member) => {
    const name = member.type === 'TSPropertySignature' ? keyName(member) : undefined
    const type: Node | undefined = member.typeAnnotation?.typeAnnotation
    const value = name !== undefined && type && typedValue(program, module, type, depth + 1)
    if (!value || name === undefined) return []
    return alternatives(value).flatMap((item) =>
      item.kind === 'shape'
        ? item.leaves.map((leaf) => ({ path: [name, ...leaf.path], value: leaf.value }))
        : [{ path: [name], value: item }],
    )
  })
  return leaves.length > 0 ? { kind: 'shape', leaves, label } : undefined
}

/**
 * What a framework puts where a class is the type: the client, for a class of the rules (`constructor(private prisma:
 * PrismaService)`), else an instance of the class.
 */
function injected(program: Program, module: Module, type: Node): Value | undefined {
  const declared = program.declaredOf(module, type)
  const entry: EntryValue | undefined = declared && program.entryFor(declared, { module, node: type })
  if (entry) return readyClient(program, entry)
  if (declared?.kind === 'external')
    return declared.module === '@nestjs/config' && declared.name === 'ConfigService'
      ? { kind: 'external', module: declared.module, path: [declared.name] }
      : undefined
  const node: Node | undefined = declared?.kind === 'local' ? declared.node.binding?.declaration : undefined
  if (declared?.kind !== 'local' || node?.type !== 'ClassDeclaration') return undefined
  const instance = { kind: 'instance', node, module: declared.module } as const
  const clients = clientOfInstance(program, instance)
  return clients.length > 0 ? union(clients) : instance
}
