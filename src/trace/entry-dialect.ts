import type { Dialect } from '../dialects/dialect.ts'
import { isFunction, type Node } from '../repo/node.ts'
import type { ClientEntry } from '../rules/model.ts'
import { returnValue } from './calls.ts'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'
import { property } from './properties.ts'
import { alternatives, awaited, type ClientValue, union, type Value } from './values.ts'

/**
 * The data library of a client of the rules: the one they say, else that of the constructor in its declaration.
 * @returns undefined when it can't be told, or may be one of several: the client is then taken for one of any
 */
export function entryDialect(program: Program, entry: ClientEntry): string | undefined {
  if (entry.dialect !== undefined) return entry.dialect
  if (entry.sql !== undefined) return 'sql'
  // With one library there is nothing to tell apart.
  if (program.dialects.length < 2 || entry.kind !== 'export' || entry.planned) return undefined
  const found = new Set(declaredClients(program, entry).map(({ dialect }) => dialect))
  return found.size === 1 ? [...found][0] : undefined
}

export interface DeclaredClient {
  readonly dialect: string | undefined
  /** What makes it; undefined when that is another client of the rules. */
  readonly origin?: ClientValue['origin']
  readonly entry?: ClientEntry
}

/** The clients that the declaration of a rules' client makes, without the rules' word for it. */
export function declaredClients(program: Program, entry: ClientEntry): DeclaredClient[] {
  return program.clients
    .filter((client) => client.entry === entry)
    .flatMap(({ value }) => value.places)
    .flatMap((place) =>
      place.kind === 'local' ? made(program, memberOf(program, entry, place.module, place.node), 0) : [],
    )
}

/** What the export that a client of the rules names is, without the rules' word for it. */
export function declarationsOf(program: Program, entry: ClientEntry): Value[] {
  return program.clients
    .filter((client) => client.entry === entry)
    .flatMap(({ value }) => value.places)
    .flatMap((place) =>
      place.kind === 'local' ? alternatives(declaredValue(program, place.module, place.node)) : [],
    )
}

/** What a declaration holds under the member that the rules name. */
function memberOf(
  program: Program,
  entry: ClientEntry,
  module: Parameters<typeof evaluate>[1],
  id: Node,
): Value {
  const whole = declaredValue(program, module, id)
  const { member } = entry.name
  return member === undefined
    ? whole
    : union(
        alternatives(whole).map((item) =>
          // Of a client that the rules name, the member is the client.
          item.kind === 'entry' ? item : property(program, item, member, { module, node: id }, undefined),
        ),
      )
}

/**
 * How a client of the rules is had from its declaration: it is what a function gives, the value itself, or an instance
 * of the class.
 * @returns undefined when the declaration can't be read
 */
export function clientForm(
  program: Program,
  entry: ClientEntry,
): 'result' | 'value' | 'instance' | undefined {
  const found = program.clients
    .filter((client) => client.entry === entry)
    .flatMap(({ value }) => value.places)
    .flatMap((place) =>
      place.kind === 'local' ? alternatives(memberOf(program, entry, place.module, place.node)) : [],
    )
  if (found.some(({ kind }) => kind === 'function')) return 'result'
  if (found.some(({ kind }) => kind === 'class')) return 'instance'
  return found.some((value) => awaited(value).kind === 'client') ? 'value' : undefined
}

/** What a declaration holds, without the rules' word for it. */
function declaredValue(program: Program, module: Parameters<typeof evaluate>[1], id: Node): Value {
  const declaration: Node = id.binding?.declaration ?? id
  if (declaration.type === 'VariableDeclarator' && declaration.init)
    return evaluate(program, module, declaration.init)
  if (isFunction(declaration)) return { kind: 'function', node: declaration, module }
  return evaluate(program, module, declaration)
}

/** The clients that a value is, returns or holds. */
function made(program: Program, value: Value, depth: number): DeclaredClient[] {
  if (depth > 3) return []
  return alternatives(awaited(value)).flatMap((item): DeclaredClient[] => {
    switch (item.kind) {
      case 'client':
        return [{ dialect: item.dialect, origin: item.origin }]
      case 'entry':
        return item.entries.map((entry) => ({ dialect: program.dialectOf(entry), entry }))
      case 'function':
        return made(program, returnValue(program, item, [], undefined), depth + 1)
      case 'object':
        return (item.node.properties as Node[]).flatMap((entry) =>
          entry.type === 'Property'
            ? made(program, evaluate(program, item.module, entry.value, item.frame), depth + 1)
            : [],
        )
      default:
        return []
    }
  })
}

/** How a client is asked, by the constructors that make it: those of its declaration, for a client of the rules. */
export function clientKinds(
  program: Program,
  dialect: Dialect,
  client: { readonly entry?: ClientEntry; readonly origin?: ClientValue['origin'] },
  depth = 0,
): Set<string> {
  const declared = client.entry ? declaredClients(program, client.entry) : []
  if (client.entry && depth < 4)
    return new Set(declared.flatMap((other) => [...clientKinds(program, dialect, other, depth + 1)]))
  const made =
    client.origin && program.declaredOf(client.origin.module, client.origin.node.callee ?? client.origin.node)
  const kind = made?.kind === 'external' ? dialect.kindOf?.(`${made.module}#${made.name}`) : undefined
  return new Set(kind === undefined ? [] : [kind])
}
