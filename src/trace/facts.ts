import type { Effect, TargetKind } from '../dialects/dialect.ts'
import type { Range } from '../repo/text.ts'

/** What the trace finds out: plain data that every rule, rewrite and report reads. */

/** A place in a file. Lines and columns are 1-based; `file` is relative to the root with `/`. */
export interface PlaceFact {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A place, with what it contributes to a conclusion. */
export interface Evidence extends PlaceFact {
  readonly message: string
}

/** A client that an access may be on. */
export interface ClientFact {
  /** Undefined when no rule gives the client to a database. */
  readonly database?: string
  readonly dialect?: string
  readonly note?: string
  /** A user is signed in on it. */
  readonly signedIn?: true
  readonly origin: PlaceFact & { readonly offset: number }
}

/** A name that one query touches besides its own table. */
export interface EmbedFact {
  /** Empty when it is only known at run time. */
  readonly name: string
  readonly alias?: string
  readonly hints: readonly string[]
  /** Where the code that touches it is, when that is not the call itself: `convex/lib/users.ts:14`. */
  readonly declared?: string
  readonly range: Range
}

/** What an access says about the column that holds the tenant inside of a database. */
export interface RowsFact {
  readonly database: string
  readonly column: string
  /** Whether the query is restricted by the column, or every written row has it. */
  readonly filtered: 'yes' | 'no' | 'unknown'
  readonly writes: boolean
  /** Values of the column that it must not get. */
  readonly ids: readonly RowIdFact[]
}

/** The application's id, or one from the request, where rows need the id of their own database. */
export interface RowIdFact {
  readonly file: string
  readonly range: Range
  readonly text: string
  readonly kind: 'application' | 'request'
  /** The part of the request that it comes from. */
  readonly request?: string
}

/** A call that runs what it is given as one transaction. */
export interface TransactionFact {
  readonly file: string
  /** The name of the method: `$transaction`. */
  readonly range: Range
  /** The databases of the clients it may run on, as far as the rules name them. */
  readonly databases: readonly string[]
}

export interface AccessFact {
  readonly id: number
  readonly file: string
  /** From the method's name to the end of the call that names the target. */
  readonly range: Range
  /** The expression that names the table, bucket or function. */
  readonly nameRange?: Range
  readonly dialect: string
  readonly kind: TargetKind
  readonly operation: string
  /** Undefined when it can't be told, and for what has no rows. */
  readonly effect?: Effect
  /** Every name it may be; empty when unknown. */
  readonly names: readonly string[]
  /** The table that a client is asked for, where the name is that of a function. */
  readonly table?: string
  /** Why `names` is empty or not complete. */
  readonly dynamic?: string
  readonly embeds: readonly EmbedFact[]
  /** Why there may be more embeds than those known. */
  readonly openSelect?: {
    readonly reason: string
    readonly range: Range
    /** The only tables that may be among them; without it, any. */
    readonly may?: readonly string[]
  }
  readonly clients: readonly ClientFact[]
  /** Where and why the trail to the client ends, when it does. */
  readonly unresolved?: Evidence
  /** The client is a promise that nobody awaited. */
  readonly notAwaited: boolean
  /** For databases whose rows carry the tenant. */
  readonly rows?: readonly RowsFact[]
  /** The transaction it is written in. */
  readonly transaction?: TransactionFact
  /** Why the access is in code that is bundled for the browser: from its file up to the component. */
  readonly browser?: readonly Evidence[]
}

/** A call of a factory that the rules name. */
export interface CreationFact {
  readonly file: string
  readonly range: Range
  readonly database: string
  /** The factory as the rules write it. */
  readonly label: string
  readonly perTenant: boolean
  /** The argument that should be the tenant id, for factories that take one. */
  readonly tenantId?: TenantArgumentFact
  /** Why the call is in code that is bundled for the browser. */
  readonly browser?: readonly Evidence[]
}

export interface TenantArgumentFact {
  readonly text: string
  readonly range: Range
  /** `proven`: a trusted id that can't be missing. `other`: a value the trace has no opinion about. */
  readonly status:
    | 'proven'
    | 'maybe-missing'
    | 'absent'
    | 'not-in-scope'
    | 'used-before-declaration'
    | 'other'
  readonly message?: string
}

/** An id that a factory gets and must not get. */
export interface UntrustedIdFact {
  readonly file: string
  readonly range: Range
  readonly text: string
  /** The database whose client is obtained with it. */
  readonly database: string
  /** The part of the request that it comes from; without one it is the id that rows inside of the database carry. */
  readonly request?: string
  readonly evidence: readonly Evidence[]
}

/** A place that keeps a tenant's client, or what was read from its database, beyond the request. */
export interface KeptFact {
  readonly file: string
  readonly range: Range
  readonly database: string
  /** What keeps it, in words: `the module variable \`client\``. */
  readonly where: string
  /** The method that signs one user in on it, where that is what must not be kept. */
  readonly signsIn?: string
  /** The key it is kept under, as it is written; it does not hold the tenant. */
  readonly key?: string
  readonly evidence: readonly Evidence[]
}

/** A comment that switches a rule off for the next line. */
export interface SuppressionFact {
  readonly file: string
  readonly range: Range
  /** The line it speaks of. */
  readonly line: number
  readonly rules: readonly string[]
  readonly reason?: string
}

export interface BrokenFact extends PlaceFact {
  readonly message: string
  readonly offset: number
}

/** A foreign key that a schema in code declares, under the names that the rules know. */
export interface DeclaredKeyFact {
  readonly table: string
  readonly column?: string
  readonly target: string
  readonly file: string
  readonly range: Range
}

export interface Facts {
  /** How many files belong to the code base, and how many were parsed. */
  readonly files: number
  readonly analysed: number
  readonly accesses: readonly AccessFact[]
  readonly creations: readonly CreationFact[]
  readonly untrustedIds: readonly UntrustedIdFact[]
  readonly keptClients: readonly KeptFact[]
  readonly cachedReads: readonly KeptFact[]
  readonly suppressions: readonly SuppressionFact[]
  readonly declaredKeys: readonly DeclaredKeyFact[]
  readonly broken: readonly BrokenFact[]
  /** Rules' clients and sources whose module is a file of the code base that doesn't declare them. */
  readonly missingNames: readonly {
    readonly label: string
    readonly reason: string
    readonly line: number
    readonly column: number
    readonly kind: 'client' | 'source'
  }[]
}
