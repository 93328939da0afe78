import type { Module } from '../repo/module.ts'
import { type Binding, type Node, unwrap, wrapped } from '../repo/node.ts'
import { throughPattern } from './bindings.ts'
import { callersOf, nameOf } from './callers.ts'
import { evaluate } from './evaluate.ts'
import type { Evidence, UntrustedIdFact } from './facts.ts'
import { accessPath } from './narrowing.ts'
import { argumentFor } from './presence.ts'
import type { Place, Program } from './program.ts'
import { requestParameter } from './requests.ts'
import { isChecked } from './trusted.ts'
import { alternatives, awaited, type RequestOrigin, requestOf } from './values.ts'

interface Found {
  readonly place: Place
  /** The part of the request; undefined for an id of the other kind. */
  readonly origin?: RequestOrigin
  /** Calls that hand the id on, from the factory outwards. */
  readonly way: readonly Place[]
}

/** How far an id is followed from parameter to parameter. */
const mostCalls = 6

/**
 * Ids that a factory of a per-tenant database gets although whoever sends the request chooses them, or although they
 * are ids of rows inside of the tenant's database. The place is where the id is read, which may be in a caller.
 */
export function untrustedIds(
  program: Program,
  module: Module,
  argument: Node,
  database: string,
): UntrustedIdFact[] {
  return [...follow(program, { module, node: argument }, [], new Set())].map(({ place, origin, way }) => ({
    file: program.repository.relative(place.module.file),
    range: place.module.range(place.node),
    text: place.module.text.slice(place.node.start, place.node.end),
    database,
    ...(origin ? { request: origin.label } : {}),
    evidence: [
      ...(origin ? [evidence(program, origin, `${origin.label} is chosen by whoever sends it`)] : []),
      ...way.map((step) => evidence(program, step, 'the id is used here')),
    ],
  }))
}

function* follow(program: Program, place: Place, way: readonly Place[], seen: Set<Node>): Generator<Found> {
  const { module, node } = place
  if (
    seen.has(node) ||
    way.length > mostCalls ||
    isOfRules(program, module, node) ||
    isChecked(program, module, node)
  )
    return
  seen.add(node)
  const value = evaluate(program, module, node)
  if (alternatives(awaited(value)).some((item) => item.kind === 'tenant-id' && item.rows !== undefined)) {
    yield { place, way }
    return
  }
  const path = accessPath(node)
  if (path?.binding.kind === 'parameter' && path.names.length === 0) {
    const own = ofFramework(program, module, path.binding)
    if (own) yield { place, origin: own, way }
    const { calls } = callersOf(program, module, path.binding.declaration)
    let handed = false
    for (const call of calls) {
      const argument = argumentFor(path.binding, call.node)
      if (!argument) continue
      handed = true
      yield* follow(program, { module: call.module, node: argument }, [place, ...way], seen)
    }
    if (own || handed) return
  }
  const origin = requestOf(value)
  if (origin) yield { place, origin, way }
}

/** The part of the request that a framework gives to a parameter. */
function ofFramework(program: Program, module: Module, binding: Binding): RequestOrigin | undefined {
  const fn = binding.declaration
  const index = (fn.params as Node[]).findIndex(
    (parameter) => parameter.start <= binding.id.start && binding.id.end <= parameter.end,
  )
  const given = requestParameter(
    module,
    fn,
    index,
    nameOf(fn) !== undefined && callersOf(program, module, fn).calls.length > 0,
  )
  return given
    ? requestOf(throughPattern(program, module, fn.params[index], binding.id, given, undefined))
    : undefined
}

/** Whether the rules name this very expression as a source, with or without the `!` or the cast around it. */
function isOfRules(program: Program, module: Module, expression: Node): boolean {
  const texts = [unwrap(expression), expression, wrapped(expression)].map((node) =>
    module.text.slice(node.start, node.end).replace(/\s+/g, ''),
  )
  return program.rules.tenantId.sources.some(
    (source) => source.kind === 'expression' && texts.includes(source.expression.replace(/\s+/g, '')),
  )
}

function evidence(program: Program, { module, node }: Place, message: string): Evidence {
  const { line, column } = module.position(node.start)
  return { file: program.repository.relative(module.file), line, column, message }
}
