import type { Effect } from '../dialect.ts'

/** A method of a model's delegate. */
export interface Operation {
  readonly effect: Effect
  /** No other library has a method of this name: an object that has it is a Prisma delegate. */
  readonly own: boolean
  /** Members of its argument, by what stands there. */
  readonly takes: Readonly<Record<string, Part>>
}

/** What stands under a member of a query's argument. */
export type Part = 'where' | 'shape' | 'data' | 'order'

const filter = { where: 'where' } as const
const shape = { select: 'shape', include: 'shape' } as const
const page = { orderBy: 'order' } as const
const found = { ...filter, ...shape, ...page } as const
const data = { data: 'data' } as const

/** Source: https://www.prisma.io/docs/orm/reference/prisma-client-reference#model-queries */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['findUnique', read(true, { ...filter, ...shape })],
  ['findUniqueOrThrow', read(true, { ...filter, ...shape })],
  ['findFirst', read(true, found)],
  ['findFirstOrThrow', read(true, found)],
  ['findMany', read(true, found)],
  ['count', read(false, { ...filter, ...page })],
  ['aggregate', read(false, { ...filter, ...page })],
  ['groupBy', read(false, { ...filter, ...page })],
  ['create', write(false, { ...data, ...shape })],
  ['createMany', write(true, data)],
  ['createManyAndReturn', write(true, { ...data, ...shape })],
  ['update', write(false, { ...filter, ...data, ...shape })],
  ['updateMany', write(true, { ...filter, ...data })],
  ['updateManyAndReturn', write(true, { ...filter, ...data, ...shape })],
  ['upsert', write(false, { ...filter, create: 'data', update: 'data', ...shape })],
  ['delete', write(false, { ...filter, ...shape })],
  ['deleteMany', write(true, filter)],
])

function read(own: boolean, takes: Operation['takes']): Operation {
  return { effect: 'read', own, takes }
}

function write(own: boolean, takes: Operation['takes']): Operation {
  return { effect: 'write', own, takes }
}

/** Methods of a client that send SQL, with what they do to rows where their name says it. */
export const rawOperations: ReadonlySet<string> = new Set([
  '$queryRaw',
  '$executeRaw',
  '$queryRawUnsafe',
  '$executeRawUnsafe',
  '$queryRawTyped',
])
