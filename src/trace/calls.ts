import type { Module } from '../repo/module.ts'
import { children, isFunction, memberName, type Node, unwrap } from '../repo/node.ts'
import { evaluate } from './evaluate.ts'
import { mapValues } from './maps.ts'
import type { Program } from './program.ts'
import { contextValue, newContext } from './react.ts'
import { requestCall } from './requests.ts'
import { resultOf } from './results.ts'
import { alternatives, awaited, type Frame, promised, union, type Value } from './values.ts'

type FunctionValue = Extract<Value, { kind: 'function' }>

/** What a call or `new` gives. */
export function callValue(program: Program, module: Module, node: Node, frame?: Frame): Value {
  const unknown = (reason: string): Value => ({ kind: 'unknown', reason, module, node })
  const callee = unwrap(node.callee)
  if (callee.type === 'Super') return unknown('a base class')
  if (callee.type === 'Identifier' && callee.name === 'require' && !callee.binding) {
    const source = node.arguments[0]
    return source?.type === 'Literal'
      ? program.namespace(module.file, source.value)
      : unknown('a module whose name is computed')
  }
  const source = program.sourceOfCall(module, callee)
  if (source) return source
  const results = alternatives(evaluate(program, module, callee, frame)).map((value): Value => {
    switch (value.kind) {
      case 'entry':
        return program.callEntry(value, module, node, frame)
      case 'function':
        return returnValue(program, value, argumentValues(program, module, node, frame), frame)
      case 'class':
        return node.type === 'NewExpression'
          ? {
              kind: 'instance',
              node: value.node,
              module: value.module,
              construction: node,
              args: argumentValues(program, module, node, frame),
            }
          : unknown('a class that is called')
      case 'made':
        return {
          kind: 'made',
          by: `${value.by}()${value.path.map((name) => `.${name}`).join('')}`,
          node,
          module,
          path: [],
          of: value,
          ...(frame ? { frame } : {}),
        }
      case 'method':
        if (program.derives(value.client, value.name)) return value.client
        return unknown(`what \`${value.name}\` of a client returns`)
      case 'external':
        return (
          program.made(value, module, node, frame) ??
          requestCall(program, module, node, callee, value, frame) ??
          externalCall(program, module, node, callee, value, frame) ??
          unknown(
            `what \`${value.path.join('.')}\`${value.module === 'global' ? '' : ` of ${value.module}`} returns`,
          )
        )
      case 'unknown':
        return value.request ? value : (requestCall(program, module, node, callee, value, frame) ?? value)
      default:
        return unknown('a call of something that is no function')
    }
  })
  return union(results)
}

export function argumentValues(
  program: Program,
  module: Module,
  call: Node,
  frame: Frame | undefined,
): Value[] {
  return (call.arguments as Node[]).flatMap((argument): Value[] => {
    if (argument.type !== 'SpreadElement') return [evaluate(program, module, argument, frame)]
    const list = evaluate(program, module, argument.argument, frame)
    return list.kind === 'array'
      ? [...list.items]
      : [{ kind: 'unknown', reason: 'a spread argument', module, node: argument }]
  })
}

/** The frame in which a function's body is looked at for one call of it. */
export function argumentFrame(
  program: Program,
  module: Module,
  fn: FunctionValue,
  call: Node,
  caller?: Frame,
): Frame {
  return makeFrame(fn, argumentValues(program, module, call, caller), caller)
}

function makeFrame(fn: FunctionValue, args: readonly Value[], caller: Frame | undefined): Frame {
  const outer = fn.frame ?? caller
  return {
    fn: fn.node,
    args,
    depth: (caller?.depth ?? fn.frame?.depth ?? 0) + 1,
    memo: new Map(),
    ...(fn.self ? { self: fn.self } : {}),
    ...(outer ? { outer } : {}),
  }
}

/** What a call of a function with these arguments returns; a promise for an async function. */
export function returnValue(
  program: Program,
  fn: FunctionValue,
  args: readonly Value[],
  caller: Frame | undefined,
): Value {
  const { node, module } = fn
  if (node.generator) return { kind: 'unknown', reason: 'what a generator yields', module, node }
  // Nothing of the call can matter to a function that takes nothing: its result is remembered for all calls.
  const frame = node.params.length === 0 && !fn.self && !fn.frame ? undefined : makeFrame(fn, args, caller)
  const returned = returnedExpressions(node).map((expression) => evaluate(program, module, expression, frame))
  const value: Value = returned.length === 0 ? { kind: 'literal', value: undefined } : union(returned)
  return node.async ? promised(awaited(value)) : value
}

/** The expressions that a function returns, without those of functions inside it. */
export function returnedExpressions(fn: Node): readonly Node[] {
  if (fn.returned) return fn.returned
  const found: Node[] = []
  if (fn.body && fn.body.type !== 'BlockStatement') found.push(fn.body)
  else if (fn.body) {
    const visit = (node: Node): void => {
      if (node.type === 'ReturnStatement') {
        if (node.argument) found.push(node.argument)
        return
      }
      if (isFunction(node) || node.type === 'ClassDeclaration' || node.type === 'ClassExpression') return
      if (node.type.endsWith('Statement') || node.type === 'SwitchCase' || node.type === 'CatchClause')
        for (const child of children(node)) visit(child)
    }
    visit(fn.body)
  }
  fn.returned = found
  return found
}

/** Functions that throw instead of returning: nothing comes out of them. */
const throwing: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['next/navigation', new Set(['redirect', 'permanentRedirect', 'notFound', 'forbidden', 'unauthorized'])],
  ['global', new Set(['process.exit'])],
])

/** Calls of platform and library functions whose meaning is known. */
function externalCall(
  program: Program,
  module: Module,
  node: Node,
  callee: Node,
  value: Extract<Value, { kind: 'external' }>,
  frame: Frame | undefined,
): Value | undefined {
  const client = program.constructed(value, module, node, frame)
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
      case 'Reflect.construct':
        return undefined
    }
  }
  const last = value.path.at(-1) ?? ''
  // React's and Next's wrappers give back what they are given, or what the function they are given returns.
  if (
    (value.module === 'react' || value.module === 'next/cache') &&
    ['cache', 'useCallback', 'unstable_cache'].includes(last)
  )
    return first()
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

/** Every alternative of a value that is a client, looking through promises. */
export function clientsIn(value: Value): Extract<Value, { kind: 'client' }>[] {
  return alternatives(awaited(value)).filter((item) => item.kind === 'client')
}
