interface Named {
  readonly table: string
  readonly operation: string
}

const operations: Readonly<Record<string, string>> = {
  SelectStmt: 'select',
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'merge',
}

/** The tables that a parsed SQL text names. Names of `WITH` queries are none. Source of the tree: libpg-query. */
export function tablesOf(tree: unknown): Named[] {
  const found: Named[] = []
  const visit = (node: unknown, operation: string, own: ReadonlySet<string>): void => {
    if (Array.isArray(node)) for (const item of node) visit(item, operation, own)
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return
    for (const [kind, value] of Object.entries(node as Record<string, unknown>)) {
      const inner = operations[kind] ?? operation
      const names = operations[kind] ? withQueries(value, own) : own
      // The target of INSERT, UPDATE and DELETE stands without its kind around it.
      const table = kind === 'RangeVar' || kind === 'relation' ? nameOf(value) : undefined
      if (table !== undefined && !names.has(table)) found.push({ table, operation: inner })
      else visit(value, inner, names)
    }
  }
  visit(tree, 'query', new Set())
  return found
}

function nameOf(value: unknown): string | undefined {
  const { relname, schemaname } = value as { relname?: unknown; schemaname?: unknown }
  if (typeof relname !== 'string') return undefined
  return typeof schemaname === 'string' ? `${schemaname}.${relname}` : relname
}

/** The names that a statement's `WITH` declares, with those around it. */
function withQueries(statement: unknown, around: ReadonlySet<string>): ReadonlySet<string> {
  const clause = (statement as { withClause?: { ctes?: { CommonTableExpr?: { ctename?: string } }[] } })
    .withClause
  const names = (clause?.ctes ?? []).flatMap(({ CommonTableExpr }) => CommonTableExpr?.ctename ?? [])
  return names.length > 0 ? new Set([...around, ...names]) : around
}
