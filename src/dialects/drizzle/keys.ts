import { isFunction, keyName, memberName, type Node, unwrap, walk } from '../../repo/node.ts'
import type { DeclaredKey } from '../dialect.ts'
import type { Code, SeenMade } from '../sight.ts'
import { libraryOf } from './library.ts'
import { type Table, tablesOf } from './tables.ts'

/** Foreign keys of declared tables: `.references(() => users.id)` of a column, `foreignKey({ … })` of a table. */
export function declaredKeys(code: Code): readonly DeclaredKey[] {
  return libraryOf(code).declared.flatMap((table) => {
    const { made } = table
    const [, columns, extra] = made.call.arguments as (Node | undefined)[]
    return [
      ...(columns ? ofColumns(code, table, made, columns) : []),
      ...(extra ? ofTable(code, table, made, extra) : []),
    ]
  })
}

function ofColumns(code: Code, table: Table, made: SeenMade, columns: Node): DeclaredKey[] {
  const found: DeclaredKey[] = []
  walk(columns, (node) => {
    if (node.type !== 'CallExpression') return true
    const callee = unwrap(node.callee)
    const target = node.arguments[0] && resultOf(node.arguments[0])
    if (callee.type === 'MemberExpression' && memberName(callee) === 'references' && target)
      found.push(...keysTo(code, table, made, target, columnAround(node, columns)))
    return true
  })
  return found
}

function ofTable(code: Code, table: Table, made: SeenMade, extra: Node): DeclaredKey[] {
  const found: DeclaredKey[] = []
  walk(extra, (node) => {
    const callee = node.type === 'CallExpression' ? unwrap(node.callee) : undefined
    const options = callee?.name === 'foreignKey' ? unwrap(node.arguments[0] ?? node) : undefined
    if (options?.type !== 'ObjectExpression') return true
    const list = (name: string): Node[] => {
      const entry = (options.properties as Node[]).find(
        (item) => item.type === 'Property' && keyName(item) === name,
      )
      const value = entry && unwrap(entry.value)
      return value?.type === 'ArrayExpression' ? (value.elements as Node[]) : []
    }
    const [own] = list('columns')
    const [target] = list('foreignColumns')
    const column = own && unwrap(own).type === 'MemberExpression' ? memberName(unwrap(own)) : undefined
    if (target) found.push(...keysTo(code, table, made, target, column))
    return true
  })
  return found
}

/** @param target a column of the other table */
function keysTo(
  { repository }: Code,
  { name }: Table,
  made: SeenMade,
  target: Node,
  column: string | undefined,
): DeclaredKey[] {
  const member = unwrap(target)
  if (member.type !== 'MemberExpression') return []
  return tablesOf(made.look(member.object)).map((other) => ({
    table: name,
    ...(column === undefined ? {} : { column }),
    target: other.name,
    file: repository.relative(made.module.file),
    range: made.module.range(member),
  }))
}

/** What a function that only returns gives: `() => users.id`. */
function resultOf(fn: Node): Node | undefined {
  const given = unwrap(fn)
  if (!isFunction(given)) return undefined
  if (given.body?.type !== 'BlockStatement') return given.body
  const last = given.body.body.at(-1)
  return last?.type === 'ReturnStatement' ? last.argument : undefined
}

/** The name of the column whose declaration a call is a part of. */
function columnAround(call: Node, columns: Node): string | undefined {
  for (let at = call; at !== columns && at.parent; at = at.parent)
    if (at.parent.type === 'Property' && at.parent.parent === columns) return keyName(at.parent)
  return undefined
}
