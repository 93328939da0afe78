import type { Module } from '../../repo/module.ts'
import { isFunction, keyName, type Node, wrapped } from '../../repo/node.ts'
import { returnValue } from '../calls.ts'
import { clientOfInstance } from '../constructed.ts'
import { environmentNames } from '../environment.ts'
import { evaluate } from '../evaluate.ts'
import type { PlaceFact } from '../facts.ts'
import type { Program } from '../program.ts'
import { alternatives, awaited, type ClientValue, type Value } from '../values.ts'
import type { Namer } from './namer.ts'

/** An export that gives out a database client. */
export interface ClientExportFact extends PlaceFact {
  /** `module#export`, or `module#export.member`. */
  readonly label: string
  readonly module: string
  readonly name: string
  /** `factory`: it is called; `ready`: it is the client; `wrapper`: it hands the client to the function it is given. */
  readonly kind: 'factory' | 'ready' | 'wrapper'
  readonly dialect?: string
  readonly async: boolean
  /** Where the client is in what the factory returns, or in what the wrapper hands over. */
  readonly path?: string
  readonly parameters: readonly { readonly name: string; readonly optional: boolean }[]
  /** Environment variables that the constructor is called with, the first argument's first. */
  readonly environment: readonly string[]
  /** Offsets of the declaration in its file, and of the calls that make the client, as `file:offset`. */
  readonly range: { readonly start: number; readonly end: number }
  readonly origins: readonly string[]
}

/** A client found below a value, with the members that lead to it. */
interface Found {
  readonly client: ClientValue
  readonly path: string
  readonly promised: boolean
}

/** The exports of a file that give out a client of a known library, by following the code that makes it. */
export function clientExports(program: Program, namer: Namer, file: string): ClientExportFact[] {
  const module = program.repository.module(file)
  if (!module) return []
  return [...module.exports].flatMap(([name, entry]) => {
    if (entry.kind !== 'local' || entry.typeOnly || entry.node.binding?.kind === 'type') return []
    const value = program.declaredValue(
      { kind: 'local', module, node: entry.node, hops: [] },
      { module, node: entry.node },
    )
    return alternatives(value)
      .flatMap((item) => factsOf(program, namer, module, name, entry.node, item))
      .slice(0, 4)
  })
}

function factsOf(
  program: Program,
  namer: Namer,
  module: Module,
  name: string,
  node: Node,
  value: Value,
): ClientExportFact[] {
  const declaration = node.binding?.declaration ?? node
  const { line, column } = module.position(node.start)
  const base = {
    file: program.repository.relative(module.file),
    line,
    column,
    module: namer.specifier(module.file),
    name,
    parameters: [],
    async: false,
    range: { start: declaration.start, end: declaration.end },
  }
  const label = `${base.module}#${name}`
  const about = (found: Found) => {
    const { module: home, node: origin } = found.client.origin
    return {
      ...(found.client.dialect === undefined ? {} : { dialect: found.client.dialect }),
      environment: origin.arguments ? environmentNames(program, home, origin) : [],
      origins: [`${program.repository.relative(home.file)}:${origin.start}`],
    }
  }
  switch (value.kind) {
    case 'client':
      return [{ ...base, label, kind: 'ready', ...about({ client: value, path: '', promised: false }) }]
    case 'class':
      // `class PrismaService extends PrismaClient`, which a framework makes and injects.
      return clientOfInstance(program, value)
        .slice(0, 1)
        .map((client) => ({ ...base, label, kind: 'ready', ...about({ client, path: '', promised: false }) }))
    case 'object':
      return clientsBelow(program, value).map((found) => ({
        ...base,
        label: `${label}.${found.path}`,
        kind: 'ready',
        ...about(found),
      }))
    case 'function': {
      const fn = value.node
      if (value.module !== module || isMethod(fn)) return []
      const parameters = (fn.params as Node[]).map(parameterFact)
      const unknown = (parameter: Node): Value => ({
        kind: 'unknown',
        reason: 'any argument',
        module,
        node: parameter,
      })
      // With arguments that are not known, a function that only passes a client on gives none.
      const made = clientsBelow(
        program,
        returnValue(program, value, (fn.params as Node[]).map(unknown), undefined),
      )
      const [first] = made
      if (first)
        return made
          .filter((found) => found.path !== '' || found === first)
          .slice(0, 2)
          .map((found) => ({
            ...base,
            label,
            kind: 'factory',
            parameters,
            async: Boolean(fn.async) || found.promised,
            ...(found.path ? { path: found.path } : {}),
            ...about(found),
          }))
      return handedOver(program, module, fn).map((found) => ({
        ...base,
        label,
        kind: 'wrapper',
        parameters,
        ...(found.path ? { path: found.path } : {}),
        ...about(found),
      }))
    }
    default:
      return []
  }
}

function isMethod(fn: Node): boolean {
  const holder = wrapped(fn).parent
  return holder?.type === 'MethodDefinition' || holder?.type === 'Property'
}

function parameterFact(parameter: Node): { name: string; optional: boolean } {
  const pattern = parameter.type === 'AssignmentPattern' ? parameter.left : parameter
  return {
    name: pattern.type === 'Identifier' ? pattern.name : '',
    optional:
      parameter.type === 'AssignmentPattern' || parameter.type === 'RestElement' || Boolean(pattern.optional),
  }
}

/** The clients that a value is or holds in a member. */
function clientsBelow(program: Program, value: Value): Found[] {
  const found: Found[] = []
  const add = (client: ClientValue, path: string, promised: boolean): void => {
    if (!found.some((item) => item.path === path)) found.push({ client, path, promised })
  }
  for (const outer of alternatives(value)) {
    for (const item of alternatives(awaited(outer))) {
      if (item.kind === 'client') add(item, '', outer.kind === 'promise')
      if (item.kind !== 'object') continue
      for (const entry of item.node.properties as Node[]) {
        const key = entry.type === 'Property' ? keyName(entry) : undefined
        if (key === undefined || isFunction(entry.value)) continue
        for (const part of alternatives(awaited(evaluate(program, item.module, entry.value, item.frame))))
          if (part.kind === 'client') add(part, key, outer.kind === 'promise')
      }
    }
  }
  return found
}

/** The clients that a function hands to a function it is given as an argument, first parameter only. */
function handedOver(program: Program, module: Module, fn: Node): Found[] {
  for (const parameter of fn.params as Node[]) {
    for (const reference of parameter.binding?.references ?? []) {
      const call = wrapped(reference).parent
      if (call.type !== 'CallExpression' || call.callee !== wrapped(reference) || !call.arguments[0]) continue
      const found = clientsBelow(program, evaluate(program, module, call.arguments[0]))
      if (found.length > 0) return found
    }
  }
  return []
}
