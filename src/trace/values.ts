import type { Module } from '../repo/module.ts'
import type { Node } from '../repo/node.ts'
import type { ClientEntry, TenantIdSource } from '../rules/model.ts'
import type { CarrierName } from './contexts/carriers.ts'

/** A step on the way from a value back to where it comes from; the list runs from the use to the origin. */
export interface Step {
  readonly module: Module
  readonly node: Node
  readonly message: string
  readonly next?: Step
}

/** Arguments and receiver of one call, while the called function's body is looked at on behalf of that call. */
export interface Frame {
  readonly fn: Node
  readonly args: readonly Value[]
  readonly self?: Value
  readonly outer?: Frame
  readonly depth: number
  readonly memo: WeakMap<Node, Value>
}

/** A database client, by the place that makes or imports it. */
export interface ClientValue {
  readonly kind: 'client'
  /** Undefined: a client of a known library that no rule gives to a database. */
  readonly database?: string
  readonly entry?: ClientEntry
  readonly dialect?: string
  /** The expression that obtains it: a factory call, a constructor, an imported name. */
  readonly origin: { readonly module: Module; readonly node: Node }
  /** Why no rule applies, for clients without a database. */
  readonly note?: string
  readonly step: Step
}

/** What an expression may be, as far as it matters: evaluated on demand, without types. */
export type Value =
  | ClientValue
  | { readonly kind: 'promise'; readonly of: Value }
  | { readonly kind: 'literal'; readonly value: string | number | boolean | bigint | null | undefined }
  /** A text with holes that are only known when the program runs. */
  | { readonly kind: 'text'; readonly parts: readonly (string | null)[]; readonly request?: RequestOrigin }
  | { readonly kind: 'object'; readonly node: Node; readonly module: Module; readonly frame?: Frame }
  /** Values at known paths inside something that is otherwise not looked at. */
  | {
      readonly kind: 'shape'
      readonly leaves: readonly { readonly path: readonly string[]; readonly value: Value }[]
      readonly label: string
      /** What its other members are looked up in. */
      readonly otherwise?: Value
    }
  | { readonly kind: 'array'; readonly items: readonly Value[] }
  | {
      readonly kind: 'function'
      readonly node: Node
      readonly module: Module
      readonly frame?: Frame
      readonly self?: Value
    }
  | { readonly kind: 'class'; readonly node: Node; readonly module: Module }
  | {
      readonly kind: 'instance'
      readonly node: Node
      readonly module: Module
      readonly construction?: Node
      readonly args?: readonly Value[]
    }
  | { readonly kind: 'namespace'; readonly file: string }
  | MadeValue
  /** A `Map` of the program, by the expression that makes it. */
  | { readonly kind: 'map'; readonly node: Node; readonly module: Module }
  /** An object of a framework that one part of the program fills and another reads. */
  | { readonly kind: 'carrier'; readonly name: CarrierName }
  /** Something whose members are those of the first layer that has them. */
  | { readonly kind: 'layers'; readonly of: readonly Value[] }
  /** A React context, by its `createContext` call. */
  | { readonly kind: 'context'; readonly node: Node; readonly module: Module }
  | { readonly kind: 'enum'; readonly members: ReadonlyMap<string, Value> }
  /** A name that rules.json lists as a client: a factory when it is called, a ready client when it is not. */
  | EntryValue
  /** A method of a client, before it is called; its name is empty where only the run decides it. */
  | { readonly kind: 'method'; readonly client: ClientValue; readonly name: string }
  /** A value of a package or of the platform: `next-auth#getServerSession`, `global#process.env.NAME`. */
  | { readonly kind: 'external'; readonly module: string; readonly path: readonly string[] }
  /** A trusted id; with `rows`, the one that rows inside of that tenant database carry. */
  | {
      readonly kind: 'tenant-id'
      readonly source: TenantIdSource
      readonly step: Step
      readonly rows?: string
    }
  | { readonly kind: 'union'; readonly of: readonly Value[] }
  | UnknownValue

/** What a function returned that a dialect asked to see: a declared table, a text of SQL. */
export interface MadeValue {
  readonly kind: 'made'
  /** `module#export` of the function; `module#export().method` for a method of something made. */
  readonly by: string
  /** The call or the tagged template. */
  readonly node: Node
  readonly module: Module
  /** Members read from it. */
  readonly path: readonly string[]
  /** What a method was called on. */
  readonly of?: MadeValue
  readonly frame?: Frame
}

export interface EntryValue {
  readonly kind: 'entry'
  readonly entries: readonly ClientEntry[]
  /** It is the member that the entries name, and not the object that has it. */
  readonly isMember?: true
  readonly module: Module
  readonly node: Node
}

export interface UnknownValue {
  readonly kind: 'unknown'
  readonly reason: string
  readonly module: Module
  readonly node: Node
  /** Set when whoever sends the request chooses the value; members, calls and awaiting keep it. */
  readonly request?: RequestOrigin
  /** Set for what a method of a client gives that is not followed: a query, rows. Members and calls keep it. */
  readonly of?: ClientValue
}

/** The part of a request that a value comes from. */
export interface RequestOrigin {
  readonly module: Module
  readonly node: Node
  /** `the query of the request`, `an argument of a server action`. */
  readonly label: string
}

/** The part of a request that one of a value's alternatives comes from. */
export function requestOf(value: Value): RequestOrigin | undefined {
  for (const item of alternatives(awaited(value)))
    if ((item.kind === 'unknown' || item.kind === 'text') && item.request) return item.request
  return undefined
}

/** All alternatives of a value; a union never holds another. */
export function alternatives(value: Value): readonly Value[] {
  return value.kind === 'union' ? value.of : [value]
}

/** More alternatives than this say nothing about a program any more. */
const mostAlternatives = 48

/** One of several values; the same value from two sides is one. */
export function union(values: readonly Value[]): Value {
  if (values.length === 1) return values[0]!
  const distinct = new Map<string, Value>()
  for (const value of values)
    for (const item of alternatives(value)) {
      const key = keyOf(item)
      if (!distinct.has(key)) distinct.set(key, item)
    }
  const items = [...distinct.values()]
  if (items.length === 1) return items[0]!
  // Clients, ids and texts are what is asked for: they are the last to be dropped.
  if (items.length > mostAlternatives) items.sort((a, b) => weight(a) - weight(b)).splice(mostAlternatives)
  return { kind: 'union', of: items }
}

function weight(value: Value): number {
  return value.kind === 'client' || value.kind === 'entry' || value.kind === 'tenant-id'
    ? 0
    : value.kind === 'literal' || value.kind === 'promise' || (value.kind === 'unknown' && value.request)
      ? 1
      : value.kind === 'unknown'
        ? 3
        : 2
}

const numbers = new WeakMap<object, number>()
let last = 0

function numberOf(item: object | undefined): number {
  if (!item) return 0
  let number = numbers.get(item)
  if (number === undefined) numbers.set(item, (number = ++last))
  return number
}

/** Two values with one key are the same as far as the trace can tell. */
function keyOf(value: Value): string {
  switch (value.kind) {
    case 'literal':
      return `literal ${typeof value.value} ${String(value.value)}`
    case 'text':
      return `text ${value.parts.map((part) => part ?? '\0').join('\u0001')}`
    case 'client':
      return `client ${value.database ?? ''} ${numberOf(value.origin.node)}`
    case 'tenant-id':
      return `id ${numberOf(value.source)}`
    case 'entry':
      return `entry ${numberOf(value.entries[0])} ${value.isMember ? 'member' : ''}`
    case 'unknown':
      return `unknown ${numberOf(value.node)}`
    case 'map':
    case 'context':
      return `${value.kind} ${numberOf(value.node)}`
    case 'instance':
    case 'class':
    case 'object':
    case 'function':
      return `${value.kind} ${numberOf(value.node)} ${value.kind === 'instance' ? numberOf(value.construction) : value.kind === 'class' ? 0 : numberOf(value.frame)}`
    case 'made':
      return `made ${numberOf(value.node)} ${numberOf(value.frame)} ${value.path.join('.')}`
    case 'carrier':
      return `carrier ${value.name}`
    case 'layers':
      return `layers ${value.of.map(keyOf).join(' > ')}`
    case 'external':
      return `external ${value.module} ${value.path.join('.')}`
    case 'namespace':
      return `namespace ${value.file}`
    case 'promise':
      return `promise ${keyOf(value.of)}`
    case 'method':
      return `method ${keyOf(value.client)} ${value.name}`
    case 'union':
      return value.of.map(keyOf).join('|')
    default:
      return `${value.kind} ${numberOf(value)}`
  }
}

/** What awaiting a value gives. */
export function awaited(value: Value): Value {
  if (value.kind === 'promise') return awaited(value.of)
  if (value.kind === 'union') return union(value.of.map(awaited))
  return value
}

export function promised(value: Value): Value {
  return value.kind === 'promise' ? value : { kind: 'promise', of: value }
}

/** The texts a value may be; undefined when one of them is not known. */
export function literalTexts(value: Value): string[] | undefined {
  const texts: string[] = []
  for (const item of alternatives(value)) {
    if (item.kind === 'literal' && typeof item.value === 'string') texts.push(item.value)
    else if (item.kind === 'literal' && (item.value === null || item.value === undefined)) continue
    else return undefined
  }
  return texts
}
