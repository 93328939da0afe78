import type { Module } from '../repo/module.ts'
import { type Node, unwrap } from '../repo/node.ts'
import type { SourceEdit } from './asynchrony.ts'
import { type AccessPath, accessPath, leaves, statementsOf } from './narrowing.ts'
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
    index = statementsOf(outer)!.findIndex(
      (statement) => statement.start <= list!.start && list!.end <= statement.end,
    )
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

/** Members that say who somebody is; a guard on one of them is a guard on the sign-in. */
const identities = new Set(['id', 'email', 'sub', 'userId', 'uid'])

/** Extends a test that asks whether a beginning of the path is missing; a test of anything else (a role) is not about sessions. */
function extendTest(module: Module, test: Node, target: AccessPath, id: TenantId): SourceEdit | undefined {
  const checks = disjuncts(test).flatMap(
    (term): { term: Node; operand: Node; path: AccessPath; sibling?: boolean }[] => {
      const operand = missingOperand(term)
      const path = operand && accessPath(operand)
      if (!operand || !path) return []
      if (isProperPrefix(path, target)) return [{ term, operand, path }]
      // `!session?.user?.id` asks for the same user by another member.
      const identity =
        identities.has(path.names.at(-1) ?? '') &&
        isProperPrefix({ binding: path.binding, names: path.names.slice(0, -1) }, target) &&
        path.names.length > 1
      return identity
        ? [{ term, operand, path: { binding: path.binding, names: path.names.slice(0, -1) }, sibling: true }]
        : []
    },
  )
  const longest = checks.reduce<(typeof checks)[number] | undefined>(
    (a, b) => (a && a.path.names.length >= b.path.names.length ? a : b),
    undefined,
  )
  if (!longest) return undefined
  const isEarlier = id.binding!.kind === 'parameter' || id.binding!.declaration.end <= test.start
  const negation = unwrap(longest.term).type === 'UnaryExpression'
  // The compiler narrows what is written: a name taken from the path before the guard needs a check of its own.
  if (
    negation &&
    !longest.sibling &&
    rootName(longest.operand) === target.binding.name &&
    (!isEarlier || id.binding === target.binding)
  ) {
    const rest = target.names.slice(longest.path.names.length)
    return {
      module,
      start: longest.operand.end,
      end: longest.operand.end,
      text: rest.map((name) => `?.${name}`).join(''),
    }
  }
  if (!isEarlier) {
    if (!longest.sibling || rootName(longest.operand) !== target.binding.name) return undefined
    return {
      module,
      start: test.end,
      end: test.end,
      text: ` || !${[target.binding.name, ...target.names].join('?.')}`,
    }
  }
  return { module, start: test.end, end: test.end, text: ` || !${id.expression.split('.').join('?.')}` }
}

/** What a term says is missing: x of `!x`, `x == null`, `x === undefined`. */
function missingOperand(term: Node): Node | undefined {
  const node = unwrap(term)
  if (node.type === 'UnaryExpression' && node.operator === '!') return unwrap(node.argument)
  if (node.type !== 'BinaryExpression' || (node.operator !== '==' && node.operator !== '==='))
    return undefined
  const [left, right] = [unwrap(node.left), unwrap(node.right)]
  const isNothing = (side: Node) =>
    (side.type === 'Literal' && side.value === null) ||
    (side.type === 'Identifier' && side.name === 'undefined')
  return isNothing(right) ? left : isNothing(left) ? right : undefined
}

function isProperPrefix(path: AccessPath, target: AccessPath): boolean {
  return (
    path.binding === target.binding &&
    path.names.length < target.names.length &&
    path.names.every((name, index) => name === target.names[index])
  )
}

function disjuncts(test: Node): Node[] {
  const node = unwrap(test)
  return node.type === 'LogicalExpression' && node.operator === '||'
    ? [...disjuncts(node.left), ...disjuncts(node.right)]
    : [node]
}

function rootName(expression: Node): string | undefined {
  let at = unwrap(expression)
  while (at.type === 'MemberExpression') at = unwrap(at.object)
  return at.type === 'Identifier' ? at.name : undefined
}
