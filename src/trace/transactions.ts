import type { Module } from '../repo/module.ts'
import { enclosingFunction, isFunction, memberName, type Node, unwrap } from '../repo/node.ts'
import { callersOf } from './callers.ts'
import { readyClient } from './entries.ts'
import { evaluate } from './evaluate.ts'
import type { TransactionFact } from './facts.ts'
import type { Program } from './program.ts'
import { alternatives, awaited, type ClientValue } from './values.ts'

/** A call that runs what it is given as one transaction. */
export interface Transaction {
  readonly fact: TransactionFact
  /** The expression that is the client. */
  readonly receiver: Node
  /** The query is made by a function that is called for it: `$transaction([archive(id), …])`. */
  readonly byCall?: true
}

/**
 * The calls that run a place as a part of one transaction, innermost first: those around it, and those that get the
 * constant or the list it is kept in.
 */
export function transactionsAround(program: Program, module: Module, place: Node): Transaction[] {
  const methods = new Set(program.dialects.flatMap((dialect) => [...(dialect.transactions ?? [])]))
  if (methods.size === 0) return []
  const found = new Map<Node, Transaction>()
  const climb = (home: Module, from: Node, depth: number, byCall = false): void => {
    let pending = depth < 3
    for (let at = from; at.parent; at = at.parent) {
      const { parent } = at
      if (parent.type === 'CallExpression' && parent.callee !== at) {
        const transaction = transactionOf(program, home, parent, methods)
        if (transaction) found.set(parent, byCall ? { ...transaction, byCall } : transaction)
      }
      // A function that gives a query back has not run it.
      const giver = pending ? giverOf(at) : undefined
      if (giver)
        for (const call of callersOf(program, home, giver).calls)
          climb(call.module, call.node, depth + 1, true)
      // What is awaited has run; so has what another function does, unless it makes a list of queries.
      if (parent.type === 'AwaitExpression' || (isFunction(at) && !isMapper(at))) pending = false
      const holder = pending ? keptIn(at) : undefined
      if (holder) pending = false
      for (const reference of holder?.binding?.references ?? [])
        if (reference !== holder && !isInside(reference, from)) climb(home, reference, depth + 1, byCall)
    }
  }
  climb(module, place, 0)
  return [...found.values()]
}

/** The function whose result an expression is: `() => query`, `{ return query }`. An async one waits for it first. */
function giverOf(node: Node): Node | undefined {
  const { parent } = node
  const fn =
    parent.type === 'ReturnStatement'
      ? enclosingFunction(parent)
      : isFunction(parent) && parent.body === node && node.type !== 'BlockStatement'
        ? parent
        : undefined
  return fn && !fn.async && !isMapper(fn) ? fn : undefined
}

/** `rows.map((row) => client.user.create(…))` */
function isMapper(fn: Node): boolean {
  const { parent } = fn
  const callee = parent.type === 'CallExpression' && parent.callee !== fn ? unwrap(parent.callee) : undefined
  return callee?.type === 'MemberExpression' && ['map', 'flatMap', 'from'].includes(memberName(callee) ?? '')
}

/** The name of what keeps an expression: `const query = …`, `queries.push(…)`. */
function keptIn(node: Node): Node | undefined {
  const { parent } = node
  if (parent.type === 'VariableDeclarator' && parent.init === node && parent.id.type === 'Identifier')
    return parent.id
  const callee =
    parent.type === 'CallExpression' && parent.callee !== node ? unwrap(parent.callee) : undefined
  return callee?.type === 'MemberExpression' &&
    memberName(callee) === 'push' &&
    callee.object.type === 'Identifier'
    ? callee.object
    : undefined
}

function isInside(node: Node, outer: Node): boolean {
  return outer.start <= node.start && node.end <= outer.end
}

function transactionOf(
  program: Program,
  module: Module,
  call: Node,
  methods: ReadonlySet<string>,
): Transaction | undefined {
  const callee = unwrap(call.callee)
  const method = callee.type === 'MemberExpression' ? memberName(callee) : undefined
  if (method === undefined || !methods.has(method)) return undefined
  const clients = clientsOf(program, module, callee.object).filter((client) =>
    program.dialectsOf(client).some((dialect) => dialect.transactions?.has(method)),
  )
  if (clients.length === 0) return undefined
  return {
    receiver: unwrap(callee.object),
    fact: {
      file: program.repository.relative(module.file),
      range: module.range({ start: callee.property.start, end: callee.property.end }),
      databases: [...new Set(clients.map((client) => client.database))].filter((name) => name !== undefined),
    },
  }
}

function clientsOf(program: Program, module: Module, receiver: Node): ClientValue[] {
  return alternatives(awaited(evaluate(program, module, receiver)))
    .flatMap((item) => (item.kind === 'entry' ? alternatives(readyClient(program, item)) : [item]))
    .filter((item) => item.kind === 'client')
}
