import type { Module } from '../repo/module.ts'
import { memberName, type Node, unwrap, wrapped } from '../repo/node.ts'
import { usesOf } from './callers.ts'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'
import { alternatives, union, type Value } from './values.ts'

/**
 * What `useContext(Context)` gives: the `value` of every `<Context.Provider>` (or, since React 19, `<Context>`) of the
 * program, and the default that `createContext` was given.
 * @param context what the argument of `useContext` is
 */
export function contextValue(program: Program, context: Value | undefined): Value | undefined {
  const found = alternatives(context ?? union([])).flatMap((item): Value[] =>
    item.kind === 'context' ? provided(program, item) : [],
  )
  return found.length > 0 ? union(found) : undefined
}

function provided(program: Program, context: Extract<Value, { kind: 'context' }>): Value[] {
  const { module, node } = context
  const found: Value[] = []
  const initial = node.arguments[0]
  if (initial) {
    const value = evaluate(program, module, initial)
    // An empty default only says that there is no provider.
    if (!isEmpty(unwrap(initial), value)) found.push(value)
  }
  const holder = wrapped(node).parent
  if (holder.type !== 'VariableDeclarator' || holder.id.type !== 'Identifier') return found
  for (const use of usesOf(program, module, holder.id.binding)) {
    const given = providedValue(use.node)
    if (given) found.push(evaluate(program, use.module, given))
  }
  return found
}

function isEmpty(initial: Node, value: Value): boolean {
  return value.kind === 'literal' || (initial.type === 'ObjectExpression' && initial.properties.length === 0)
}

/** The `value` of the provider element that a name opens. */
function providedValue(name: Node): Node | undefined {
  const { parent } = name
  const isProvider =
    (parent.type === 'JSXMemberExpression' && parent.property.name === 'Provider') ||
    (parent.type === 'MemberExpression' && memberName(parent) === 'Provider')
  const tag = isProvider ? parent : name
  const element = tag.parent
  if (element.type === 'CallExpression' && /createElement$/.test(memberOrName(element.callee))) {
    const props = element.arguments[1]
    return props?.type === 'ObjectExpression'
      ? props.properties.find((entry: Node) => entry.type === 'Property' && entry.key.name === 'value')?.value
      : undefined
  }
  if (element.type !== 'JSXOpeningElement') return undefined
  const attribute = element.attributes.find(
    (item: Node) => item.type === 'JSXAttribute' && item.name.name === 'value',
  )
  return attribute?.value?.type === 'JSXExpressionContainer' ? attribute.value.expression : undefined
}

function memberOrName(callee: Node): string {
  const node = unwrap(callee)
  return (node.type === 'MemberExpression' ? memberName(node) : node.name) ?? ''
}

/** The `createContext` call as a value. */
export function newContext(module: Module, node: Node): Value {
  return { kind: 'context', node, module }
}
