import type { Module } from '../repo/module.ts'
import { memberName, type Node, unwrap } from '../repo/node.ts'
import { readyClient } from './entries.ts'
import { evaluate } from './evaluate.ts'
import type { TransactionFact } from './facts.ts'
import type { Program } from './program.ts'
import { alternatives, awaited, type ClientValue } from './values.ts'

/** The outermost call around a place that runs it as a part of one transaction, with the clients it runs on. */
export function transactionAround(
  program: Program,
  module: Module,
  place: Node,
): TransactionFact | undefined {
  const methods = new Set(program.dialects.flatMap((dialect) => [...(dialect.transactions ?? [])]))
  if (methods.size === 0) return undefined
  let found: TransactionFact | undefined
  for (let at = place; at.parent; at = at.parent) {
    const call = at.parent
    if (call.type !== 'CallExpression' || call.callee === at) continue
    const callee = unwrap(call.callee)
    const method = callee.type === 'MemberExpression' ? memberName(callee) : undefined
    if (method === undefined || !methods.has(method)) continue
    const clients = clientsOf(program, module, callee.object).filter((client) =>
      program.dialectsOf(client).some((dialect) => dialect.transactions?.has(method)),
    )
    if (clients.length === 0) continue
    found = {
      file: program.repository.relative(module.file),
      range: module.range({ start: callee.property.start, end: callee.property.end }),
      databases: [...new Set(clients.map((client) => client.database))].filter((name) => name !== undefined),
    }
  }
  return found
}

function clientsOf(program: Program, module: Module, receiver: Node): ClientValue[] {
  return alternatives(awaited(evaluate(program, module, receiver)))
    .flatMap((item) => (item.kind === 'entry' ? alternatives(readyClient(program, item)) : [item]))
    .filter((item) => item.kind === 'client')
}
