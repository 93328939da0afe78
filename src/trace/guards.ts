import type { Module } from '../repo/module.ts'
import { type Node, unwrap } from '../repo/node.ts'
import type { SourceEdit } from './asynchrony.ts'
import { accessPath, type AccessPath, leaves, provenBy, samePath, statementsOf } from './narrowing.ts'
import { isUnconditional, type ListPoint } from './points.ts'
import type { TenantId } from './tenant-ids.ts'

/** A guard that leaves when a session is missing, and the edit that makes it leave when the tenant id is missing too. */
export interface Strengthening {
  readonly guard: Node
  readonly edit: SourceEdit
}

/**
 * Finds a guard before a point that proves a beginning of the id's path (`session?.user`) and extends it to the whole
 * (`session?.user?.tenantId`). Only guards that every way to the point passes are taken.
 */
export function strengthenGuard(module: Module, id: TenantId, point: ListPoint): Strengthening | undefined {
  if (!id.path || !id.binding) return undefined
  const target = id.path
  for (let list: Node | undefined = point.list, index = point.index; list; ) {
    const statements = statementsOf(list)!
    for (const statement of statements.slice(0, index).reverse()) {
      if (statement.type !== 'IfStatement' || statement.alternate || !leaves(statement.consequent)) continue
      const extended = extendTest(module, statement.test, target, id)
      if (extended && isUnconditional(point.list, list)) return { guard: statement, edit: extended }
    }
    const outer: Node | undefined = enclosingList(list)
    if (!outer) return undefined
    index = statementsOf(outer)!.findIndex((statement) => statement.start <= list!.start && list!.end <= statement.end)
    list = outer
  }
  return undefined
}

function enclosingList(list: Node): Node | undefined {
  if (!isInsideTry(list)) return undefined
  const outer = list.parent.parent
  return statementsOf(outer) ? outer : undefined
}

function isInsideTry(list: Node): boolean {
  return list.parent?.type === 'TryStatement' && list.parent.block === list
}

function extendTest(module: Module, test: Node, target: AccessPath, id: TenantId): SourceEdit | undefined {
  const known = provenBy(test, false).filter((path) => isProperPrefix(path, target))
  if (known.length === 0) return undefined
  const longest = known.reduce((a, b) => (b.names.length > a.names.length ? b : a))
  const rest = target.names.slice(longest.names.length)
  for (const term of disjuncts(test)) {
    const negated = unwrap(term)
    if (negated.type !== 'UnaryExpression' || negated.operator !== '!') continue
    const operand = unwrap(negated.argument)
    const path = accessPath(operand)
    // The compiler narrows what is written, so the guard has to be on the name that the id is read from.
    if (!path || !samePath(path, longest) || rootName(operand) !== id.binding!.name) continue
    return { module, start: operand.end, end: operand.end, text: rest.map((name) => `?.${name}`).join('') }
  }
  if (!id.expression.startsWith(id.binding!.name)) return undefined
  const written = id.expression.split('.')
  const condition = `!${written.join('?.')}`
  const at = unwrap(test)
  const loose = at.type === 'ConditionalExpression' || (at.type === 'LogicalExpression' && at.operator === '??') || at.type === 'AssignmentExpression'
  if (loose) return undefined
  return { module, start: test.end, end: test.end, text: ` || ${condition}` }
}

function isProperPrefix(path: AccessPath, target: AccessPath): boolean {
  return path.binding === target.binding && path.names.length < target.names.length && path.names.every((name, index) => name === target.names[index])
}

function disjuncts(test: Node): Node[] {
  const node = unwrap(test)
  return node.type === 'LogicalExpression' && node.operator === '||' ? [...disjuncts(node.left), ...disjuncts(node.right)] : [node]
}

function rootName(expression: Node): string | undefined {
  let at = unwrap(expression)
  while (at.type === 'MemberExpression') at = unwrap(at.object)
  return at.type === 'Identifier' ? at.name : undefined
}
