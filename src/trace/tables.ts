import type { Module } from '../repo/module.ts'
import { memberName, type Node, wrapped } from '../repo/node.ts'
import { type CallSite, exportedUses, usesOf } from './callers.ts'
import type { Program } from './program.ts'

/**
 * Calls of a function that stands in a table of functions: `const actions = { a: run }`, `actions[kind](…)`.
 * @param node the function's name, or the function itself, where it is used as a value
 * @returns undefined when it stands in no such table, or the table itself is handed on
 */
export function callsThroughTable(program: Program, module: Module, node: Node): CallSite[] | undefined {
  const entry = node.parent
  const table = entry.type === 'Property' && entry.value === node ? entry.parent : undefined
  if (table?.type !== 'ObjectExpression') return undefined
  const holder = wrapped(table).parent
  // `module.exports = { run }`: each of its names is an export, whose uses are looked for by themselves.
  if (holder.type === 'AssignmentExpression' && isModuleExports(holder.left)) return []
  const uses =
    holder.type === 'ExportDefaultDeclaration'
      ? exportedUses(program, module, 'default')
      : holder.type === 'VariableDeclarator' && holder.id.type === 'Identifier'
        ? usesOf(program, module, holder.id.binding)
        : undefined
  if (!uses) return undefined
  const key = entry.computed ? undefined : String(entry.key.name ?? entry.key.value)
  const found: CallSite[] = []
  for (const use of uses) {
    const outer = wrapped(use.node)
    const member = outer.parent
    if (member.type.startsWith('TS')) continue
    if (member.type === 'ExportSpecifier' || member.type === 'ExportDefaultDeclaration') continue
    if (member.type !== 'MemberExpression' || member.object !== outer) {
      if (isKeyUse(outer)) continue
      return undefined
    }
    const name = memberName(member)
    if (name !== undefined && key !== undefined && name !== key) continue
    const calls = callsOf(use.module, wrapped(member))
    if (!calls) return undefined
    found.push(...calls)
  }
  return found
}

function isModuleExports(node: Node): boolean {
  return node.type === 'MemberExpression' && node.object.name === 'module' && memberName(node) === 'exports'
}

/** `kind in table`, `Object.keys(table)`: only the names matter. */
function isKeyUse(node: Node): boolean {
  const { parent } = node
  if (parent.type === 'BinaryExpression' && parent.operator === 'in') return true
  return (
    parent.type === 'CallExpression' &&
    parent.callee.type === 'MemberExpression' &&
    parent.callee.object.name === 'Object' &&
    memberName(parent.callee) === 'keys'
  )
}

/** Calls of what an expression reads, directly or by the constant that it is given to. */
export function callsOf(module: Module, node: Node): CallSite[] | undefined {
  const { parent } = node
  if (parent.type === 'CallExpression' && parent.callee === node) return [{ module, node: parent }]
  if (isTest(node)) return []
  if (parent.type !== 'VariableDeclarator' || parent.init !== node || parent.id.type !== 'Identifier')
    return undefined
  const found: CallSite[] = []
  for (const reference of parent.id.binding.references as Node[]) {
    const calls = callsOf(module, wrapped(reference))
    if (!calls) return undefined
    found.push(...calls)
  }
  return found
}

function isTest(node: Node): boolean {
  const { parent } = node
  if (parent.type === 'UnaryExpression' || parent.type === 'BinaryExpression') return true
  if (parent.type === 'LogicalExpression') return parent.left === node && isTest(parent)
  return (parent.type === 'IfStatement' || parent.type === 'ConditionalExpression') && parent.test === node
}
