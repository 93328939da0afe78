/** What a `.prisma` file says, as data. Offsets are UTF-16 positions in the file's text, end exclusive. */

interface Ranged {
  readonly start: number
  readonly end: number
}

/** A value in an attribute or a setting: `"text"`, `autoincrement()`, `[id, name]`, `Cascade`. */
export type SchemaValue = Ranged &
  (
    | { readonly kind: 'text'; readonly value: string }
    /** A name, a number or a boolean, as it is written. */
    | { readonly kind: 'word'; readonly value: string }
    | { readonly kind: 'list'; readonly items: readonly SchemaValue[] }
    | { readonly kind: 'call'; readonly name: string; readonly args: readonly SchemaArgument[] }
  )

export interface SchemaArgument {
  /** `fields` of `fields: [userId]`; undefined where only a value is given. */
  readonly name?: string
  readonly value: SchemaValue
}

/** `@relation(fields: [userId], references: [id])`, `@@map("users")`, `@db.Uuid`. */
export interface SchemaAttribute extends Ranged {
  /** Without the signs: `relation`, `map`, `db.Uuid`. */
  readonly name: string
  readonly args: readonly SchemaArgument[]
}

export interface SchemaField extends Ranged {
  readonly name: string
  /** A scalar, an enum, a composite type or another model; `Unsupported` for what Prisma doesn't know. */
  readonly type: string
  readonly list: boolean
  readonly optional: boolean
  readonly attributes: readonly SchemaAttribute[]
}

/** A `model`, `view` or composite `type`. */
export interface SchemaModel extends Ranged {
  readonly kind: 'model' | 'view' | 'type'
  readonly name: string
  readonly fields: readonly SchemaField[]
  readonly attributes: readonly SchemaAttribute[]
}

/** A `datasource` or `generator`. */
export interface SchemaBlock extends Ranged {
  readonly kind: 'datasource' | 'generator'
  readonly name: string
  readonly settings: ReadonlyMap<string, SchemaValue>
}

export interface SchemaProblem {
  readonly message: string
  readonly offset: number
}

export interface SchemaTree {
  readonly models: readonly SchemaModel[]
  readonly blocks: readonly SchemaBlock[]
  /** The first thing that Prisma would refuse. */
  readonly problem?: SchemaProblem
}
