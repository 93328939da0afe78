/** The rules of a team as every other part of the program reads them: checked, with defaults filled in. */

/** How bad a finding of a rule is; `off` silences the rule. */
export type Severity = 'error' | 'warning' | 'off'

/** The lint rules, by the names that appear in reports, suppressions and rules.json. */
export const ruleNames = [
  'wrong-database',
  'route-database',
  'cross-database-join',
  'cross-database-transaction',
  'cross-database-foreign-key',
  'unset-policy-setting',
  'missing-tenant-id',
  'untrusted-tenant-id',
  'shared-tenant-client',
  'cache-without-tenant',
  'browser-client',
  'missing-await',
  'missing-tenant-filter',
  'unknown-table',
  'unresolved-client',
  'parse-error',
  'unused-suppression',
  'unused-exception',
  'stale-baseline',
] as const

export type RuleName = (typeof ruleNames)[number]

/** Where something stands in the rules file, 1-based, for error messages. */
export interface RulePosition {
  readonly line: number
  readonly column: number
}

/**
 * A value named by where it is declared: `module#export`, `module#export.member`, `module#default`.
 * `module` is a specifier (alias, package or path relative to the rules' base folder).
 */
export interface ExportName {
  readonly module: string
  readonly export: string
  readonly member?: string
}

/** One way to obtain a client of a database. */
export interface ClientEntry {
  readonly kind: 'export' | 'wrapper' | 'new'
  readonly database: string
  /** The factory, ready client, wrapper function or constructor. */
  readonly name: ExportName
  /** The text the team wrote, for messages. */
  readonly label: string
  readonly position: RulePosition
  /** A factory that returns a promise of the client. */
  readonly async: boolean
  /** Template of the call's arguments (`$tenantId`, `$table`, or text); undefined: the entry did not say. */
  readonly arguments?: readonly string[]
  /** What the template of the arguments needs, imported where it is missing. */
  readonly imports?: readonly ExportName[]
  /** The member of what the factory returns that is the client. */
  readonly result?: string
  /** Other members of what the factory returns that the rewrite takes along. */
  readonly also?: readonly string[]
  /** Not written yet: the rewrite imports it and verification accepts that it is missing. */
  readonly planned: boolean
  /** The data library that the client is of; without it, that of the constructor in its declaration, or any. */
  readonly dialect?: string
  readonly scope?: 'request'
  readonly when?: { readonly argument: number; readonly is: string }
  /** A free function whose argument with this index is SQL text. */
  readonly sql?: number
  /** For a wrapper: path of the client inside the wrapped function's first parameter. */
  readonly path?: readonly string[]
  /** For a constructor: the environment variable that names the database. */
  readonly env?: string
  /** Labels of the clients this one replaces when `migrate` writes; undefined: all of its dialect. */
  readonly replaces?: readonly string[]
}

/** A pattern over names with `*` as its only wildcard. */
export interface NamePattern {
  readonly text: string
  readonly position: RulePosition
}

export interface Database {
  readonly name: string
  readonly perTenant: boolean
  readonly clients: readonly ClientEntry[]
  readonly tables: readonly NamePattern[]
  readonly buckets: readonly NamePattern[]
  readonly functions: readonly NamePattern[]
  /** True when sign-in belongs to this database. */
  readonly auth: boolean
  readonly rows?: { readonly column: string; readonly sources: readonly TenantIdSource[] }
  readonly position: RulePosition
}

export interface RouteRule {
  readonly files: string
  readonly database: string
  readonly reason?: string
  readonly position: RulePosition
}

/** Where a trusted tenant id comes from. */
export type TenantIdSource = { readonly position: RulePosition } & (
  | { readonly kind: 'call'; readonly name: ExportName; readonly path: readonly string[] }
  | {
      readonly kind: 'wrapper'
      readonly name: ExportName
      readonly path: readonly string[]
      readonly parameter: number
    }
  | { readonly kind: 'parameter'; readonly parameter: string; readonly path: readonly string[] }
  | { readonly kind: 'expression'; readonly expression: string }
  | {
      readonly kind: 'request'
      readonly request: string
      /** Functions that check the id. */
      readonly checkedBy: readonly ExportName[]
      /** Queries that look the id up together with who asks. */
      readonly queries: readonly CheckingQuery[]
    }
)

/** A query that finds a row only where the user may use the id. */
export interface CheckingQuery {
  readonly table: string
  /** The column that is compared with the id. */
  readonly column: string
  /** The column that is compared with who asks. */
  readonly user: string
}

/** What `migrate` may insert where no tenant id is in scope. */
export interface TenantIdInsert {
  readonly statement: string
  readonly imports: readonly ExportName[]
  readonly guard?: string
}

export interface ExceptionRule {
  readonly files: string
  readonly tables?: readonly NamePattern[]
  /** Sign-in is meant. */
  readonly auth?: boolean
  readonly database: string
  readonly reason: string
  readonly position: RulePosition
}

export interface SqlRule {
  readonly files: string
  readonly database: string
  readonly position: RulePosition
}

export interface Rules {
  /** Absolute path of the rules file, with symbolic links resolved. */
  readonly file: string
  /** Include globs; undefined means every JavaScript or TypeScript file that git does not ignore. */
  readonly files?: readonly string[]
  readonly ignore: readonly string[]
  readonly databases: readonly Database[]
  readonly routes: readonly RouteRule[]
  readonly tenantId: {
    readonly sources: readonly TenantIdSource[]
    /** The first one that suits a handler is taken. */
    readonly inserts: readonly TenantIdInsert[]
    readonly never: readonly string[]
  }
  readonly exceptions: readonly ExceptionRule[]
  readonly sql: readonly SqlRule[]
  /** Module specifiers of dialects of the team's own. */
  readonly dialects: readonly { readonly module: string; readonly position: RulePosition }[]
  /** Severity of every rule, defaults filled in. */
  readonly lint: Readonly<Record<RuleName, Severity>>
  /** Rules that are errors and that no baseline speaks of. */
  readonly strict: ReadonlySet<RuleName>
}

/** A mistake in the rules file. */
export interface RulesProblem extends RulePosition {
  readonly file: string
  readonly message: string
  /** The word that was probably meant. */
  readonly suggestion?: string
}
