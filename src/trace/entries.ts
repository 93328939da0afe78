import type { Module } from '../repo/module.ts'
import type { Node } from '../repo/node.ts'
import type { ClientEntry } from '../rules/model.ts'
import { declarationsOf } from './entry-dialect.ts'
import { evaluate } from './evaluate.ts'
import type { Place, Program } from './program.ts'
import { property } from './properties.ts'
import {
  alternatives,
  awaited,
  type ClientValue,
  type EntryValue,
  type Frame,
  promised,
  union,
  type Value,
} from './values.ts'

/** The client of an entry, obtained at a place. */
function client(program: Program, entry: ClientEntry, place: Place, how: string): ClientValue {
  const dialect = program.dialectOf(entry)
  return {
    kind: 'client',
    database: entry.database,
    ...(dialect === undefined ? {} : { dialect }),
    entry,
    origin: place,
    step: { ...place, message: `${how} is the client of ${entry.database}` },
  }
}

/** What a call of a rules' factory gives: a client, a promise of one, or an object that holds it. */
export function entryClient(
  program: Program,
  value: EntryValue,
  module: Module,
  call: Node,
  frame?: Frame,
): Value {
  const plainEntries = ownEntries(value)
  const conditional = plainEntries.filter(
    (entry) => entry.when && matchesWhen(program, entry, module, call, frame),
  )
  // An entry whose argument fits speaks before one that speaks of every call.
  const entries = conditional.length > 0 ? conditional : plainEntries.filter((entry) => !entry.when)
  const place = { module, node: call }
  const made = entries.map((entry) => ({
    entry,
    value: client(program, entry, place, `${entry.name.export}()`) as Value,
  }))
  const leaves = made
    .filter(({ entry }) => entry.result !== undefined)
    .map(({ entry, value: item }) => ({ path: entry.result!.split('.'), value: item }))
  const plain = made.filter(({ entry }) => entry.result === undefined).map(({ value: item }) => item)
  const results: Value[] = [
    ...plain,
    ...(leaves.length > 0
      ? [{ kind: 'shape', leaves, label: `what ${value.entries[0]!.name.export}() returns` } as Value]
      : []),
  ]
  if (results.length === 0)
    return { kind: 'unknown', reason: 'the rules know this factory only for other arguments', ...place }
  const result = union(results)
  return entries.some((entry) => entry.async) || isAsync(program, value) ? promised(result) : result
}

/** What a member of a rules' client is: the client itself for `module#export.member`. */
export function entryValue(program: Program, value: EntryValue, name: string, place: Place): Value {
  const members = value.isMember ? [] : value.entries.filter((entry) => entry.name.member === name)
  if (members.length > 0)
    return union(members.map((entry) => client(program, entry, place, `${entry.label}`)))
  const ready = ownEntries(value)
  if (ready.length === 0)
    // The rules name members of an object; its others are what its declaration says.
    return (
      otherMember(program, value, name, place) ?? {
        kind: 'unknown',
        reason: `\`${name}\`, which the rules do not name`,
        ...place,
      }
    )
  return union(
    ready.map(
      (entry): Value => ({
        kind: 'method',
        client: client(program, entry, { module: value.module, node: value.node }, entry.label),
        name,
      }),
    ),
  )
}

/** The entries that speak of a value itself, and not of one of its members. */
function ownEntries({ entries, isMember }: EntryValue): readonly ClientEntry[] {
  return isMember ? entries : entries.filter((entry) => entry.name.member === undefined)
}

/** A member that the rules say nothing of, of an object whose other members are clients. */
function otherMember(program: Program, value: EntryValue, name: string, place: Place): Value | undefined {
  const declared = value.entries.slice(0, 1).flatMap((entry) => declarationsOf(program, entry))
  const whole = declared.filter((item) => item.kind === 'object' || item.kind === 'instance')
  return whole.length > 0
    ? union(whole.map((item) => property(program, item, name, place, undefined)))
    : undefined
}

/** The client that an entry is when it is used as it stands. */
export function readyClient(program: Program, value: EntryValue): Value {
  return union(
    ownEntries(value).map((entry) =>
      client(program, entry, { module: value.module, node: value.node }, entry.label),
    ),
  )
}

/** Every alternative of a value that is a client, made or standing ready, looking through promises. */
export function clientsIn(program: Program, value: Value): Extract<Value, { kind: 'client' }>[] {
  return alternatives(awaited(value))
    .flatMap((item) => (item.kind === 'entry' ? alternatives(readyClient(program, item)) : [item]))
    .filter((item) => item.kind === 'client')
}

function matchesWhen(
  program: Program,
  entry: ClientEntry,
  module: Module,
  call: Node,
  frame?: Frame,
): boolean {
  if (!entry.when) return true
  const argument = call.arguments?.[entry.when.argument]
  if (!argument) return false
  const values = alternatives(evaluate(program, module, argument, frame))
  return values.some((item) => item.kind !== 'literal' || String(item.value) === entry.when!.is)
}

/** Whether the factory's own declaration is async, when the rules don't say so. */
function isAsync(program: Program, value: EntryValue): boolean {
  return value.entries.some((entry) =>
    program.clients.some(
      (item) =>
        item.entry === entry &&
        item.value.places.some((place) => place.kind === 'local' && declaresAsync(place.node)),
    ),
  )
}

function declaresAsync(id: Node): boolean {
  const declaration = id.binding?.declaration
  if (!declaration) return Boolean(id.async)
  return Boolean(declaration.async ?? declaration.init?.async)
}
