import type { Module } from '../repo/module.ts'
import { type Binding, memberName, type Node, unwrap, wrapped } from '../repo/node.ts'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'
import { alternatives, awaited } from './values.ts'

/**
 * The expression that would have to be another client for an access to be on another one. Mostly it is the access's
 * receiver; what a transaction hands over comes from the client that began it, `tx ?? client` from the client where
 * nothing else is given, and a part that was taken off a client from that client.
 * @param whole the receiver is a part of a client
 */
export function rootOf(program: Program, module: Module, receiver: Node, whole: boolean): Node {
  let at = unwrap(receiver)
  for (let step = 0; step < 8; step++) {
    const next = before(program, module, at, whole)
    if (!next) break
    at = unwrap(next)
  }
  return at
}

function before(program: Program, module: Module, node: Node, whole: boolean): Node | undefined {
  if (node.type === 'LogicalExpression' && node.operator !== '&&') return node.right
  if (whole && node.type === 'MemberExpression') return node.object
  const binding: Binding | undefined = node.type === 'Identifier' ? node.binding : undefined
  if (!binding || binding.writes.length > 0) return undefined
  if (binding.kind === 'parameter') return handedBy(program, module, binding)
  const { declaration, scope } = binding
  if (scope.kind === 'module' || declaration.type !== 'VariableDeclarator' || !declaration.init)
    return undefined
  const init = unwrap(declaration.init)
  if (declaration.id.type === 'ObjectPattern')
    return whole && declaration.id === binding.id.parent.parent ? init : undefined
  if (init.type === 'LogicalExpression' && init.operator !== '&&') return init
  const derived = derivedFrom(program, module, init)
  if (derived) return derived
  if (init.type === 'Identifier') return init
  return whole && init.type === 'MemberExpression' ? init : undefined
}

/** The client that a connection or a schema was taken of: `await pool.connect()`, `client.schema('x')`. */
function derivedFrom(program: Program, module: Module, expression: Node): Node | undefined {
  const call = expression.type === 'AwaitExpression' ? unwrap(expression.argument) : expression
  const callee = call.type === 'CallExpression' ? unwrap(call.callee) : undefined
  const method = callee?.type === 'MemberExpression' ? memberName(callee) : undefined
  if (!callee || method === undefined) return undefined
  const clients = alternatives(awaited(evaluate(program, module, callee.object)))
  return clients.some((item) => program.derivesFrom(item, method)) ? callee.object : undefined
}

/** The client whose method hands itself to the function that has this parameter: `client.$transaction((tx) => …)`. */
export function handedBy(program: Program, module: Module, binding: Binding): Node | undefined {
  const fn = binding.declaration
  const index = fn.params.indexOf(binding.id)
  const outer = wrapped(fn)
  const call = outer.parent
  if (index < 0 || call?.type !== 'CallExpression' || call.arguments[0] !== outer) return undefined
  const callee = unwrap(call.callee)
  const method = callee.type === 'MemberExpression' ? memberName(callee) : undefined
  if (method === undefined) return undefined
  const given = alternatives(awaited(evaluate(program, module, callee.object)))
  return given.some((item) => program.handed(item, method, index)) ? callee.object : undefined
}
