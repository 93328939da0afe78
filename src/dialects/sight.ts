import type { Module } from '../repo/module.ts'
import type { Node } from '../repo/node.ts'
import type { Repository } from '../repo/repository.ts'
import type { Rules } from '../rules/model.ts'

/** The code base as a dialect sees it. One object for one trace: what is read from it once can be kept by it. */
export interface Code {
  readonly repository: Repository
  readonly rules: Rules
  /** Everything an expression may be, followed through the whole program. */
  look(module: Module, expression: Node): readonly Seen[]
}

/** What a dialect may ask about the program around one call. */
export interface Sight {
  readonly code: Code
  readonly module: Module
  /** Everything an expression of this module may be. */
  look(expression: Node): readonly Seen[]
}

/** One of the things that an expression may be. */
export type Seen =
  /** A text; `null` stands for a part that is only known at run time. */
  | { readonly kind: 'text'; readonly parts: readonly (string | null)[] }
  | { readonly kind: 'literal'; readonly value: number | boolean | bigint | null | undefined }
  | SeenObject
  | { readonly kind: 'array'; readonly items: readonly Seen[] }
  | SeenFunction
  | SeenMade
  /** A client of a data library. */
  | { readonly kind: 'client' }
  /** A named member of a client that was taken off it: `prisma.user`. */
  | { readonly kind: 'member'; readonly name: string }
  /** A value of a package or of the platform: `drizzle-orm#sql`. */
  | { readonly kind: 'external'; readonly module: string; readonly path: readonly string[] }
  | { readonly kind: 'unknown'; readonly reason: string }

export interface SeenObject {
  readonly kind: 'object'
  readonly node: Node
  readonly module: Module
  /** A member by its name, also where it is spread into the object; empty when there is none. */
  member(name: string): readonly Seen[]
  /** All members that can be told, and whether these are all. */
  members(): { readonly found: readonly SeenMember[]; readonly complete: boolean }
}

export interface SeenMember {
  readonly name: string
  /** The expression of the value, in the object's file or in that of what is spread. */
  readonly node: Node
  readonly module: Module
  value(): readonly Seen[]
}

export interface SeenFunction {
  readonly kind: 'function'
  readonly node: Node
  readonly module: Module
}

/** What a function of `Dialect.makes` returned. */
export interface SeenMade {
  readonly kind: 'made'
  /** `drizzle-orm/pg-core#pgTable`; for what is called on something made: `drizzle-orm/pg-core#pgSchema().table`. */
  readonly by: string
  /** The call or the tagged template. */
  readonly call: Node
  readonly module: Module
  /** Members read from it: `users.id` has `['id']`. */
  readonly path: readonly string[]
  /** What the call was made on, when that is made too. */
  readonly of?: SeenMade
  /** Everything an expression inside of the call may be. */
  look(expression: Node): readonly Seen[]
}

/** Remembers what a dialect reads of a code base as a whole: a schema, the functions of a backend. */
export function perCode<T>(read: (code: Code) => T): (code: Code) => T {
  const known = new WeakMap<Code, { readonly value: T }>()
  return (code) => {
    let found = known.get(code)
    if (!found) known.set(code, (found = { value: read(code) }))
    return found.value
  }
}
