/** What a PostgREST select string says, as data. Offsets are into `SelectTree.text`, end exclusive. */

interface Ranged {
  readonly start: number
  readonly end: number
}

/** `*` */
export interface SelectStar extends Ranged {
  readonly kind: 'star'
}

/** A whole list item that only exists at run time; it may stand for any number of items, embeds included. */
export interface SelectHole extends Ranged {
  readonly kind: 'hole'
}

/** `count()`: the number of rows, not a relation called "count". */
export interface SelectCount extends Ranged {
  readonly kind: 'count'
  readonly alias?: string
  readonly cast?: string
}

/** One step of a JSON path: `->key`, or `->>key` when the value is wanted as text. */
export interface JsonStep {
  /** Undefined: decided at run time. */
  readonly key: string | undefined
  readonly asText: boolean
}

/** `alias:column->json->>path::cast.aggregate()::aggregateCast`; everything but the column may be missing. */
export interface SelectColumn extends Ranged {
  readonly kind: 'column'
  /** Undefined: decided at run time. */
  readonly name: string | undefined
  readonly alias?: string
  readonly path: readonly JsonStep[]
  readonly cast?: string
  readonly aggregate?: string
  readonly aggregateCast?: string
}

/** `alias:target!hint!inner(children)` or `...target(children)`: rows of another relation, joined in. */
export interface SelectEmbed extends Ranged {
  readonly kind: 'embed'
  /**
   * The relation as it is written: a table, a view, or a foreign-key column of the outer table (the text does
   * not tell which). Undefined when it is decided at run time.
   */
  readonly target: string | undefined
  /** For an unknown target, the name when the part decided at run time adds nothing to it: `users${inner}(id)`. */
  readonly likely?: string
  /** Where the target's name stands, with its quotes. */
  readonly targetStart: number
  readonly targetEnd: number
  readonly alias?: string
  /** Foreign keys, columns or junction tables that say which relationship is meant; never `inner` or `left`. */
  readonly hints: readonly string[]
  readonly inner: boolean
  readonly left: boolean
  readonly spread: boolean
  /** 0 for an embed of the selected table itself. */
  readonly depth: number
  readonly children: readonly SelectNode[]
}

export type SelectNode = SelectStar | SelectHole | SelectCount | SelectColumn | SelectEmbed

/** The first thing in a select string that PostgREST would refuse. */
export interface SelectProblem {
  readonly message: string
  readonly offset: number
}

export interface SelectTree {
  /** What the offsets refer to: the text, with one `hole` character for each run-time part. */
  readonly text: string
  readonly nodes: readonly SelectNode[]
  /** The embeds among `nodes`; `embedsOf` gives those at every depth. */
  readonly embeds: readonly SelectEmbed[]
  /** True when nothing is decided at run time and nothing is wrong: there are no other embeds than these. */
  readonly complete: boolean
  readonly problem?: SelectProblem
}
