import type { Range } from '../repo/text.ts'

/** What the SQL of a code base says: plain data, read by lint rules. */

export type SqlObjectKind = 'table' | 'view' | 'function' | 'trigger' | 'policy'

/** A table that SQL names. `public.` is left out, other schemas are kept: `users`, `auth.users`. */
export interface TableUse {
  readonly table: string
  readonly range: Range
  /** `select`, `insert`, `alter`, `references` … */
  readonly operation: string
}

/** A use of what identifies the caller: `auth.uid()`, `app.tenant_id`. */
export interface SettingUse {
  readonly setting: string
  readonly range: Range
}

/** What a piece of SQL names. */
export interface Contents {
  readonly uses: readonly TableUse[]
  /** Functions that it calls; `public.` is left out. */
  readonly calls: readonly string[]
  readonly settings: readonly SettingUse[]
  /** Settings that it sets: `set_config('app.tenant_id', …)`, `SET app.tenant_id`. */
  readonly sets: readonly string[]
}

/** What one statement does, in the order of the file. */
export type SqlFact =
  | {
      readonly does: 'create'
      readonly object: SqlObjectKind
      readonly name: string
      readonly on?: string
      readonly columns?: readonly string[]
      readonly ifNotExists?: boolean
      /** Types of a function's arguments: functions may share a name. */
      readonly signature?: string
      readonly range: Range
      readonly contents: Contents
    }
  | {
      readonly does: 'foreign-key'
      readonly table: string
      readonly name: string
      readonly columns: readonly string[]
      readonly target: string
      /** It stands in CREATE TABLE or ADD COLUMN, and is made if that makes something. */
      readonly inline: boolean
      readonly range: Range
    }
  | {
      readonly does: 'drop'
      readonly object: SqlObjectKind
      readonly name: string
      readonly on?: string
      readonly signature?: string
      /** Where names are only known when it runs: the strings around it, which may tell whose they are. */
      readonly near?: readonly string[]
    }
  | {
      readonly does: 'add-column' | 'drop-column' | 'drop-constraint'
      readonly table: string
      readonly name: string
      readonly ifNotExists?: boolean
    }
  | { readonly does: 'drop-schema'; readonly name: string }
  | { readonly does: 'rename-column'; readonly table: string; readonly name: string; readonly to: string }
  | { readonly does: 'rename-table'; readonly table: string; readonly to: string }
  | { readonly does: 'row-security'; readonly table: string; readonly enabled: boolean }
  /** A temporary table: its name is no table's of the database. */
  | { readonly does: 'temporary'; readonly name: string }
  /** A statement that runs once: inserts, updates, queries, and what alters. */
  | { readonly does: 'run'; readonly contents: Contents }

/** A piece of SQL that nothing can be said of. */
export interface UnreadSql {
  readonly message: string
  readonly range: Range
  /** `syntax`: it is not valid SQL. `dynamic`: it is put together when it runs. */
  readonly why: 'syntax' | 'language' | 'dynamic'
}

/** A comment that switches a rule off for the next line. */
export interface SqlSuppression {
  readonly file: string
  readonly range: Range
  readonly line: number
  readonly rules: readonly string[]
  readonly reason?: string
}

export interface SqlFile {
  /** Relative to the root with `/`. */
  readonly file: string
  readonly database: string
  readonly facts: readonly SqlFact[]
  readonly unread: readonly UnreadSql[]
  readonly suppressions: readonly SqlSuppression[]
}

/** An object as it stands after all files of its database; `file` and the ranges are those of its last definition. */
export interface SqlObject {
  readonly object: SqlObjectKind
  readonly name: string
  readonly file: string
  readonly range: Range
  /** The table that a policy or a trigger is on. */
  readonly on?: string
  readonly contents: Contents
}

export interface SqlTable {
  readonly name: string
  readonly file: string
  readonly range: Range
  readonly columns: readonly string[]
  /** False when the last word about it was `DISABLE ROW LEVEL SECURITY`. */
  readonly rowSecurity: boolean
}

export interface SqlForeignKey {
  readonly file: string
  readonly table: string
  readonly columns: readonly string[]
  readonly target: string
  readonly range: Range
}

/** The schema that the files of a database make, one after the other. */
export interface SqlSchema {
  readonly database: string
  readonly tables: ReadonlyMap<string, SqlTable>
  readonly foreignKeys: readonly SqlForeignKey[]
  /** Views, functions, triggers and policies. */
  readonly objects: readonly SqlObject[]
}

export interface SqlFacts {
  readonly files: readonly SqlFile[]
  /** By database; one for each database that has SQL. */
  readonly schemas: ReadonlyMap<string, SqlSchema>
  /** Settings of a team's own that policies and functions ask for and code speaks of: it may set them. */
  readonly settings: readonly string[]
}
