import type { Candidate, Dialect } from '../dialects/dialect.ts'
import { isOtherLibrary } from '../dialects/others.ts'
import type { Sight } from '../dialects/sight.ts'
import type { Module } from '../repo/module.ts'
import { memberName, type Node, unwrap } from '../repo/node.ts'
import { ambientClient } from './ambient.ts'
import { clientOfInstance } from './constructed.ts'
import { readyClient } from './entries.ts'
import { evaluate } from './evaluate.ts'
import type { AccessFact, ClientFact, Evidence } from './facts.ts'
import type { Place, Program } from './program.ts'
import { recognised } from './recognised.ts'
import { rootOf } from './roots.ts'
import { rowsOf } from './rows.ts'
import { sightOf } from './sight.ts'
import { isSignedIn } from './sign-ins.ts'
import { transactionsAround } from './transactions.ts'
import { alternatives, awaited, type ClientValue, type UnknownValue, type Value } from './values.ts'

/** An access with the tree behind it, for the parts of the trace that look further. */
export interface Access {
  readonly fact: AccessFact
  readonly module: Module
  readonly candidate: Candidate
  readonly clients: readonly ClientValue[]
  /** The expression that would have to be another client for the access to be on another one. */
  readonly root: Node
  /** The clients of the transactions that it runs in: they have to be the same. */
  readonly alongside: readonly Node[]
  /** The function that it stands in is called for its transaction. */
  readonly byCall: boolean
}

/** The access that a call is, or undefined when it is none. */
export function accessOf(
  program: Program,
  module: Module,
  dialect: Dialect,
  candidate: Candidate,
  id: number,
  receiver: Value = evaluate(program, module, candidate.receiver),
): Access | undefined {
  // What a function of the rules asks for in its body was said where it is called.
  if (program.isInQueryFunction(module, candidate.call)) return undefined
  const items = alternatives(receiver)
  const place = { module, node: candidate.receiver }
  const part = dialect.part?.(
    candidate,
    items.flatMap((item) => (item.kind === 'method' ? [item.name] : [])),
  )
  if (part) candidate = part
  const whole = part || candidate.detached !== undefined
  const clients = clientsOf(program, whole ? items : items.filter((item) => item.kind !== 'method'), place)
  if (clients.length === 0 && items.some(isHolder)) clients.push(...heldMethod(program, module, candidate))
  const fitting = clients.filter((client) => client.dialect === undefined || client.dialect === dialect.name)
  if (clients.length > 0 && fitting.length === 0) return undefined
  const sight = sightOf(program, module)
  const shape =
    fitting.length === 0 && dialect.isOwn
      ? { ...candidate, certain: dialect.isOwn(candidate, sight) }
      : candidate
  if (fitting.length === 0 && !isUntracedClient(program, module, dialect, items, shape)) return undefined
  const { call } = candidate
  const transactions = transactionsAround(program, module, call)
  const targets =
    targetsOf(program, dialect, candidate, sight) ??
    // A statement without a table is nobody's; as a part of a transaction it goes where that goes.
    (transactions.length > 0 && fitting.length > 0 ? tableless : undefined)
  if (!targets) return undefined
  const unknown = items.map((item) => awaited(item)).find((item) => item.kind === 'unknown') as
    | UnknownValue
    | undefined
  const lost = fitting.length === 0 || (unknown !== undefined && unknown.reason !== 'depends on itself')
  const member = unwrap(call.callee ?? call.tag ?? call)
  const property = member.property ?? call
  const browser = program.browser.reasonFor(module, candidate.call)
  const transaction = transactions.at(-1)?.fact
  const rows = rowsOf(program, module, candidate)
  const fact: AccessFact = {
    id,
    file: program.repository.relative(module.file),
    range: module.range({ start: property.start, end: call.end }),
    ...(candidate.name ? { nameRange: module.range(candidate.name) } : {}),
    dialect: dialect.name,
    operation: candidate.operation,
    ...targets,
    clients: fitting.map((client) => clientFact(program, client)),
    ...(lost ? { unresolved: endOfTrail(program, module, candidate, unknown, items) } : {}),
    notAwaited: items.some(
      (item) => item.kind === 'promise' && clientsOf(program, alternatives(item), place).length > 0,
    ),
    ...(rows.length > 0 ? { rows } : {}),
    ...(transaction ? { transaction } : {}),
    ...(browser ? { browser } : {}),
  }
  return {
    fact,
    module,
    candidate,
    clients: fitting,
    root: rootOf(program, module, candidate.receiver, part !== undefined),
    alongside: [
      ...transactions.flatMap(({ receiver: begun, byCall }) => (byCall ? [] : [begun])),
      ...(candidate.also ?? []),
    ].map((node) => rootOf(program, module, node, false)),
    byCall: transactions.at(-1)?.byCall === true,
  }
}

/** What `SELECT do_something()` is about: no table, and a function that the rules do not judge without its name. */
const tableless = { kind: 'function', names: [], embeds: [] } as const

/** Something that is no client and may hold the method of one. */
function isHolder(value: Value): boolean {
  return ['object', 'shape', 'layers', 'carrier', 'instance', 'class', 'namespace'].includes(value.kind)
}

/** The clients whose own method is what a call calls: `{ ...client }`, `{ from: client.from.bind(client) }`. */
function heldMethod(program: Program, module: Module, candidate: Candidate): ClientValue[] {
  const callee = candidate.call.callee && unwrap(candidate.call.callee)
  const name = callee?.type === 'MemberExpression' ? memberName(callee) : undefined
  if (name === undefined) return []
  return alternatives(evaluate(program, module, callee)).flatMap((item) =>
    item.kind === 'method' && item.name === name ? [item.client] : [],
  )
}

function clientsOf(program: Program, items: readonly Value[], place: Place): ClientValue[] {
  return items
    .flatMap((item) => alternatives(awaited(item)))
    .flatMap((item): ClientValue[] => {
      if (item.kind === 'client') return [item]
      if (item.kind === 'method') return [item.client]
      if (item.kind === 'instance') return clientOfInstance(program, item)
      if (item.kind === 'external') return [ambientClient(program, item, place) ?? []].flat()
      return item.kind === 'entry'
        ? (alternatives(readyClient(program, item)).filter(
            (client) => client.kind === 'client',
          ) as ClientValue[])
        : []
    })
}

/**
 * A call that can only be a database call although its client is not known; calls on package and platform values are
 * none. A call that is merely likely to be one (a query that is built on elsewhere) counts where the trail is lost.
 */
function isUntracedClient(
  program: Program,
  module: Module,
  dialect: Dialect,
  items: readonly Value[],
  candidate: Candidate,
): boolean {
  if (items.length > 0 && items.every((item) => isOfOtherLibrary(item, dialect))) return false
  if (!candidate.certain) return candidate.likely === true && items.some((item) => item.kind === 'unknown')
  // Nothing at all: the call is never reached as far as can be told, or only an empty value is.
  if (items.every((item) => item.kind === 'literal' && (item.value === null || item.value === undefined)))
    return true
  if (items.some((item) => isOfUnheldLibrary(program, item))) return false
  return items.some(
    (item) =>
      item.kind === 'unknown' ||
      item.kind === 'promise' ||
      item.kind === 'method' ||
      (item.kind === 'external' && item.module !== 'array' && !isPlatform(item)) ||
      (isHolder(item) && isMemberLost(program, module, candidate)),
  )
}

/** What a client of one library gives is its query or its rows, and no client of another library. */
function isOfOtherLibrary(value: Value, dialect: Dialect): boolean {
  const given = awaited(value)
  const client = given.kind === 'unknown' ? given.of : given.kind === 'method' ? given.client : undefined
  return client?.dialect !== undefined && client.dialect !== dialect.name
}

/** `knex(options)`, `mongoose.model('T')`: a library that has queries of the same shape and no dialect. */
function isOfUnheldLibrary(program: Program, item: Value): boolean {
  if (item.kind === 'external') return isOtherLibrary(item.module)
  if (item.kind !== 'unknown') return false
  const { type, callee } = item.node
  return (
    (type === 'CallExpression' || type === 'NewExpression') &&
    alternatives(evaluate(program, item.module, callee)).some(
      (made) => made.kind === 'external' && isOtherLibrary(made.module),
    )
  )
}

/** Whether nothing is known of the method that is called on an object of the program. */
function isMemberLost(program: Program, module: Module, candidate: Candidate): boolean {
  const { callee } = candidate.call
  return (
    callee !== undefined &&
    alternatives(evaluate(program, module, callee)).some((item) => item.kind === 'unknown')
  )
}

/** `Array`, `Buffer`, `globalThis.Array`: a value of the platform, and not one that somebody put on `globalThis`. */
function isPlatform(value: Extract<Value, { kind: 'external' }>): boolean {
  if (value.module !== 'global') return false
  const [first, second] = value.path
  const name = ['globalThis', 'window', 'global', 'self'].includes(first ?? '') ? second : first
  return name === undefined || name in globalThis
}

export function clientFact(program: Program, client: ClientValue): ClientFact {
  const { module, node } = client.origin
  const { line, column, offset } = module.position(node.start)
  return {
    ...(client.database === undefined ? {} : { database: client.database }),
    ...(client.dialect === undefined ? {} : { dialect: client.dialect }),
    ...(client.note === undefined ? {} : { note: client.note }),
    ...(isSignedIn(program, client) ? { signedIn: true } : {}),
    origin: { file: program.repository.relative(module.file), line, column, offset },
  }
}

function endOfTrail(
  program: Program,
  module: Module,
  candidate: Candidate,
  unknown: UnknownValue | undefined,
  items: readonly Value[],
): Evidence {
  const external = items.find((item) => item.kind === 'external')
  const at = unknown ?? {
    module,
    node: candidate.receiver,
    reason:
      external?.kind === 'external'
        ? `\`${external.path.join('.') || external.module}\` comes from ${external.module}, which the rules do not name`
        : items.every((item) => item.kind === 'literal')
          ? 'as far as can be seen it is never given a client, only an empty value'
          : 'its client is not known',
  }
  const { line, column } = at.module.position(at.node.start)
  return { file: program.repository.relative(at.module.file), line, column, message: at.reason }
}

/** What the call touches, under the names that the rules know. */
function targetsOf(
  program: Program,
  dialect: Dialect,
  candidate: Candidate,
  sight: Sight,
): Pick<AccessFact, 'kind' | 'names' | 'table' | 'dynamic' | 'embeds' | 'openSelect' | 'effect'> | undefined {
  const touched = dialect.touches(candidate, sight)
  if (!touched) return undefined
  const { kind = candidate.kind, names, dynamic, embeds, open, table, effect = candidate.effect } = touched
  const { module } = sight
  return {
    kind,
    names: [...new Set(names.map((name) => program.spelling(name)))],
    ...(table === undefined ? {} : { table }),
    ...(dynamic === undefined ? {} : { dynamic }),
    ...(effect === undefined ? {} : { effect }),
    embeds: embeds.map(({ name, at, alias, hints, declared }) => ({
      name: name ? program.spelling(name) : '',
      hints: hints ?? [],
      ...(declared === undefined ? {} : { declared }),
      range: module.range(at),
      ...(alias === undefined ? {} : { alias }),
    })),
    ...(open
      ? {
          openSelect: {
            reason: open.reason,
            range: module.range(open.at),
            ...(open.may ? { may: open.may.map((name) => program.spelling(name)) } : {}),
          },
        }
      : {}),
  }
}

/** The queries of a module that may be accesses, each with what every dialect takes it for. */
export function candidatesOf(
  dialects: readonly Dialect[],
  module: Module,
): { dialect: Dialect; candidate: Candidate }[][] {
  const places =
    module.tags.length === 0
      ? module.calls
      : [...module.calls, ...module.tags].sort((one, other) => one.start - other.start)
  const all: { dialect: Dialect; candidate: Candidate }[][] = []
  for (const call of places) {
    const one: { dialect: Dialect; candidate: Candidate }[] = []
    const more: { dialect: Dialect; candidate: Candidate }[][] = []
    for (const dialect of dialects) {
      const candidates = recognised(dialect, call)
      if (candidates.length === 0) continue
      for (const [index, candidate] of candidates.entries()) {
        const { otherwise } = candidate
        const found = [{ dialect, candidate }, ...(otherwise ? [{ dialect, candidate: otherwise }] : [])]
        if (index === 0) one.push(...found)
        else more.push(found)
      }
    }
    if (one.length > 0) all.push(one, ...more)
  }
  return all
}
