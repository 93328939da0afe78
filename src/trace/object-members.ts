import type { Module } from '../repo/module.ts'
import { keyName, memberName, type Node, unwrap, wrapped } from '../repo/node.ts'
import { returnValue } from './calls.ts'
import { evaluate, objectEntry } from './evaluate.ts'
import type { Place, Program } from './program.ts'
import { property } from './properties.ts'
import { type Frame, literalTexts, union, type Value } from './values.ts'

type ObjectValue = Extract<Value, { kind: 'object' }>

/** A member of an object literal: written in it, spread into it, or put into it later in the same file. */
export function objectMember(
  program: Program,
  object: ObjectValue,
  name: string,
  place: Place,
  frame: Frame | undefined,
): Value {
  const { entry, spreads } = objectEntry(object.node, name)
  const spread = spreadMembers(program, object, spreads, name, place, frame)
  const found: Value[] = spread.filter((item) => item.kind !== 'unknown')
  if (entry) {
    if (entry.kind === 'get')
      found.push(
        returnValue(
          program,
          { kind: 'function', node: entry.value, module: object.module, self: object },
          [],
          frame,
        ),
      )
    else found.push(withSelf(evaluate(program, object.module, entry.value, object.frame), object))
  }
  if (!entry) found.push(...computedEntries(program, object, name))
  found.push(...assignedMembers(program, object, name))
  if (found.length > 0) return union(found)
  // What is spread and not known may hold it.
  const lost = spread.find((item) => item.kind === 'unknown' && !item.reason.startsWith('no member'))
  return lost ?? { kind: 'unknown', reason: `no member \`${name}\` in the object`, ...place }
}

/** A member in what an object literal spreads; `state = { ...state, … }` holds itself and is looked at once. */
function spreadMembers(
  program: Program,
  object: ObjectValue,
  spreads: readonly Node[],
  name: string,
  place: Place,
  frame: Frame | undefined,
): Value[] {
  if (spreads.length === 0) return []
  return once(program, object.node, name, () =>
    spreads.map((source) =>
      property(program, evaluate(program, object.module, source, object.frame), name, place, frame),
    ),
  )
}

/** Looks for a name in what an object takes in; what leads back to the same object adds nothing. */
function once(program: Program, node: Node, name: string, look: () => Value[]): Value[] {
  let names = program.spreading.get(node)
  if (!names) program.spreading.set(node, (names = new Set()))
  if (names.has(name)) return []
  names.add(name)
  const found = look()
  names.delete(name)
  return found
}

/** `{ [key]: value }`, where the key is a text that is known. */
function computedEntries(program: Program, object: ObjectValue, name: string): Value[] {
  return (object.node.properties as Node[]).flatMap((entry): Value[] => {
    if (entry.type !== 'Property' || !entry.computed || keyName(entry) !== undefined) return []
    const keys = literalTexts(evaluate(program, object.module, entry.key, object.frame))
    return keys?.includes(name) ? [evaluate(program, object.module, entry.value, object.frame)] : []
  })
}

function withSelf(value: Value, self: Value): Value {
  return value.kind === 'function' && value.node.type === 'FunctionExpression' ? { ...value, self } : value
}

/** What is put into an object after it is made: `object.name = value`, `Object.assign(object, …)`, in the same file. */
function assignedMembers(program: Program, object: ObjectValue, name: string): Value[] {
  const declarator = wrapped(object.node).parent
  const binding =
    declarator?.type === 'VariableDeclarator' && declarator.id.type === 'Identifier'
      ? declarator.id.binding
      : undefined
  if (!binding) return []
  const found: Value[] = []
  for (const reference of binding.references) {
    const member = reference.parent
    if (
      member.type === 'MemberExpression' &&
      member.object === reference &&
      memberName(member) === name &&
      member.parent.type === 'AssignmentExpression' &&
      member.parent.left === member
    )
      found.push(evaluate(program, object.module, member.parent.right))
    else if (member.type === 'CallExpression' && member.arguments[0] === reference)
      found.push(...once(program, member, name, () => addedMembers(program, object.module, member, name)))
  }
  return found
}

/** The member that `Object.assign(object, …)` or `Object.defineProperty(object, 'name', { value })` adds. */
function addedMembers(program: Program, module: Module, call: Node, name: string): Value[] {
  const callee = unwrap(call.callee)
  if (callee.type !== 'MemberExpression' || callee.object.name !== 'Object' || callee.object.binding)
    return []
  const [, second, third] = call.arguments as Node[]
  const place = { module, node: call }
  const part = (node: Node | undefined, key: string): Value[] => {
    if (!node || node.type === 'SpreadElement') return []
    const value = property(program, evaluate(program, module, node), key, place, undefined)
    return value.kind === 'unknown' ? [] : [value]
  }
  switch (memberName(callee)) {
    case 'assign':
      return (call.arguments as Node[]).slice(1).flatMap((source) => part(source, name))
    case 'defineProperty':
      return second && literalTexts(evaluate(program, module, second))?.includes(name)
        ? part(third, 'value')
        : []
    default:
      return []
  }
}
