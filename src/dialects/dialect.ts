import type { Node } from '../repo/node.ts'

/** What kind of thing an access touches; each kind has owners of its own in rules.json. */
export type TargetKind = 'table' | 'function' | 'bucket' | 'auth'

/** A condition on rows that asks for one value of a column. */
export interface Filter {
  /** The column, or an object literal of columns and values (`match`). */
  readonly column: Node
  /** Undefined for an object, and where the column may have one of several values. */
  readonly value?: Node
}

/** A call that looks like an access to a database, before anybody knows whose client it is on. */
export interface Candidate {
  /** The call that names the target: `x.from('t')`, `x.rpc('f')`. */
  readonly call: Node
  /** The expression that must be a client for the call to be an access. */
  readonly receiver: Node
  readonly kind: TargetKind
  /** The expression that names the table, bucket or function; undefined when the kind has no name. */
  readonly name?: Node
  /** `select`, `insert`, `delete`, `rpc`, `upload` … */
  readonly operation: string
  /** Select strings that may embed other tables. */
  readonly selects: readonly Node[]
  /** Conditions of the query, as far as its chain is known. */
  readonly filters?: readonly Filter[]
  /** What an insert or upsert writes: a row or a list of rows. */
  readonly written?: readonly Node[]
  /** Where the query is handed on before it is awaited: whoever gets it may add conditions. */
  readonly handedOn?: Node
  /** True when the shape alone says that this is a database call: an untraceable client is then reported. */
  readonly certain: boolean
}

/** A column that a query names: in a condition, or in the rows it writes. */
export interface ColumnUse {
  readonly name: string
  readonly use: 'filter' | 'write'
}

/** Everything the program knows about one data library. */
export interface Dialect {
  readonly name: string
  /** A call names a table as the database does, so that it can be looked up in SQL files. */
  readonly sqlNames?: true
  /** `module#export` of calls and constructors that make a client of this library; `*#export` for any package's. */
  readonly constructors: readonly string[]
  /** Methods of a client that return the same client, configured. */
  readonly derives: ReadonlySet<string>
  /** Type names that say a value is a client of this library. */
  readonly types: ReadonlySet<string>
  /** Matches the text of every file that may hold an access; searched before anything is parsed. */
  readonly hint: RegExp
  /** The access that a call expression is, by its shape. */
  recognise(call: Node): Candidate | undefined
  /** What a candidate is when its receiver is a named part of a client (`const { storage } = client`). */
  part?(candidate: Candidate, names: readonly string[]): Candidate | undefined
  /** Columns that a query on a table names, where they are written out. `call` is the candidate's. */
  columns?(call: Node): ColumnUse[]
  /** Tables that a select text touches besides the one it is asked of. */
  embeds(parts: readonly (string | null)[]): EmbeddedTables
}

export interface EmbeddedTables {
  readonly tables: readonly {
    readonly name: string
    readonly start: number
    readonly end: number
    readonly alias?: string
    readonly hints: readonly string[]
  }[]
  /** False when a part is only known at run time or the text is not valid. */
  readonly complete: boolean
  readonly problem?: string
}
