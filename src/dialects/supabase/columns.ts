import { keyName, memberName, type Node, unwrap, wrapped } from '../../repo/node.ts'
import type { ColumnUse } from '../dialect.ts'

/** Filters of PostgREST whose first argument is a column. */
const filters = new Set([
  'eq',
  'neq',
  'gt',
  'gte',
  'lt',
  'lte',
  'like',
  'ilike',
  'is',
  'in',
  'contains',
  'containedBy',
  'overlaps',
  'filter',
  'not',
])
const writes = new Set(['insert', 'update', 'upsert'])

/**
 * The columns that a query names in its filters and in the rows it writes, where they are written out.
 * @param call the call that names the table
 */
export function columnsOf(call: Node): ColumnUse[] {
  const found: ColumnUse[] = []
  for (const { method, args } of callsOn(call, true)) {
    const first = args[0] && unwrap(args[0])
    if (!first) continue
    if (filters.has(method)) {
      if (first.type === 'Literal' && typeof first.value === 'string')
        found.push({ name: first.value, use: 'filter' })
    } else if (method === 'match')
      found.push(...keysOf(first).map((name): ColumnUse => ({ name, use: 'filter' })))
    else if (writes.has(method))
      found.push(...keysOf(first).map((name): ColumnUse => ({ name, use: 'write' })))
  }
  return found
}

/** The calls that are chained to a query, also where it is kept in a variable first. */
function callsOn(start: Node, deep: boolean): { method: string; args: readonly Node[] }[] {
  const found: { method: string; args: readonly Node[] }[] = []
  let at = wrapped(start)
  while (at.parent.type === 'MemberExpression' && at.parent.object === at) {
    const member = wrapped(at.parent)
    if (member.parent.type !== 'CallExpression' || member.parent.callee !== member) break
    found.push({ method: memberName(at.parent) ?? '', args: member.parent.arguments })
    at = wrapped(member.parent)
  }
  const holder = at.parent.type === 'VariableDeclarator' ? at.parent.id : undefined
  if (deep && holder?.type === 'Identifier')
    for (const reference of holder.binding?.references ?? []) found.push(...callsOn(reference, false))
  return found
}

/** The keys of the rows that an expression gives: an object, a list of them, a constant that holds one, `map` to them. */
function keysOf(expression: Node, depth = 0): string[] {
  const node = unwrap(expression)
  if (depth > 4) return []
  switch (node.type) {
    case 'ObjectExpression':
      return node.properties.flatMap((entry: Node) =>
        entry.type === 'SpreadElement' ? keysOf(entry.argument, depth + 1) : [keyName(entry) ?? []].flat(),
      )
    case 'ArrayExpression':
      return node.elements.flatMap((element: Node | null) =>
        element && element.type !== 'SpreadElement' ? keysOf(element, depth + 1) : [],
      )
    case 'Identifier': {
      const declaration = node.binding?.declaration
      return declaration?.type === 'VariableDeclarator' &&
        declaration.id.type === 'Identifier' &&
        declaration.init
        ? keysOf(declaration.init, depth + 1)
        : []
    }
    case 'CallExpression': {
      const callee = unwrap(node.callee)
      const mapper = node.arguments[0]
      if (
        callee.type !== 'MemberExpression' ||
        memberName(callee) !== 'map' ||
        mapper?.type !== 'ArrowFunctionExpression'
      )
        return []
      const body =
        mapper.body.type === 'BlockStatement'
          ? mapper.body.body.find((statement: Node) => statement.type === 'ReturnStatement')?.argument
          : mapper.body
      return body ? keysOf(body, depth + 1) : []
    }
    default:
      return []
  }
}
