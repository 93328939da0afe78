import { keyName, memberName, type Node, unwrap } from '../../repo/node.ts'
import { loadParser } from '../../sql/parser.ts'
import type { Candidate, Dialect, Name, Touches } from '../dialect.ts'
import { AnyOf } from '../shape.ts'
import type { Sight } from '../sight.ts'
import { ArgumentReader } from './arguments.ts'
import { relationKeys } from './keys.ts'
import { libraryOf, modelsNamed } from './library.ts'
import { type Operation, operations, rawOperations } from './operations.ts'
import { rawTouches } from './raw.ts'

/** A query of a model; `delegates` where the model was taken off its client before. */
interface PrismaCandidate extends Candidate {
  readonly delegates?: readonly string[]
}

/** Prisma Client: queries of models, SQL that is sent as it is, transactions and extensions. */
export const prisma: Dialect = {
  name: 'prisma',
  // Where it is used: lists of packages and of words name it too.
  presence:
    /\bPrismaClient\b|@prisma\/client|\bprisma\s*(?:\?\.|!?\.)\s*\$?\w+\s*[.([]|\$(?:queryRaw|executeRaw)|\b(?:from|import|require)\b[\s(]*['"`][^'"`\n]*prisma/i,
  // (`db.query.users.findMany()` is Drizzle's.)
  shape:
    /(?<!\bquery\s*)\.\s*\w+\s*\.\s*(?:(?:find(?:Unique|First|Many)|createMany)(?:OrThrow|AndReturn)?\s*\(|(?:create|update|upsert|delete|count|aggregate|groupBy|updateMany|deleteMany)\s*\(\s*\{\s*(?:where|data|select|by)\b)/,
  constructors: ['*#PrismaClient'],
  derives: new Set(['$extends', '$replica', '$primary']),
  hands: new Set(['$transaction', '$extends']),
  transactions: new Set(['$transaction']),
  makes: ['*#Prisma.sql', '*#Prisma.raw', '*#Prisma.join', '*#Prisma.validator'],
  types: new Set(['PrismaClient', 'TransactionClient']),
  // (What comes before the first dot is looked at last: a pattern that begins with any letter is tried at each one.)
  hint: /\bprisma|\$(?:query|execute)Raw|\.\s*(?:find(?:Unique|First|Many)|(?:create|update|delete)Many|groupBy)|\.\s*\w+\s*[?!]*\.\s*(?:create|update|upsert|delete|count|aggregate)\s*\((?<=[\w\]]\s*[?!]*\.\s*\w+\s*[?!]*\.\s*\w+\s*\()/i,
  sure: new AnyOf(
    /\$(?:query|execute)Raw|\.\s*(?:find(?:Unique|First|Many)|(?:create|update|delete)Many)/,
    // An argument that is written as that of a query.
    /[\w\]]\s*[?!]*\.\s*(?:create|update|upsert|delete|count|aggregate|groupBy)\s*(?:\?\.)?\([\s(]*(?:\{|\/[/*])/,
  ),
  prepare: async () => void (await loadParser()),
  recognise(call) {
    if (call.type === 'NewExpression') return undefined
    const callee = unwrap(call.callee ?? call.tag)
    if (callee.type !== 'MemberExpression') return undefined
    const method = memberName(callee)
    if (method === undefined) return undefined
    if (rawOperations.has(method))
      return { call, receiver: callee.object, kind: 'table', operation: method, certain: true }
    const operation = operations.get(method)
    if (!operation || call.type !== 'CallExpression') return undefined
    const base = { call, kind: 'table' as const, operation: method, effect: operation.effect }
    const taken: Candidate = { ...base, receiver: callee.object, name: callee.property, certain: false }
    const delegate = unwrap(callee.object)
    if (delegate.type !== 'MemberExpression') return taken
    return {
      ...base,
      receiver: delegate.object,
      name: delegate.property,
      certain: operation.own && !isOfDrizzle(delegate.object),
      otherwise: taken,
    }
  },
  part(candidate, names): PrismaCandidate | undefined {
    return names.length > 0 && unwrap(candidate.call.callee ?? candidate.call).object === candidate.receiver
      ? { ...candidate, delegates: names }
      : undefined
  },
  touches(candidate: PrismaCandidate, sight) {
    if (rawOperations.has(candidate.operation)) return rawTouches(candidate, sight, libraryOf(sight.code))
    return queryTouches(candidate, sight)
  },
  keys: relationKeys,
  isOwn(candidate: PrismaCandidate, sight) {
    const operation = operations.get(candidate.operation)
    if (!operation) return candidate.certain
    if (isOfDrizzle(candidate.receiver)) return false
    if (!candidate.certain && !candidate.otherwise) return false
    const { schemas } = libraryOf(sight.code)
    const { names } = accessorsOf(candidate, sight)
    if (schemas.length > 0 && !names.some((name) => modelsNamed({ schemas }, name).length > 0)) return false
    return candidate.certain || takesQuery(operation, unwrapped(candidate.call.arguments[0]))
  },
}

/** `db.query.users.findMany()` */
function isOfDrizzle(receiver: Node): boolean {
  const node = unwrap(receiver)
  return node.type === 'MemberExpression' && memberName(node) === 'query'
}

/** Whether an argument is written as that of a query: `{ where: …, data: … }`. */
function takesQuery({ takes }: Operation, argument: Node | undefined): boolean {
  return (
    argument?.type === 'ObjectExpression' &&
    argument.properties.some(
      (entry: Node) => entry.type === 'Property' && Object.hasOwn(takes, keyName(entry) ?? ''),
    )
  )
}

function unwrapped(node: Node | undefined): Node | undefined {
  return node && unwrap(node)
}

function queryTouches(candidate: PrismaCandidate, sight: Sight): Touches {
  const library = libraryOf(sight.code)
  const { names: accessors, dynamic } = accessorsOf(candidate, sight)
  const reader = new ArgumentReader(sight, candidate.name ?? candidate.call)
  const takes = operations.get(candidate.operation)!.takes
  const argument: Node | undefined = candidate.call.arguments[0]
  const names: Name[] = []
  for (const accessor of accessors) {
    const models = modelsNamed(library, accessor)
    names.push([...new Set([accessor, ...models.flatMap((model) => model.spellings)])] as unknown as Name)
    if (argument && argument.type !== 'SpreadElement')
      for (const model of models) reader.read(model, takes, argument)
  }
  return {
    names,
    ...(dynamic === undefined ? {} : { dynamic }),
    embeds: reader.embeds,
    ...(reader.open ? { open: reader.open } : {}),
  }
}

/** The members of the client that a query may be on. */
function accessorsOf(
  { call, name, delegates }: PrismaCandidate,
  sight: Sight,
): { names: readonly string[]; dynamic?: string } {
  if (delegates) return named(delegates)
  const delegate = unwrap(unwrap(call.callee).object)
  if (delegate.type !== 'MemberExpression') return { names: [], dynamic: "its model can't be told" }
  const written = memberName(delegate)
  if (written !== undefined) return { names: [written] }
  const names: string[] = []
  let dynamic: string | undefined
  for (const item of sight.look(name!)) {
    const [only] = item.kind === 'text' ? item.parts : []
    if (item.kind === 'text' && item.parts.length === 1 && typeof only === 'string') names.push(only)
    else if (item.kind === 'external' && item.path.includes('ModelName')) names.push(item.path.at(-1)!)
    else if (item.kind !== 'literal')
      dynamic = item.kind === 'unknown' ? item.reason : 'its model is only known at run time'
  }
  if (names.length === 0) dynamic ??= 'its model is only known at run time'
  return { names, ...(dynamic === undefined ? {} : { dynamic }) }
}

function named(delegates: readonly string[]): { names: readonly string[]; dynamic?: string } {
  const names = delegates.filter((name) => name !== '')
  return names.length === delegates.length
    ? { names }
    : { names, dynamic: 'its model is only known at run time' }
}
