import type { Module } from '../repo/module.ts'
import { enclosingFunction, keyName, memberName, type Node, unwrap, wrapped } from '../repo/node.ts'
import { type CallSite, callersOf, nameOf } from './callers.ts'
import { returnedExpressions } from './calls.ts'
import { evaluate } from './evaluate.ts'
import { isRequestHandler } from './handlers.ts'
import { leftOutReason, leftOutUser } from './left-out.ts'
import type { Program } from './program.ts'
import { hasOverloads } from './signatures.ts'
import { alternatives } from './values.ts'

/** An insertion or replacement in a file; `start === end` inserts. */
export interface SourceEdit {
  readonly module: Module
  readonly start: number
  readonly end: number
  readonly text: string
}

export type AsyncPlan =
  | { readonly edits: readonly SourceEdit[] }
  | { readonly blocked: string; readonly module: Module; readonly node: Node }

const waiting = new Set(['then', 'catch', 'finally'])
const discarding = new Set([
  'forEach',
  'filter',
  'sort',
  'toSorted',
  'some',
  'every',
  'find',
  'findIndex',
  'reduce',
  'flatMap',
  'findLast',
  'reduceRight',
])

/**
 * What has to change so that a function may `await`: itself, its return type, its callers, and theirs.
 * @returns the edits, or the place that can't take it
 */
export function makeAsync(program: Program, module: Module, fn: Node, within = new Set<Node>()): AsyncPlan {
  if (fn.async || within.has(fn)) return { edits: [] }
  within.add(fn)
  const blocked = (reason: string, node: Node = fn, home: Module = module): AsyncPlan => ({
    blocked: reason,
    module: home,
    node,
  })
  const holder = fn.parent
  if (fn.generator) return blocked("a generator can't wait here")
  if (holder.type === 'MethodDefinition' && holder.kind !== 'method')
    return blocked(
      holder.kind === 'constructor'
        ? "a constructor can't be async"
        : `a ${holder.kind === 'get' ? 'getter' : 'setter'} can't be async (\`${keyName(holder) ?? ''}\`)`,
    )
  if (holder.type === 'Property' && holder.kind !== 'init')
    return blocked(
      `a ${holder.kind === 'get' ? 'getter' : 'setter'} can't be async (\`${keyName(holder) ?? ''}\`)`,
    )
  if (hasOverloads(fn))
    return blocked(
      "a function with overloads can't be made async here: each of them would have to return a promise",
    )
  if (returnsMarkup(fn)) return blocked("a function that renders can't be made async here")
  const edits: SourceEdit[] = [asyncKeyword(module, fn)]
  const type = returnTypeEdit(module, fn)
  if (type) edits.push(...type)

  const outer = wrapped(fn)
  if (outer.parent.type === 'CallExpression' && outer.parent.callee !== outer) {
    const around = callback(program, module, outer, within)
    return 'blocked' in around ? around : { edits: [...edits, ...around.edits] }
  }
  const callers = callersOf(program, module, fn)
  const awaitsByItself = isRequestHandler(module, fn)
  if (callers.open && !awaitsByItself) {
    const [lost] = callers.escapes
    return lost
      ? blocked(
          `\`${nameOf(fn)?.name ?? 'the function'}\` is handed on as a value, so not every caller is known`,
          lost.node,
          lost.module,
        )
      : blocked(callers.open)
  }
  const user = awaitsByItself ? undefined : leftOutUser(program, module, fn)
  if (user !== undefined) return blocked(leftOutReason(nameOf(fn)?.name ?? 'the function', user))
  if (callers.calls.length === 0 && holder.type === 'MethodDefinition' && exportedClass(module, holder))
    return blocked('the method is called from places that are not known')
  const isPromise = givesPromise(program, module, fn)
  for (const call of callers.calls) {
    if (isPromise && handsOn(program, call, fn, within)) continue
    const waited = awaitCall(program, call.module, call.node, fn, within)
    if ('blocked' in waited) return waited
    edits.push(...waited.edits)
  }
  return { edits }
}

function exportedClass(module: Module, method: Node): boolean {
  const name = method.parent.parent.id?.name
  return (
    name !== undefined &&
    [...module.exports.values()].some((entry) => entry.kind === 'local' && entry.node.name === name)
  )
}

function asyncKeyword(module: Module, fn: Node): SourceEdit {
  const start =
    fn.parent.type === 'MethodDefinition' || (fn.parent.type === 'Property' && fn.parent.method)
      ? fn.parent.key.start - (fn.parent.computed ? 1 : 0)
      : fn.start
  return { module, start, end: start, text: 'async ' }
}

/** `: T` becomes `: Promise<T>`. */
function returnTypeEdit(module: Module, fn: Node): SourceEdit[] | undefined {
  const type = fn.returnType?.typeAnnotation
  if (!type || (type.type === 'TSTypeReference' && type.typeName.name === 'Promise')) return undefined
  if (type.type === 'TSTypeReference' && type.typeName.name === 'PromiseLike')
    return [{ module, start: type.typeName.start, end: type.typeName.end, text: 'Promise' }]
  return [
    { module, start: type.start, end: type.start, text: 'Promise<' },
    { module, start: type.end, end: type.end, text: '>' },
  ]
}

function returnsMarkup(fn: Node): boolean {
  return returnedExpressions(fn).some((expression) => /^JSX/.test(unwrap(expression).type))
}

/** Whether a function gives a promise although it is not async: its type says so, or it returns calls that do. */
function givesPromise(program: Program, module: Module, fn: Node): boolean {
  const type: Node | undefined = fn.returnType?.typeAnnotation
  if (type) return type.type === 'TSTypeReference' && type.typeName.name === 'Promise'
  const returned = returnedExpressions(fn)
  return (
    returned.length > 0 &&
    returned.every(
      (expression) =>
        isQuery(program, expression) ||
        alternatives(evaluate(program, module, expression)).every((value) => value.kind === 'promise'),
    )
  )
}

/** A call of a database, or one that is built on it: `client.from('t').select().eq('id', id)`. */
function isQuery(program: Program, expression: Node): boolean {
  for (let at = unwrap(expression); at.type === 'CallExpression'; ) {
    if (program.dialects.some((dialect) => dialect.recognise(at))) return true
    const callee = unwrap(at.callee)
    if (callee.type !== 'MemberExpression') return false
    at = unwrap(callee.object)
  }
  return false
}

/**
 * Whether the function around a call only gives the promise to its own callers, who get one as before. A query that
 * becomes a promise can't be built on any more, so that all of them have to be known.
 */
function handsOn(program: Program, { module, node }: CallSite, fn: Node, within: ReadonlySet<Node>): boolean {
  const outer = wrapped(node)
  const { parent } = outer
  const isResult =
    parent.type === 'ReturnStatement' || (parent.type === 'ArrowFunctionExpression' && parent.body === outer)
  const around = isResult ? enclosingFunction(node) : undefined
  if (!around || within.has(around)) return false
  if (fn.returnType || around.async || isRequestHandler(module, around)) return true
  if (around.parent.decorators?.length > 0) return true
  const { calls, open } = callersOf(program, module, around)
  const passed = new Set(within).add(around)
  return (
    open === undefined &&
    calls.length > 0 &&
    calls.every((call) => {
      const use = wrapped(call.node).parent
      const waits = use.type === 'MemberExpression' && waiting.has(memberName(use) ?? '')
      return use.type === 'AwaitExpression' || waits || handsOn(program, call, around, passed)
    })
  )
}

/** A call of a function that becomes async: awaited, and the function around it made async. */
function awaitCall(program: Program, module: Module, call: Node, fn: Node, within: Set<Node>): AsyncPlan {
  const outer = wrapped(call)
  const parent = outer.parent
  if (parent.type === 'AwaitExpression') return { edits: [] }
  if (parent.type === 'MemberExpression' && parent.object === outer && waiting.has(memberName(parent) ?? ''))
    return { edits: [] }
  const isAmongPromises =
    parent.type === 'ArrayExpression' &&
    wrapped(parent).parent.type === 'CallExpression' &&
    /^Promise\.(?:all|allSettled|race|any)$/.test(
      module.text.slice(wrapped(parent).parent.callee.start, wrapped(parent).parent.callee.end),
    )
  if (isAmongPromises) return { edits: [] }
  if (isInTransaction(parent))
    return { blocked: 'its caller hands the query to a transaction', module, node: call }
  if (parent.type === 'MemberExpression' && returnsQuery(fn))
    return { blocked: 'its caller goes on building the query that it returns', module, node: call }
  const around = enclosingFunction(call)
  if (!around) return { blocked: 'it is called at module level', module, node: call }
  if (parent.type === 'ReturnStatement' && around.async) return { edits: [] }
  const plan = makeAsync(program, module, around, within)
  if ('blocked' in plan) return plan
  const parens =
    parent.type === 'MemberExpression' ||
    (parent.type === 'CallExpression' && parent.callee === outer) ||
    parent.type === 'BinaryExpression'
  return {
    edits: [
      { module, start: outer.start, end: outer.start, text: parens ? '(await ' : 'await ' },
      ...(parens ? [{ module, start: outer.end, end: outer.end, text: ')' }] : []),
      ...plan.edits,
    ],
  }
}

/** `client.$transaction([a(), b()])`, `client.batch([…])`: what runs them takes queries, no promises. */
function isInTransaction(list: Node): boolean {
  const call = list.type === 'ArrayExpression' ? wrapped(list).parent : undefined
  const callee = call?.type === 'CallExpression' ? unwrap(call.callee) : undefined
  return callee?.type === 'MemberExpression' && ['$transaction', 'batch'].includes(memberName(callee) ?? '')
}

/** Whether a function returns a query that is not awaited: its callers may still add to it. */
function returnsQuery(fn: Node): boolean {
  return returnedExpressions(fn).some((expression) => unwrap(expression).type === 'CallExpression')
}

/** A function that is an argument: only takers that wait for it can be given an async one. */
function callback(program: Program, module: Module, outer: Node, within: Set<Node>): AsyncPlan {
  const call = outer.parent
  const callee = unwrap(call.callee)
  const method = callee.type === 'MemberExpression' ? memberName(callee) : undefined
  if (method !== undefined && waiting.has(method)) return { edits: [] }
  if (method === 'map') {
    const result = wrapped(call)
    const taker = result.parent
    if (
      taker.type === 'CallExpression' &&
      /^Promise\.(?:all|allSettled)$/.test(module.text.slice(taker.callee.start, taker.callee.end))
    )
      return { edits: [] }
    const around = enclosingFunction(call)
    if (!around) return { blocked: 'the callback of `map` runs at module level', module, node: call }
    const plan = makeAsync(program, module, around, within)
    if ('blocked' in plan) return plan
    const parens = taker.type === 'MemberExpression'
    return {
      edits: [
        { module, start: result.start, end: result.start, text: `${parens ? '(' : ''}await Promise.all(` },
        { module, start: result.end, end: result.end, text: `)${parens ? ')' : ''}` },
        ...plan.edits,
      ],
    }
  }
  if (method !== undefined && discarding.has(method))
    return { blocked: `the callback of \`${method}\` can't wait`, module, node: call }
  if (isRequestHandler(module, outer)) return { edits: [] }
  return {
    blocked: `it is unknown whether \`${module.text.slice(callee.start, callee.end).slice(0, 40)}\` waits for its callback`,
    module,
    node: call,
  }
}
