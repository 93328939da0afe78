import type { Module } from '../repo/module.ts'
import { keyName, memberName, type Node, unwrap, wrapped } from '../repo/node.ts'
import { usesOf } from './callers.ts'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'
import type { Value } from './values.ts'

/** Every value that the program puts into a `Map`: the second arguments of `set` on what holds it. */
export function mapValues(program: Program, map: Extract<Value, { kind: 'map' }>): Value[] {
  return holders(program, map).flatMap(({ module, node }): Value[] => {
    const member = wrapped(node).parent
    if (member.type !== 'MemberExpression' || memberName(member) !== 'set') return []
    const call = wrapped(member).parent
    if (call.type !== 'CallExpression' || unwrap(call.callee) !== member || !call.arguments[1]) return []
    return [evaluate(program, module, call.arguments[1])]
  })
}

/** What an `AsyncLocalStorage` of the program holds: the first arguments of `run` and `enterWith` on what holds it. */
export function storedValues(program: Program, map: Extract<Value, { kind: 'map' }>): Value[] {
  return holders(program, map).flatMap(({ module, node }): Value[] => {
    const member = wrapped(node).parent
    if (member.type !== 'MemberExpression' || !['run', 'enterWith'].includes(memberName(member) ?? ''))
      return []
    const call = wrapped(member).parent
    if (call.type !== 'CallExpression' || unwrap(call.callee) !== member || !call.arguments[0]) return []
    return [evaluate(program, module, call.arguments[0])]
  })
}

/** Expressions that name the map: reads of the constant that holds it, or of the field. */
function holders(program: Program, map: Extract<Value, { kind: 'map' }>): { module: Module; node: Node }[] {
  const outer = wrapped(map.node)
  const parent = outer.parent
  if (parent.type === 'VariableDeclarator' && parent.id.type === 'Identifier')
    return usesOf(program, map.module, parent.id.binding)
  const field =
    parent.type === 'PropertyDefinition'
      ? keyName(parent)
      : parent.type === 'AssignmentExpression' && parent.left.type === 'MemberExpression'
        ? memberName(parent.left)
        : undefined
  if (field === undefined) return []
  return map.module.membersNamed(field).map((node) => ({ module: map.module, node }))
}
