import { isOneValue, type Module } from '../repo/module.ts'
import { children, isFunction, memberName, type Node, unwrap, walk } from '../repo/node.ts'
import { evaluate } from './evaluate.ts'
import { indirectCall } from './indirect.ts'
import { externalCall } from './platform-calls.ts'
import type { Program } from './program.ts'
import { requestCall } from './requests.ts'
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
      ? required(program, module, node, source.value)
      : unknown('a module whose name is computed')
  }
  const source = program.sourceOfCall(module, callee)
  if (source?.kind === 'shape') {
    // The rules name the id in what a call gives; the rest is what the code of the function says.
    const own = alternatives(evaluate(program, module, callee, frame)).flatMap((value) =>
      value.kind === 'function'
        ? [returnValue(program, value, argumentValues(program, module, node.arguments, frame), frame)]
        : [],
    )
    return own.length > 0 ? { ...source, otherwise: awaited(union(own)) } : source
  }
  if (source) return source
  const settled = settledPromise(program, module, node, callee, frame)
  if (settled) return settled
  const indirect = indirectCall(program, module, node, frame)
  if (indirect?.bound) return indirect.callee
  const given = indirect?.given ?? (node.arguments as Node[])
  const target = indirect?.callee ?? evaluate(program, module, callee, frame)
  const results = alternatives(target).map((value): Value => {
    switch (value.kind) {
      case 'entry':
        return program.callEntry(value, module, node, frame)
      case 'function':
        return returnValue(program, value, argumentValues(program, module, given, frame), frame)
      case 'class':
        return node.type === 'NewExpression'
          ? {
              kind: 'instance',
              node: value.node,
              module: value.module,
              construction: node,
              args: argumentValues(program, module, given, frame),
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
      case 'client':
        if (program.builds(value, '()'))
          return { kind: 'made', by: 'client.()', node, module, path: [], ...(frame ? { frame } : {}) }
        return unknown('a call of something that is no function')
      case 'method':
        if (program.derives(value.client, value.name)) return value.client
        if (program.builds(value.client, value.name))
          return {
            kind: 'made',
            by: `client.${value.name}`,
            node,
            module,
            path: [],
            ...(frame ? { frame } : {}),
          }
        return {
          kind: 'unknown',
          reason: `what \`${value.name}\` of a client returns`,
          module,
          node,
          of: value.client,
        }
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

/** `promise.catch(handler)` is what the promise gives, or what the handler returns; `promise.finally(f)` is the promise. */
function settledPromise(
  program: Program,
  module: Module,
  call: Node,
  callee: Node,
  frame: Frame | undefined,
): Value | undefined {
  const name = callee.type === 'MemberExpression' ? memberName(callee) : undefined
  if (name !== 'catch' && name !== 'finally') return undefined
  const promise = evaluate(program, module, callee.object, frame)
  if (!alternatives(promise).some((item) => item.kind === 'promise')) return undefined
  const [handler] = call.arguments as Node[]
  if (name === 'finally' || !handler || handler.type === 'SpreadElement') return promise
  const handled = alternatives(evaluate(program, module, handler, frame)).flatMap((item): Value[] =>
    item.kind === 'function'
      ? [returnValue(program, item, [{ kind: 'unknown', reason: 'an error', module, node: handler }], frame)]
      : [],
  )
  // What an error is turned into is no client: the program has to look which of both it got.
  const results = handled.filter((item) => alternatives(awaited(item)).every((one) => one.kind !== 'unknown'))
  return promised(union([awaited(promise), ...results.map(awaited)]))
}

/** What `require` gives: what a CommonJS module sets `module.exports` to, or the namespace of a module. */
function required(program: Program, module: Module, node: Node, specifier: string): Value {
  const file = program.repository.resolve(module.file, specifier)
  const other = file === undefined ? undefined : program.repository.module(file)
  return file !== undefined && other && isOneValue(other)
    ? program.exportValue(file, 'default', { module, node })
    : program.namespace(module.file, specifier)
}

export function argumentValues(
  program: Program,
  module: Module,
  given: readonly Node[],
  frame: Frame | undefined,
): Value[] {
  return given.flatMap((argument): Value[] => {
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
  return makeFrame(fn, argumentValues(program, module, call.arguments, caller), caller)
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
  // Nothing of the call can matter to a function that takes nothing: its result is remembered for all calls.
  const frame = node.params.length === 0 && !fn.self && !fn.frame ? undefined : makeFrame(fn, args, caller)
  return resultIn(program, module, node, frame)
}

/** What a function gives to code that is not seen, such as a framework's: its parameters are what can be told of them. */
export function resultOf(program: Program, { node, module, frame }: FunctionValue): Value {
  return resultIn(program, module, node, frame)
}

function resultIn(program: Program, module: Module, node: Node, frame: Frame | undefined): Value {
  if (node.generator) return yieldedValues(program, module, node, frame)
  const returned = returnedExpressions(node).map((expression) => evaluate(program, module, expression, frame))
  const value: Value = returned.length === 0 ? { kind: 'literal', value: undefined } : union(returned)
  return node.async ? promised(awaited(value)) : value
}

/** What a generator yields, as a list. */
function yieldedValues(program: Program, module: Module, fn: Node, frame: Frame | undefined): Value {
  const items: Value[] = []
  walk(fn.body, (inner) => {
    if (isFunction(inner)) return false
    if (inner.type !== 'YieldExpression') return undefined
    items.push(
      inner.argument && !inner.delegate
        ? awaited(evaluate(program, module, inner.argument, frame))
        : { kind: 'unknown', reason: 'what another generator yields', module, node: inner },
    )
    return undefined
  })
  return { kind: 'array', items }
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
