import { scopeOf } from '../repo/bind.ts'
import type { Module } from '../repo/module.ts'
import { type Binding, keyName, memberName, type Node, type Scope, unwrap, walk } from '../repo/node.ts'
import type { CheckingQuery } from '../rules/model.ts'
import { evaluate } from './evaluate.ts'
import { type Point, proofOf, someStatementBefore } from './narrowing.ts'
import type { Program } from './program.ts'
import { recognised } from './recognised.ts'
import { sightOf } from './sight.ts'
import { alternatives, requestOf } from './values.ts'

/** Queries that give one row or nothing; what ends in `OrThrow` gives the row or throws. */
const single = /^(?:find(?:First|Unique)(?:OrThrow)?|single|maybeSingle)$/
/** What a condition is under that need not hold for every row that is found. */
const notAll = new Set(['OR', 'NOT', 'not', 'notIn', 'none', 'every', 'isNot', 'or', 'ne', 'neq'])

/**
 * Whether an id from the request has been looked up before a point, together with who asks: a query that the rules name
 * found a row by both (`member.findFirst({ where: { teamId, userId } })`), and every way to the point has asked whether
 * it did. A list that is found says nothing, and neither does a condition that stands in an `OR`.
 * @param id the name that holds the id
 */
export function isFoundBefore(
  program: Program,
  module: Module,
  id: Binding,
  queries: readonly CheckingQuery[],
  point: Point,
): boolean {
  if (queries.length === 0 || id.writes.length > 0) return false
  const start = 'list' in point ? point.list : point.node
  for (let scope: Scope | undefined = scopeOf(start); scope; scope = scope.parent) {
    if (scope.kind === 'module') return false
    for (const binding of scope.bindings.values())
      if (isAnswer(program, module, binding, id, queries, point)) return true
  }
  return false
}

/** Whether a constant holds what such a query found, and is known to hold something. */
function isAnswer(
  program: Program,
  module: Module,
  binding: Binding,
  id: Binding,
  queries: readonly CheckingQuery[],
  point: Point,
): boolean {
  const { declaration } = binding
  if (binding.kind !== 'const' || declaration.type !== 'VariableDeclarator' || !declaration.init) return false
  const init = unwrap(declaration.init)
  if (init.type !== 'AwaitExpression') return false
  const query = init.argument as Node
  const methods = methodsOf(query)
  const isFirst = binding.id.parent.type === 'ArrayPattern' && binding.id.parent.elements[0] === binding.id
  if (!isFirst && !methods.some((method) => single.test(method))) return false
  const isThrown = methods.some((method) => method.endsWith('OrThrow'))
  const isAsked = isThrown
    ? someStatementBefore(point, (statement) => statement === declaration.parent)
    : proofOf({ binding, names: [] }, point) !== undefined
  if (!isAsked) return false
  const table = tablesOf(program, module, query)
  const conditions = conditionsOf(query)
  return queries.some(
    ({ table: name, column, user }) =>
      table.includes(name) &&
      conditions.some((one) => one.column === column && unwrap(one.value).binding === id) &&
      conditions.some((one) => one.column === user && isTrusted(program, module, one.value, id)),
  )
}

/** The names of the calls of a chain. */
function methodsOf(query: Node): string[] {
  const found: string[] = []
  for (let at = unwrap(query); at.type === 'CallExpression'; ) {
    const callee = unwrap(at.callee)
    if (callee.type !== 'MemberExpression') break
    const name = memberName(callee)
    if (name !== undefined) found.push(name)
    at = unwrap(callee.object)
  }
  return found
}

/** All spellings of the table that a query reads; none where it makes several, or where it writes. */
function tablesOf(program: Program, module: Module, query: Node): readonly string[] {
  const found: string[][] = []
  walk(query, (call) => {
    if (call.type !== 'CallExpression') return undefined
    for (const dialect of program.dialects)
      for (const candidate of recognised(dialect, call)) {
        if (candidate.kind !== 'table' || candidate.effect === 'write') continue
        const names = dialect.touches(candidate, sightOf(program, module))?.names ?? []
        if (names.length > 0) found.push(names.flat())
      }
    return undefined
  })
  return found.length === 1 ? found[0]! : []
}

interface Condition {
  readonly column: string
  readonly value: Node
}

/** Conditions that hold for whatever a query finds, as columns and values. */
function conditionsOf(query: Node): Condition[] {
  const found: Condition[] = []
  const inObject = (object: Node, within: boolean): void => {
    // What is spread may set any of the names again.
    if (object.properties.some((entry: Node) => entry.type !== 'Property')) return
    for (const entry of object.properties as Node[]) {
      const name = keyName(entry)
      if (name === undefined || notAll.has(name)) continue
      const value = unwrap(entry.value)
      const equals = value.type === 'ObjectExpression' ? onlyEquals(value) : undefined
      if (equals && within) found.push({ column: name, value: equals })
      else if (value.type === 'ObjectExpression') inObject(value, within || name === 'where')
      else if (value.type === 'ArrayExpression') {
        if (name === 'AND')
          for (const item of value.elements as (Node | null)[])
            if (item?.type === 'ObjectExpression') inObject(item, within)
      } else if (name === 'where') inExpression(value)
      else if (within) found.push({ column: name, value: entry.value })
    }
  }
  const inExpression = (expression: Node): void => {
    const node = unwrap(expression)
    if (node.type === 'MemberExpression') inExpression(node.object)
    if (node.type !== 'CallExpression') return
    const callee = unwrap(node.callee)
    const name = callee.type === 'MemberExpression' ? memberName(callee) : (callee.name as string | undefined)
    if (callee.type === 'MemberExpression') inExpression(callee.object)
    if (name === undefined || notAll.has(name)) return
    const [first, second] = node.arguments as Node[]
    if (name === 'eq' && first && second) {
      const column = columnOf(unwrap(first))
      if (column !== undefined) found.push({ column, value: second })
      return
    }
    for (const argument of node.arguments as Node[]) {
      const given = unwrap(argument)
      if (given.type === 'ObjectExpression') inObject(given, name === 'match')
      else inExpression(given)
    }
  }
  inExpression(query)
  return found
}

/** `{ equals: value }` */
function onlyEquals(object: Node): Node | undefined {
  const [entry, ...more] = object.properties as Node[]
  return more.length === 0 && entry?.type === 'Property' && keyName(entry) === 'equals'
    ? entry.value
    : undefined
}

/** `'team_id'`, `members.teamId` */
function columnOf(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined
  return node.type === 'MemberExpression' ? memberName(node) : undefined
}

/** A value that is neither the id itself nor written in the code nor chosen by whoever sends the request. */
function isTrusted(program: Program, module: Module, expression: Node, id: Binding): boolean {
  const node = unwrap(expression)
  if (node.binding === id || (node.type !== 'Identifier' && node.type !== 'MemberExpression')) return false
  const value = evaluate(program, module, node)
  return requestOf(value) === undefined && alternatives(value).every((item) => item.kind !== 'literal')
}
