import type { Module } from '../repo/module.ts'
import { memberName, type Node, unwrap } from '../repo/node.ts'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'
import { alternatives, type Frame, type Value } from './values.ts'

/** What is called, with the arguments as expressions; `bound`: it is only made ready to be called. */
export interface IndirectCall {
  readonly callee: Value
  readonly given: readonly Node[]
  readonly bound?: true
}

/**
 * The call that stands behind `f.bind(x)`, `f.call(x, …)`, `f.apply(x, […])` and `Reflect.apply(f, x, […])`.
 * @returns undefined when a call is none of these, or what it calls is not known
 */
export function indirectCall(
  program: Program,
  module: Module,
  call: Node,
  frame: Frame | undefined,
): IndirectCall | undefined {
  const callee = unwrap(call.callee)
  if (callee.type !== 'MemberExpression') return undefined
  const name = memberName(callee)
  if (name !== 'bind' && name !== 'call' && name !== 'apply') return undefined
  const isReflect = isPlatformReflect(callee.object)
  if (isReflect && name !== 'apply') return undefined
  const given = call.arguments as Node[]
  const target = isReflect ? given[0] : callee.object
  if (!target) return undefined
  const value = evaluate(program, module, target, frame)
  if (!alternatives(value).some((item) => ['function', 'method', 'entry'].includes(item.kind)))
    return undefined
  if (name === 'bind') return { callee: value, given: given.slice(1), bound: true }
  if (name === 'call') return { callee: value, given: given.slice(1) }
  const list = given[isReflect ? 2 : 1]
  const written = list && unwrap(list)
  return {
    callee: value,
    given: written?.type === 'ArrayExpression' ? written.elements.filter(Boolean) : [],
  }
}

/** `Reflect` of the platform. */
export function isPlatformReflect(expression: Node): boolean {
  const node = unwrap(expression)
  return node.type === 'Identifier' && node.name === 'Reflect' && !node.binding
}
