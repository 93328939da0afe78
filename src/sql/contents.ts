import type { Range } from '../repo/text.ts'
import type { Contents, SettingUse, TableUse } from './facts.ts'
import { listName, nameEnd, relationName, unknownName } from './names.ts'
import type { PgNode } from './parser.ts'
import type { SqlText } from './text.ts'

/** Functions by which a policy learns who asks, in Supabase's schema `auth`. The role comes with the key, not with a sign-in. */
const identity = new Set(['auth.uid', 'auth.jwt', 'auth.email'])

const operations: Readonly<Record<string, string>> = {
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'merge',
  TruncateStmt: 'truncate',
  AlterTableStmt: 'alter',
  RenameStmt: 'alter',
  IndexStmt: 'index',
  CopyStmt: 'copy',
  LockStmt: 'lock',
  VacuumRelation: 'vacuum',
}

/** Operations that change one table, and read the others that they name. */
const changes = new Set(['insert', 'update', 'delete', 'merge'])

type Mutable = { uses: TableUse[]; calls: string[]; settings: SettingUse[]; sets: string[] }

/** Collects what a part of a parse tree names. Common table expressions hide tables as in PostgreSQL. */
export function contentsOf(
  node: unknown,
  text: SqlText,
  rangeOf: (start: number, end: number) => Range,
  operation = 'select',
): Contents {
  const found: Mutable = { uses: [], calls: [], settings: [], sets: [] }
  const place = (location: number | undefined, fallback = 0): Range => {
    const start = location === undefined || location < 0 ? fallback : text.atByte(location)
    return rangeOf(start, nameEnd(text.text, start))
  }

  const visit = (value: unknown, hidden: ReadonlySet<string>, operation: string): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, hidden, operation)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return
    const node = value as PgNode
    if (typeof node.relname === 'string' && 'relpersistence' in node) {
      const name = relationName(node)
      if (!hidden.has(name)) found.uses.push({ table: name, range: place(node.location), operation })
      return
    }
    // The target of INSERT, UPDATE and DELETE is written under its own key; a table expression never hides it.
    const target = typeof node.relation === 'object'
    if (target) visit(node.relation, new Set(), operation)
    const inside = target && changes.has(operation) ? 'select' : operation
    for (const [key, child] of Object.entries(node)) {
      if (typeof child !== 'object' || child === null) continue
      if (key === 'A_Expr' && isRole(child)) continue
      if (key === 'FuncCall') readCall(child)
      if (key === 'TypeCast') readRegclass(child)
      if ((key === 'VariableSetStmt' || key === 'setstmt') && typeof child.name === 'string')
        found.sets.push(child.name)
      if (key === 'withClause' || key === 'relation') continue
      visit(
        child,
        'withClause' in child ? hiddenBy(child.withClause, hidden) : hidden,
        key.endsWith('Stmt') ? (operations[key] ?? (key === 'SelectStmt' ? 'select' : inside)) : inside,
      )
    }
  }

  const hiddenBy = (clause: PgNode, outer: ReadonlySet<string>): ReadonlySet<string> => {
    const hidden = new Set(outer)
    const tables = ((clause.ctes ?? []) as PgNode[]).map((item) => item.CommonTableExpr as PgNode)
    if (clause.recursive) for (const table of tables) hidden.add(table.ctename)
    for (const table of tables) {
      // A table expression that is not recursive sees the real table behind its own name.
      visit(table.ctequery, new Set(hidden), 'select')
      hidden.add(table.ctename)
    }
    return hidden
  }

  const readCall = (call: PgNode): void => {
    const name = listName(call.funcname ?? [])
    found.calls.push(name)
    if (identity.has(name)) found.settings.push({ setting: `${name}()`, range: place(call.location) })
    const argument = constantOf(call.args?.[0])
    if (argument === undefined) return
    if (name === 'current_setting') found.settings.push({ setting: argument, range: place(call.location) })
    if (name === 'set_config') found.sets.push(argument)
  }

  const readRegclass = (cast: PgNode): void => {
    const name = constantOf(cast.arg)
    if (name !== undefined && listName(cast.typeName?.names ?? []) === 'regclass' && !name.includes('"'))
      found.uses.push({
        table: name.replace(/^public\./, ''),
        range: place(cast.arg.A_Const?.location),
        operation,
      })
  }

  visit(node, new Set(), operation)
  return found
}

/** `auth.jwt() ->> 'role'`: as `auth.role()`. */
function isRole({ name, lexpr, rexpr }: PgNode): boolean {
  return (
    listName(name ?? []) === '->>' &&
    constantOf(rexpr) === 'role' &&
    listName(lexpr?.FuncCall?.funcname ?? []) === 'auth.jwt'
  )
}

/** The text of a string constant, through casts. */
export function constantOf(node: PgNode | undefined): string | undefined {
  if (!node) return undefined
  if (node.TypeCast) return constantOf(node.TypeCast.arg)
  const value = node.A_Const?.sval
  return value === undefined ? undefined : String(value.sval ?? '')
}

export const nothing: Contents = { uses: [], calls: [], settings: [], sets: [] }

export function merged(parts: readonly Contents[]): Contents {
  return {
    uses: parts.flatMap((part) => part.uses),
    calls: [...new Set(parts.flatMap((part) => part.calls))],
    settings: parts.flatMap((part) => part.settings),
    sets: [...new Set(parts.flatMap((part) => part.sets))],
  }
}

/** Whether a name has a part that is only known when the SQL runs. */
export function isUnknown(name: string): boolean {
  return name.includes(unknownName)
}
