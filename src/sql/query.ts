import { contentsOf } from './contents.ts'
import type { SqlParser, Statement } from './parser.ts'
import { SqlSyntaxError } from './parser.ts'
import { type QueryPart, QueryText } from './query-text.ts'

export type { QueryPart } from './query-text.ts'

/** A table that a query touches. */
export interface QueryTable {
  /** All spellings of the name, as the query writes it first. */
  readonly name: readonly [string, ...string[]]
  readonly effect: 'read' | 'write'
  /** Where the name stands in the file; undefined when the query was put together. */
  readonly at?: { readonly start: number; readonly end: number }
}

/** What a query touches, as far as it can be told without running it. */
export interface Query {
  /** In the order of the text, each once; names of common table expressions are none. */
  readonly tables: readonly QueryTable[]
  /** Functions that it calls; `public.` is left out. */
  readonly calls: readonly string[]
  /** Why a table is missing from `tables`, in words. */
  readonly dynamic?: string
  /** Why there may be more tables: a part that is only known at run time and may be a subquery. */
  readonly open?: string
}

/** Statements begin with one of these; a text that does not is a piece of another one. */
const beginnings =
  /^[\s(]*(?:select|insert|update|delete|with|merge|values|table|create|alter|drop|truncate|copy|call|do|explain|begin|start|commit|rollback|end|abort|savepoint|release|set|reset|show|listen|unlisten|notify|lock|vacuum|analyze|grant|revoke|refresh|comment|prepare|execute|deallocate|declare|fetch|close|move|discard|reindex|cluster|security|checkpoint|import|replace|pragma|use|optimize|describe|desc|attach|detach)\b/i

/** Statements in which a piece of SQL can stand, to be read at all. */
const surroundings = [
  'SELECT ',
  'SELECT 1 ',
  'SELECT 1 FROM x_ WHERE true AND ',
  'SELECT 1 FROM x_ ',
  'WITH ',
]

/**
 * The tables of a SQL text with interpolations.
 * @param parts the text in order. What is interpolated is rendered as what PostgreSQL's parser takes at its place: a
 *   value is a parameter, a name is a quoted name, and what is not known is tried as one thing after the other.
 */
export function readQuery(parser: SqlParser, parts: readonly QueryPart[]): Query {
  const text = new QueryText(parts)
  if (text.isBlank) return { tables: [], calls: [] }
  if (text.isUnknown) return { tables: [], calls: [], dynamic: 'the query is only known at run time' }
  const isPiece = !text.startsUnknown && !beginnings.test(withoutComments(parser, text))
  let first: SqlSyntaxError | undefined
  for (const before of isPiece ? surroundings : ['']) {
    const statements = parsed(parser, text, before)
    if (!(statements instanceof SqlSyntaxError)) return contents(text, statements)
    first ??= statements
  }
  // A condition, a list of columns: what it may touch is read where it is used.
  if (isPiece) return { tables: [], calls: [] }
  return {
    tables: [],
    calls: [],
    dynamic: text.hasUnknown
      ? "parts of the query are only known at run time, and PostgreSQL's parser can't make a statement of the rest"
      : `PostgreSQL's parser can't read the query: ${first!.message}`,
  }
}

function withoutComments(parser: SqlParser, text: QueryText): string {
  const sql = text.render('')
  const first = parser.tokens(sql)?.find(({ name }) => !name.endsWith('_COMMENT'))
  return sql.text.slice(first?.start ?? 0)
}

/** Parses a text; each time the parser stops, the unknown part next to that place is taken for something else. */
function parsed(parser: SqlParser, text: QueryText, before: string): Statement[] | SqlSyntaxError {
  text.restart()
  let last: SqlSyntaxError | undefined
  for (let tries = 0; tries < 64; tries++) {
    try {
      return parser.statements(text.render(before))
    } catch (error) {
      if (!(error instanceof SqlSyntaxError)) throw error
      last ??= error
      if (!text.vary(error.index)) break
    }
  }
  // Names in backticks and `?` for values are what MySQL and SQLite write; the rest is the same where they are used so.
  const plain = text.plainNames(parser, before)
  if (plain) {
    try {
      return parser.statements(plain)
    } catch (error) {
      if (!(error instanceof SqlSyntaxError)) throw error
      last = error
    }
  }
  return last!
}

function contents(text: QueryText, statements: readonly Statement[]): Query {
  const tables = new Map<string, QueryTable>()
  const calls = new Set<string>()
  let dynamic: string | undefined
  for (const { kind, node, text: sql } of statements) {
    const found = contentsOf(
      { [kind]: node },
      sql,
      (start, end) => ({ start: place(sql.offset(start)), end: place(sql.offset(end - 1) + 1) }),
      kind === 'SelectStmt' ? 'select' : 'change',
    )
    for (const call of found.calls) calls.add(call)
    for (const { table, range, operation } of found.uses) {
      if (table === 'x_') continue
      const name = text.nameOf(table)
      if (!name) {
        dynamic = `the name \`${text.readable(table)}\` is put together at run time`
        continue
      }
      const effect = operation === 'select' ? 'read' : 'write'
      const known = tables.get(name[0])
      if (known && (known.effect === 'write' || effect === 'read')) continue
      const at = known?.at ?? { start: range.start.offset, end: range.end.offset }
      tables.set(name[0], { name, effect, ...(at.start < 0 ? {} : { at }) })
    }
  }
  const open = text.openPart()
  return {
    tables: [...tables.values()],
    calls: [...calls],
    ...(dynamic === undefined ? {} : { dynamic }),
    ...(open === undefined ? {} : { open }),
  }
}

function place(offset: number): { line: number; column: number; offset: number } {
  return { line: 0, column: 0, offset }
}
