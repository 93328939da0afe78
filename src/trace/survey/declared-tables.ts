import type { Module } from '../../repo/module.ts'
import { keyName, memberName, type Node, unwrap, walk } from '../../repo/node.ts'
import type { PlaceFact } from '../facts.ts'
import type { Program } from '../program.ts'

/** A table as a schema of the code base declares it. */
export interface DeclaredTable extends PlaceFact {
  readonly name: string
  readonly columns: readonly string[]
  readonly references: readonly { readonly column: string; readonly table: string }[]
  /** What kind of file says so, for people. */
  readonly by: string
}

/** Words that a file which declares tables has to contain. */
export const schemaHint = /\bTables\b|\b(?:pg|mysql|sqlite)Table\b|\bdefineTable\b/

/** Schemas that Supabase makes in every database. */
const platformSchemas = new Set([
  'auth',
  'storage',
  'realtime',
  'graphql',
  'graphql_public',
  'vault',
  'extensions',
  'pgsodium',
])

/** The tables that a file declares: generated `Database` types, Drizzle and Convex schemas. */
export function declaredTables(program: Program, module: Module): DeclaredTable[] {
  const found: DeclaredTable[] = []
  const add = (
    by: string,
    node: Node,
    name: string,
    columns: readonly string[],
    references: DeclaredTable['references'],
  ): void => {
    const { line, column } = module.position(node.start)
    found.push({
      file: program.repository.relative(module.file),
      line,
      column,
      name,
      columns,
      references,
      by,
    })
  }
  walk(module.program, (node) => {
    // The platform's own schemas move with the database they are in.
    if (node.type === 'TSPropertySignature' && platformSchemas.has(keyName(node) ?? '')) return false
    if (node.type === 'TSPropertySignature' && keyName(node) === 'Tables') {
      for (const table of membersOf(module, node.typeAnnotation?.typeAnnotation)) {
        const parts = new Map(
          membersOf(module, table.typeAnnotation?.typeAnnotation).map((part) => [
            keyName(part),
            part.typeAnnotation?.typeAnnotation as Node | undefined,
          ]),
        )
        if (parts.has('Row'))
          add(
            'the Database type',
            table,
            keyName(table) ?? '',
            membersOf(module, parts.get('Row')).flatMap((column) => keyName(column) ?? []),
            relationships(module, parts.get('Relationships')),
          )
      }
      return false
    }
    if (
      node.type === 'CallExpression' &&
      /^(?:pg|mysql|sqlite)Table$/.test(calleeName(node)) &&
      node.arguments[0]?.type === 'Literal'
    ) {
      const columns = drizzleColumns(program, module, node.arguments[1])
      add(
        'the Drizzle schema',
        node,
        node.arguments[0].value,
        columns.map((column) => column.name),
        columns.flatMap((column) => (column.table ? [{ column: column.name, table: column.table }] : [])),
      )
    }
    if (node.type === 'Property' && isConvexTable(node.value)) {
      const { columns, references } = convexColumns(node.value)
      add('the Convex schema', node, keyName(node) ?? '', columns, references)
    }
    return true
  })
  return found.filter((table) => table.name !== '')
}

/** The members of a written type, through names of the same file. */
function membersOf(module: Module, type: Node | undefined): Node[] {
  if (!type) return []
  if (type.type === 'TSTypeLiteral')
    return type.members.filter((member: Node) => member.type === 'TSPropertySignature')
  if (type.type === 'TSTypeReference' && type.typeName.type === 'Identifier') {
    const declaration = module.scope.bindings.get(type.typeName.name)?.declaration
    if (declaration?.type === 'TSInterfaceDeclaration')
      return declaration.body.body.filter((member: Node) => member.type === 'TSPropertySignature')
    if (declaration?.type === 'TSTypeAliasDeclaration' && declaration.typeAnnotation !== type)
      return membersOf(module, declaration.typeAnnotation)
  }
  return []
}

/** `Relationships: [{ columns: ["account_id"], referencedRelation: "accounts", … }]` */
function relationships(module: Module, type: Node | undefined): { column: string; table: string }[] {
  if (type?.type !== 'TSTupleType') return []
  return type.elementTypes.flatMap((item: Node) => {
    const parts = new Map(
      membersOf(module, item).map((part) => [
        keyName(part),
        part.typeAnnotation?.typeAnnotation as Node | undefined,
      ]),
    )
    const table = parts.get('referencedRelation')?.literal?.value
    const column = parts.get('columns')?.elementTypes?.[0]?.literal?.value
    return typeof table === 'string' ? [{ column: typeof column === 'string' ? column : '', table }] : []
  })
}

/** Columns of a Drizzle table by the name the database has, with the table that `references(() => …)` names. */
function drizzleColumns(
  program: Program,
  module: Module,
  argument: Node | undefined,
): { name: string; table?: string }[] {
  if (argument?.type !== 'ObjectExpression') return []
  return argument.properties.flatMap((entry: Node) => {
    const key = entry.type === 'Property' ? keyName(entry) : undefined
    if (key === undefined) return []
    let name = key
    let table: string | undefined
    for (let at = unwrap(entry.value); at.type === 'CallExpression'; ) {
      const callee = unwrap(at.callee)
      const first = at.arguments[0]
      if (callee.type !== 'MemberExpression') {
        if (first?.type === 'Literal' && typeof first.value === 'string') name = first.value
        break
      }
      if (memberName(callee) === 'references' && first?.body?.type === 'MemberExpression')
        table = drizzleName(program, module, first.body.object)
      at = unwrap(callee.object)
    }
    return [table === undefined ? { name } : { name, table }]
  })
}

/** The name that the database has for a Drizzle table in a constant. */
function drizzleName(program: Program, module: Module, expression: Node): string | undefined {
  const declared = program.declaredOf(module, expression)
  const init = declared?.kind === 'local' ? declared.node.binding?.declaration.init : undefined
  return init?.type === 'CallExpression' && init.arguments[0]?.type === 'Literal'
    ? String(init.arguments[0].value)
    : undefined
}

/** `defineTable({ … }).index(…)` */
function convexRoot(expression: Node | undefined): Node | undefined {
  for (let at = expression && unwrap(expression); at?.type === 'CallExpression'; ) {
    if (calleeName(at) === 'defineTable') return at
    const callee = unwrap(at.callee)
    if (callee.type !== 'MemberExpression') return undefined
    at = unwrap(callee.object)
  }
  return undefined
}

function isConvexTable(expression: Node | undefined): boolean {
  return convexRoot(expression) !== undefined
}

function convexColumns(expression: Node): {
  columns: string[]
  references: { column: string; table: string }[]
} {
  const shape = convexRoot(expression)?.arguments[0]
  const columns: string[] = []
  const references: { column: string; table: string }[] = []
  if (shape?.type !== 'ObjectExpression') return { columns, references }
  for (const entry of shape.properties as Node[]) {
    const column = entry.type === 'Property' ? keyName(entry) : undefined
    if (column === undefined) continue
    columns.push(column)
    // `v.id("users")`, also inside `v.optional(…)`
    walk(entry.value, (node) => {
      const target =
        node.type === 'CallExpression' &&
        node.callee.type === 'MemberExpression' &&
        memberName(node.callee) === 'id'
          ? node.arguments[0]?.value
          : undefined
      if (typeof target === 'string') references.push({ column, table: target })
    })
  }
  return { columns, references }
}

function calleeName(call: Node): string {
  const callee = unwrap(call.callee)
  return callee.type === 'Identifier' ? callee.name : ''
}
