import type { Module } from '../repo/module.ts'
import { type Binding, isFunction, type Node, unwrap, walk } from '../repo/node.ts'
import type { NamedValue } from './names.ts'
import { leaves, type Point, someStatementBefore } from './narrowing.ts'
import type { Program } from './program.ts'

/**
 * Whether a value from the request has been checked before a point: every way to the point calls one of the rules'
 * checking functions with it, as a statement of its own or in a condition that leaves.
 */
export function isCheckedBefore(
  program: Program,
  module: Module,
  binding: Binding,
  checks: readonly NamedValue[],
  point: Point,
): boolean {
  const isCheck = (node: Node): boolean => {
    if (node.type !== 'CallExpression') return false
    const declared = program.declaredOf(module, node.callee)
    if (!declared) return false
    const known = checks.some(
      (check) =>
        check.matches(declared) ||
        (declared.kind === 'external' && check.matchesExternal(declared.module, declared.name)),
    )
    return known && node.arguments.some((argument: Node) => reads(argument, binding))
  }
  const checksIn = (part: Node | null | undefined): boolean => {
    let found = false
    if (part) {
      walk(part, (node) => {
        if (isFunction(node)) return false
        found ||= isCheck(node)
        return undefined
      })
    }
    return found
  }
  return someStatementBefore(point, (statement) => {
    if (statement.type === 'ExpressionStatement') return checksIn(statement.expression)
    if (statement.type === 'VariableDeclaration') return checksIn(statement)
    return statement.type === 'IfStatement' && leaves(statement.consequent) && checksIn(statement.test)
  })
}

/** Whether an argument is the name, a member of it, or an object that holds it. */
function reads(argument: Node, binding: Binding): boolean {
  const node = unwrap(argument)
  if (node.type === 'Identifier') return node.binding === binding
  if (node.type === 'MemberExpression') return reads(node.object, binding)
  return (
    node.type === 'ObjectExpression' &&
    node.properties.some((entry: Node) => entry.type === 'Property' && reads(entry.value, binding))
  )
}
