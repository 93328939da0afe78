import type { ScanToken } from 'libpg-query'
import type { SqlText } from './text.ts'

/** A node of PostgreSQL's parse tree as libpg-query gives it: `{ "SelectStmt": { … } }`. */
// biome-ignore lint/suspicious/noExplicitAny: the tree has some 250 kinds of node; it is read by name.
export type PgNode = Record<string, any>

/** A word of SQL, with where it stands in the text. */
export interface Token {
  readonly name: string
  readonly text: string
  readonly start: number
  readonly end: number
}

export interface Statement {
  /** `CreateStmt`, `SelectStmt` … */
  readonly kind: string
  readonly node: PgNode
  /** The text that was parsed: places in the node are bytes of it. */
  readonly text: SqlText
  /** Where the statement stands in it. */
  readonly start: number
  readonly end: number
}

export class SqlSyntaxError extends Error {
  /** Index in the text that was parsed. */
  readonly index: number
  constructor(message: string, index: number) {
    super(message)
    this.index = index
  }
}

/** PostgreSQL's own parser, compiled to WebAssembly. */
export interface SqlParser {
  /** @throws SqlSyntaxError */
  statements(text: SqlText): Statement[]
  /** The tokens of a text, comments among them; undefined when it has an unterminated string or comment. */
  tokens(text: SqlText): Token[] | undefined
  /**
   * What PL/pgSQL makes of `CREATE FUNCTION` or `DO`.
   * @throws SqlSyntaxError (at the statement's begin: the parser does not say where)
   */
  plpgsql(statement: SqlText): PgNode[]
}

let loading: Promise<SqlParser> | undefined
let loaded: SqlParser | undefined

/** Loads the parser (1.7 MB, some 30 ms), once; only those who have SQL to read pay for it. */
export async function loadParser(): Promise<SqlParser> {
  loading ??= load()
  loaded = await loading
  return loaded
}

/** The parser, for those who can't wait; undefined when nobody has loaded it. */
export function loadedParser(): SqlParser | undefined {
  return loaded
}

async function load(): Promise<SqlParser> {
  const { loadModule, parsePlPgSQLSync, parseSync, scanSync } = await import('libpg-query')
  await loadModule()
  return {
    statements(text) {
      if (text.text.trim() === '') return []
      const zero = text.text.indexOf('\0')
      // The parser reads C strings: everything after a zero would be passed over in silence.
      if (zero !== -1) throw new SqlSyntaxError('the text has a zero byte; is it UTF-16?', zero)
      try {
        return (parseSync(text.text).stmts ?? []).map(({ stmt, stmt_location = 0, stmt_len }) => {
          const [[kind, node] = ['', {}]] = Object.entries(stmt as PgNode)
          const start = text.atByte(stmt_location)
          return {
            kind,
            node,
            text,
            start,
            end: stmt_len ? text.atByte(stmt_location + stmt_len) : text.text.length,
          }
        })
      } catch (error) {
        const { message, sqlDetails } = error as Error & { sqlDetails?: { cursorPosition: number } }
        throw new SqlSyntaxError(message, text.atCodePoint(Math.max(0, sqlDetails?.cursorPosition ?? 0)))
      }
    },
    tokens(text) {
      if (text.text.trim() === '') return []
      try {
        return scanSync(text.text).tokens.map(({ tokenName, text: word, start, end }: ScanToken) => ({
          name: tokenName,
          text: word,
          start: text.atByte(start),
          end: text.atByte(end),
        }))
      } catch {
        return undefined
      }
    },
    plpgsql(statement) {
      try {
        return (parsePlPgSQLSync(statement.text) as unknown as { plpgsql_funcs: PgNode[] }).plpgsql_funcs
      } catch (error) {
        throw new SqlSyntaxError((error as Error).message, 0)
      }
    },
  }
}
