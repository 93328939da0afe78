import type { Module } from '../repo/module.ts'
import { memberName, type Node } from '../repo/node.ts'
import { argumentValues, returnValue } from './calls.ts'
import { constructed } from './constructed.ts'
import { carriedUnderKey, carrier } from './contexts/carriers.ts'
import { carrierOf } from './contexts/frameworks.ts'
import { evaluate } from './evaluate.ts'
import { mapValues, storedValues } from './maps.ts'
import type { Program } from './program.ts'
import { property } from './properties.ts'
import { contextValue, newContext } from './react.ts'
import { resultOf } from './results.ts'
import { alternatives, awaited, type Frame, literalTexts, promised, union, type Value } from './values.ts'

/** Functions that throw instead of returning: nothing comes out of them. */
const throwing: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['next/navigation', new Set(['redirect', 'permanentRedirect', 'notFound', 'forbidden', 'unauthorized'])],
  ['global', new Set(['process.exit'])],
])

/** Calls of platform and library functions whose meaning is known. */
export function externalCall(
  program: Program,
  module: Module,
  node: Node,
  callee: Node,
  value: Extract<Value, { kind: 'external' }>,
  frame: Frame | undefined,
): Value | undefined {
  const client = constructed(program, value, module, node, frame)
  if (client) return client
  const first = () => (node.arguments[0] ? evaluate(program, module, node.arguments[0], frame) : undefined)
  const name = value.path.join('.')
  if (node.type === 'NewExpression' && value.module === 'global' && (name === 'Map' || name === 'WeakMap'))
    return { kind: 'map', node, module }
  const result = resultOf(value, first)
  if (result) return result
  if (throwing.get(value.module)?.has(name)) return { kind: 'union', of: [] }
  // A Response beside a context in a union holds nothing that is read later.
  if (
    (node.type === 'NewExpression' && value.module === 'global') ||
    value.module === 'next/server' ||
    name.startsWith('Response.')
  )
    return { kind: 'external', module: 'instance', path: [name] }
  const variable = environmentVariable(value, first)
  if (variable) return variable
  if (value.module === 'carrier' && name === 'get') return carriedUnderKey(program, module, node)
  const made = carrierOf(value)
  if (made) return carrier(made)
  if (/^(?:node:)?async_hooks$/.test(value.module) && name === 'AsyncLocalStorage')
    return { kind: 'map', node, module }
  if (value.module === 'map' && value.path[0] === 'getStore' && callee.type === 'MemberExpression') {
    const stored = alternatives(evaluate(program, module, callee.object, frame)).flatMap((item) =>
      item.kind === 'map' ? storedValues(program, item) : [],
    )
    return stored.length > 0 ? union(stored) : undefined
  }
  if (value.module === 'map' && value.path[0] === 'get' && callee.type === 'MemberExpression') {
    const stored = alternatives(evaluate(program, module, callee.object, frame)).flatMap((item) =>
      item.kind === 'map' ? mapValues(program, item) : [],
    )
    return stored.length > 0 ? union(stored) : undefined
  }
  if (value.module === 'global') {
    switch (name) {
      case 'Promise.all': {
        const list = first()
        return list?.kind === 'array'
          ? { kind: 'promise', of: { kind: 'array', items: list.items.map(awaited) } }
          : undefined
      }
      case 'Promise.race':
      case 'Promise.any': {
        const list = first()
        return list?.kind === 'array' ? promised(union(list.items.map(awaited))) : undefined
      }
      case 'Promise.resolve':
        return promised(first() ?? { kind: 'literal', value: undefined })
      case 'Object.freeze':
      case 'Object.seal':
      case 'structuredClone':
      case 'String':
        return first()
      case 'Object.values':
        return objectValues(program, first(), frame)
      case 'Object.keys': {
        const object = first()
        return object?.kind === 'object'
          ? {
              kind: 'array',
              items: object.node.properties.flatMap((entry: Node): Value[] =>
                entry.type === 'Property' && !entry.computed
                  ? [{ kind: 'literal', value: entry.key.name ?? String(entry.key.value) }]
                  : [],
              ),
            }
          : undefined
      }
      case 'Object.assign':
        return merged(program, module, node, frame)
      case 'Reflect.get': {
        const names = node.arguments[1] && literalTexts(evaluate(program, module, node.arguments[1], frame))
        const object = first()
        return names && object
          ? union(names.map((key: string) => property(program, object, key, { module, node }, frame)))
          : undefined
      }
    }
  }
  const last = value.path.at(-1) ?? ''
  // React's and Next's wrappers give back what they are given, or what the function they are given returns.
  if (
    (value.module === 'react' || value.module === 'next/cache') &&
    ['cache', 'useCallback', 'unstable_cache'].includes(last)
  )
    return first()
  // `remember('prisma', () => new PrismaClient())`: https://github.com/epicweb-dev/remember
  if (value.module === '@epic-web/remember' && last === 'remember' && node.arguments[1]) {
    const made = evaluate(program, module, node.arguments[1], frame)
    return made.kind === 'function' ? returnValue(program, made, [], frame) : undefined
  }
  if (value.module === 'react' && last === 'createContext') return newContext(module, node)
  if (value.module === 'react' && (last === 'useContext' || last === 'use')) {
    const given = first()
    return contextValue(program, given) ?? (last === 'use' && given ? awaited(given) : undefined)
  }
  if (value.module === 'react' && ['useMemo', 'useState', 'useRef'].includes(last)) {
    const given = first()
    const made = given?.kind === 'function' ? returnValue(program, given, [], frame) : given
    if (!made) return undefined
    return last === 'useMemo'
      ? made
      : last === 'useState'
        ? { kind: 'array', items: [made] }
        : { kind: 'shape', leaves: [{ path: ['current'], value: made }], label: 'a ref' }
  }
  if (value.module === 'array' && callee.type === 'MemberExpression') {
    const list = evaluate(program, module, callee.object, frame)
    const method = memberName(callee)
    if (list.kind !== 'array') return undefined
    if (method === 'concat' || method === 'filter' || method === 'slice' || method === 'sort') return list
    if (method === 'at' || method === 'find' || method === 'pop') return union(list.items)
    if (method === 'map') {
      const mapper = first()
      if (mapper?.kind === 'function')
        return { kind: 'array', items: list.items.map((item) => returnValue(program, mapper, [item], frame)) }
    }
  }
  return undefined
}

/** `Object.assign(target, …sources)`: the last one that has a member gives it. */
function merged(program: Program, module: Module, call: Node, frame: Frame | undefined): Value {
  return { kind: 'layers', of: argumentValues(program, module, call.arguments, frame).reverse() }
}

function objectValues(
  program: Program,
  value: Value | undefined,
  frame: Frame | undefined,
): Value | undefined {
  if (value?.kind === 'enum') return { kind: 'array', items: [...value.members.values()] }
  if (value?.kind !== 'object') return undefined
  return {
    kind: 'array',
    items: value.node.properties.flatMap((entry: Node) =>
      entry.type === 'Property' ? [evaluate(program, value.module, entry.value, value.frame ?? frame)] : [],
    ),
  }
}

/** `Deno.env.get('NAME')`, `config.get('NAME')` of NestJS: the variable of the environment. */
function environmentVariable(
  value: Extract<Value, { kind: 'external' }>,
  first: () => Value | undefined,
): Value | undefined {
  const name = value.path.join('.')
  const isDeno = value.module === 'global' && name === 'Deno.env.get'
  const isNest = value.module === '@nestjs/config' && /^ConfigService\.get(?:OrThrow)?$/.test(name)
  if (!isDeno && !isNest) return undefined
  const given = first()
  const names = given && literalTexts(given)
  return names
    ? union(names.map((variable) => ({ ...value, path: [...value.path.slice(0, -1), variable] }) as const))
    : undefined
}
