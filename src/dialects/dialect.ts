import type { Node } from '../repo/node.ts'
import type { Range } from '../repo/text.ts'
import type { Rules } from '../rules/model.ts'
import type { TextTest } from './shape.ts'
import type { Code, Sight } from './sight.ts'

/** What kind of thing an access touches; each kind has owners of its own in rules.json. */
export type TargetKind = 'table' | 'function' | 'bucket' | 'auth'

/** What a call does to the rows it touches. */
export type Effect = 'read' | 'write'

/** A condition on rows that asks for one value of a column. */
export interface Filter {
  /** The column, or an object literal of columns and values (`match`). */
  readonly column: Node
  /** Undefined for an object, and where the column may have one of several values. */
  readonly value?: Node
}

/** A call that looks like an access to a database, before anybody knows whose client it is on. */
export interface Candidate {
  /** The call, `new` or tagged template that names the target: `x.from('t')`, `x.user.findMany()`, `` sql`…` ``. */
  readonly call: Node
  /** The expression that must be a client for the call to be an access. */
  readonly receiver: Node
  /** Further places in the call where the same client stands: ``sql`… ${sql(rows)}` ``. */
  readonly also?: readonly Node[]
  readonly kind: TargetKind
  /** The expression that names the table, bucket or function: what a report points at. */
  readonly name?: Node
  /** `select`, `insert`, `findMany`, `rpc`, `upload` … */
  readonly operation: string
  /** Undefined where the shape of the call does not say it. */
  readonly effect?: Effect
  /** Conditions of the query, as far as its chain is known. */
  readonly filters?: readonly Filter[]
  /** What an insert or upsert writes: a row or a list of rows. */
  readonly written?: readonly Node[]
  /** Where the query is handed on before it is awaited: whoever gets it may add conditions. */
  readonly handedOn?: Node
  /** True when the shape alone says that this is a database call: an untraceable client is then reported. */
  readonly certain: boolean
  /** True when the call is most likely one: reported when the trail to its client is lost on the way. */
  readonly likely?: boolean
  /** Why the table can't be told, for a candidate without `name`. */
  readonly nameless?: string
  /** The text of an address that names the target, for a request that is sent without a client. */
  readonly address?: Node
  /** For a call that stands on no client (`fetchQuery(…)`): the method of a client that does the same. */
  readonly method?: string
  /** Why its client can't be exchanged: the call does not stand on a client. */
  readonly detached?: string
  /** What the call is where the receiver turns out to be no client: `this.users.findMany()` on a part that is kept. */
  readonly otherwise?: Candidate
}

/**
 * All spellings of one table, as the code writes it first: a Prisma model's accessor, its name and its `@@map`. The
 * trace goes on with the one that the rules name.
 */
export type Name = readonly [string, ...string[]]

/** A table that a call touches besides its own: a join, a nested write, a further table of a SQL text. */
export interface Embed {
  /** Undefined where the name is only known at run time. */
  readonly name?: Name
  readonly alias?: string
  readonly hints?: readonly string[]
  /** Where the code that touches it is, when that is not the call itself: `convex/lib/users.ts:14`. */
  readonly declared?: string
  /** Offsets in the access's own file. */
  readonly at: { readonly start: number; readonly end: number }
}

/** The tables that a call touches. */
export interface Touches {
  /** Where only the contents tell it: a function of the database that nobody owns is what its tables are. */
  readonly kind?: TargetKind
  /** The call's own table: every one that it may be. */
  readonly names: readonly Name[]
  /** The table that a client is asked for, where the names are those of functions. */
  readonly table?: string
  /** Why `names` is empty or not complete, in words. */
  readonly dynamic?: string
  /** Where only the contents of the call say what it does. */
  readonly effect?: Effect
  readonly embeds: readonly Embed[]
  /** Why there may be more embeds than those known. */
  readonly open?: {
    readonly reason: string
    readonly at: { readonly start: number; readonly end: number }
    /** The only tables that may be among them; without it, any. */
    readonly may?: readonly Name[]
  }
}

/** A column that a query names: in a condition, or in the rows it writes. */
export interface ColumnUse {
  readonly name: string
  readonly use: 'filter' | 'write'
}

/** A reference from one table to another that the code base's schema declares. */
export interface DeclaredKey {
  readonly table: Name
  readonly column?: string
  readonly target: Name
  /** Relative to the root with `/`. */
  readonly file: string
  readonly range: Range
}

/** Everything the program knows about one data library. */
export interface Dialect {
  readonly name: string
  /** A call names a table as the database does, so that it can be looked up in SQL files. */
  readonly sqlNames?: true
  /**
   * A repository that uses the library has a file whose text matches; without one the dialect is left out, and shapes
   * that look like its queries are none. Without a pattern it is always looked for.
   */
  readonly presence?: RegExp
  /**
   * Matches the beginning of a query that can be of this library alone, whoever's client it is on. Where no file says
   * that the library is used, such a query on something that comes from outside of the code base says so. Without flags.
   */
  readonly shape?: RegExp
  /** `module#export` of calls and constructors that make a client of this library; `*#export` for any package's. */
  readonly constructors: readonly string[]
  /**
   * `module#export` (or `module#*`) of functions that talk to the one database that the application is connected to,
   * with no client in sight: hooks of a provider. They count as clients of the only database that is not per tenant.
   */
  readonly ambient?: readonly string[]
  /** Methods that make a client speak for one user from then on, and the constructors (`module#export`) whose clients do. */
  readonly signsIn?: { readonly methods: ReadonlySet<string>; readonly constructors: readonly string[] }
  /** Methods of a client that return the same client, configured. */
  readonly derives: ReadonlySet<string>
  /** Methods that end or steer what a client does, and touch no table: `release`, `rollback`. */
  readonly controls?: ReadonlySet<string>
  /**
   * Methods of a client that begin a query which may be kept and used in another one: what they return is `made` by
   * `client.<method>`. A backtick stands for tagged templates, `()` for a call of the client itself.
   */
  readonly builds?: ReadonlySet<string>
  /**
   * Methods of a client that hand the same client to the function they are given: as its first parameter, or as the one
   * that a map has for the method.
   */
  readonly hands?: ReadonlySet<string> | ReadonlyMap<string, number>
  /**
   * How the clients of a constructor (`module#export`) are asked, in a word: one of another kind can't stand in for them.
   * Without it, all clients of the library are asked alike.
   */
  kindOf?(maker: string): string | undefined
  /** Methods of a client that run what they are given as one transaction. */
  readonly transactions?: ReadonlySet<string>
  /** `module#export`, or `*#export` for any package's, of functions whose results `Sight` shows as `made`: declarations of tables, texts of SQL. */
  readonly makes?: readonly string[]
  /** Type names that say a value is a client of this library. */
  readonly types: ReadonlySet<string>
  /** Matches the text of every file that may hold an access; searched before anything is parsed. */
  readonly hint: RegExp
  /**
   * Matches the text of every file with a call that counts whatever its client is: one whose shape alone says that it is
   * an access, is likely one, or is for `isOwn`. In a large code base, files that only match `hint` are looked at where a
   * client can get to. Without it, `hint` stands for both.
   */
  readonly sure?: TextTest
  /** Methods that name what they touch; taken off their client, they are followed to where they are called. */
  readonly methods?: {
    readonly names: ReadonlySet<string>
    /** Matches every text in which one may be taken off. */
    readonly hint: RegExp
    /** The access that a call is. `method`: its path from the client; `name`: the argument that names the target. */
    access(call: Node, method: string, name: Node | undefined): Candidate
  }
  /** The dialect as a team's rules make it: with functions of their own that run queries. Asked before all else. */
  forRules?(rules: Rules): Dialect
  /** Addresses at which the database answers without a client. */
  readonly addresses?: {
    /** Matches a text that is a part of one. */
    readonly hint: RegExp
    /**
     * The access that a request is; undefined where it asks for no rows, files or functions.
     * @param address the expression of the address
     * @param parts its text; null for each part that is only known at run time
     * @param method the name of what is called: `fetch`, `post`; undefined where the address is only handed on
     */
    access(
      call: Node,
      address: Node,
      parts: readonly (string | null)[],
      method: string | undefined,
    ): Candidate | undefined
  }
  /** Loads what reading needs, such as a parser of SQL; waited for before a trace begins. */
  prepare?(rules?: Rules): Promise<void>
  /** The access that a call, `new` or tagged template is, by its shape; several where one call makes several queries. */
  recognise(call: Node): Candidate | readonly Candidate[] | undefined
  /** What a candidate is when its receiver is a named part of a client (`const { storage } = client`). */
  part?(candidate: Candidate, names: readonly string[]): Candidate | undefined
  /**
   * The tables that a candidate touches, once its client is known to be one of this library. Undefined when it touches
   * none and nothing has to be said about it: `BEGIN`, `SELECT 1`.
   */
  touches(candidate: Candidate, sight: Sight): Touches | undefined
  /**
   * Whether a call whose client can't be traced can only be one of this library, by what the code base declares. Without
   * it, `Candidate.certain` says so.
   */
  isOwn?(candidate: Candidate, sight: Sight): boolean
  /** Foreign keys of the schema that the code base declares. */
  keys?(code: Code): readonly DeclaredKey[]
  /** Columns that a query on a table names, where they are written out. `call` is the candidate's. */
  columns?(call: Node): ColumnUse[]
}
