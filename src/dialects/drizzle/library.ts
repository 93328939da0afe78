import type { Module } from '../../repo/module.ts'
import { isFunction, keyName, memberName, type Node, unwrap } from '../../repo/node.ts'
import { type Code, perCode, type Seen, type SeenMade } from '../sight.ts'
import { creators, relationMakers, relationsOfSchema, schemas } from './packages.ts'
import { type Table, tablesOf } from './tables.ts'

/** What a code base declares with Drizzle. */
export interface Library {
  /** Tables by the identifier of their declaration, which is their name in `db.query`. */
  readonly tables: ReadonlyMap<string, readonly Table[]>
  /** The tables that a relation of a table leads to; undefined for one that nobody declares. */
  related(table: Table, relation: string): readonly Table[] | undefined
  /** Every declared table, in the order of the files. */
  readonly declared: readonly Table[]
}

/** Matches the text of every file that declares tables or relations without a creator of the team's own. */
const declaring =
  /\b\w+(?:Table|View|Schema|TableCreator)\b\s*(?:\.\s*withRLS\s*)?\(|\b(?:defineRelations(?:Part)?|relations)\s*\(/
/** … and which of them are Drizzle's, or import it from a file that hands it on. */
const drizzle =
  /drizzle-orm|(?:pg|mysql|sqlite|singlestore|gel)(?:Table|View|Schema|TableCreator|MaterializedView)\b|defineRelations|relations\s*\(/

/** Reads the declarations of a code base, once. */
export const libraryOf = perCode((code: Code): Library => {
  const values = declarations(code)
  const tables = new Map<string, Table[]>()
  for (const { id, seen } of values)
    for (const table of tablesOf(seen)) {
      const known = tables.get(id)
      if (!known) tables.set(id, [table])
      else if (!known.some((other) => other.made.call === table.made.call)) known.push(table)
    }
  const relations = new Map<Node, Map<string, Table[]>>()
  const add = (table: Table, relation: string, targets: readonly Table[]) => {
    const own = relations.get(table.made.call) ?? new Map<string, Table[]>()
    relations.set(table.made.call, own)
    own.set(relation, [...(own.get(relation) ?? []), ...targets])
  }
  for (const { seen } of values)
    for (const item of seen) {
      if (item.kind !== 'made') continue
      if (relationMakers.has(item.by)) readRelations(item, add)
      if (relationsOfSchema.has(item.by)) readSchemaRelations(item, tables, add)
    }
  return {
    tables,
    declared: [...new Map([...tables.values()].flat().map((table) => [table.made.call, table])).values()],
    related: (table, relation) => relations.get(table.made.call)?.get(relation),
  }
})

interface Declaration {
  readonly id: string
  readonly seen: readonly Seen[]
}

/** Constants of modules whose value a function of Drizzle makes. */
function declarations(code: Code): Declaration[] {
  const { repository } = code
  const texts = repository.files.map((path) => {
    const file = repository.absolute(path)
    return { file, text: repository.raw(file) }
  })
  const first = texts.filter(({ text }) => declaring.test(text) && drizzle.test(text)).map(({ file }) => file)
  const found = readConstants(code, first)
  // `const table = pgTableCreator(…)`, `const auth = pgSchema('auth')`: other files declare with these.
  const makers = new Set(
    found.flatMap(({ id, seen }) =>
      seen.some((item) => item.kind === 'made' && (creators.has(item.by) || schemas.has(item.by)))
        ? [id]
        : [],
    ),
  )
  if (makers.size === 0) return found
  const words = [...makers].map((name) => new RegExp(`\\b${name.replaceAll('$', '\\$')}\\s*[.(]`))
  const known = new Set(first)
  const more = texts.filter(({ file, text }) => !known.has(file) && words.some((word) => word.test(text)))
  return [
    ...found,
    ...readConstants(
      code,
      more.map(({ file }) => file),
    ),
  ]
}

function readConstants(code: Code, files: readonly string[]): Declaration[] {
  return files.flatMap((file) => {
    const module = code.repository.module(file)
    return module
      ? constantsOf(module).flatMap(({ id, init }) => ({ id, seen: code.look(module, init) }))
      : []
  })
}

function constantsOf(module: Module): { id: string; init: Node }[] {
  return (module.program.body as Node[]).flatMap((statement) => {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type !== 'VariableDeclaration') return []
    return (declaration.declarations as Node[]).flatMap(({ id, init }) =>
      id.type === 'Identifier' && init && unwrap(init).type === 'CallExpression'
        ? [{ id: id.name as string, init }]
        : [],
    )
  })
}

/** `relations(users, ({ one, many }) => ({ posts: many(posts) }))` */
function readRelations(
  made: SeenMade,
  add: (table: Table, relation: string, targets: readonly Table[]) => void,
): void {
  const [owner, define] = made.call.arguments as Node[]
  if (!owner || !define) return
  for (const entry of entriesOf(define)) {
    const call = unwrap(entry.value)
    const target = call.type === 'CallExpression' ? (call.arguments[0] as Node | undefined) : undefined
    const name = keyName(entry)
    if (!target || name === undefined) continue
    for (const table of tablesOf(made.look(owner))) add(table, name, tablesOf(made.look(target)))
  }
}

/** `defineRelations(schema, (r) => ({ users: { posts: r.many.posts() } }))`: tables by their names in the schema. */
function readSchemaRelations(
  made: SeenMade,
  tables: ReadonlyMap<string, readonly Table[]>,
  add: (table: Table, relation: string, targets: readonly Table[]) => void,
): void {
  const define = (made.call.arguments as Node[])[1]
  for (const owner of define ? entriesOf(define) : []) {
    const relations = unwrap(owner.value)
    const table = keyName(owner)
    if (table === undefined || relations.type !== 'ObjectExpression') continue
    for (const entry of relations.properties as Node[]) {
      const name = entry.type === 'Property' ? keyName(entry) : undefined
      const call = name === undefined ? undefined : unwrap(entry.value)
      const callee = call?.type === 'CallExpression' ? unwrap(call.callee) : undefined
      const target = callee?.type === 'MemberExpression' ? memberName(callee) : undefined
      if (name === undefined || target === undefined) continue
      for (const own of tables.get(table) ?? []) add(own, name, tables.get(target) ?? [])
    }
  }
}

/** The entries of the object that a function returns, or that stands in its place. */
function entriesOf(define: Node): Node[] {
  const given = unwrap(define)
  let object: Node | undefined = given
  if (isFunction(given)) {
    object = given.body
    if (object?.type === 'BlockStatement')
      object = (object.body as Node[]).find((statement) => statement.type === 'ReturnStatement')?.argument
  }
  const value = object && unwrap(object)
  return value?.type === 'ObjectExpression'
    ? (value.properties as Node[]).filter((entry) => entry.type === 'Property')
    : []
}
