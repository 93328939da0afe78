import { memberName, type Node, unwrap } from '../../repo/node.ts'
import { type Parts, type Reading, textsOf } from './parts.ts'

/**
 * The texts of what a query is asked with: a text, `{ text }`, `new Query(text)`, `new Cursor(text)`, or what
 * `sql-template-strings` and its like make, a tagged template.
 */
export function queryText(node: Node, reading: Reading): readonly Parts[] {
  const given = unwrap(node)
  if (given.type === 'NewExpression' && given.arguments[0]) return queryText(given.arguments[0], reading)
  if (given.type === 'TaggedTemplateExpression' || isText(given)) return textsOf(given, reading)
  const seen = reading.look(given)
  const configured = seen.flatMap((item): readonly Parts[] => {
    if (item.kind === 'object')
      return item.members().found.flatMap((member) =>
        member.name === 'text' || member.name === 'sql'
          ? textsOf(member.node, {
              ...inside(reading, member.module),
              look: (inner) => (inner === member.node ? member.value() : reading.look(inner)),
            })
          : [],
      )
    if (item.kind === 'made' && item.call.type === 'NewExpression' && item.call.arguments[0])
      return queryText(item.call.arguments[0], { ...inside(reading, item.module), look: item.look })
    return []
  })
  if (configured.length > 0) return configured
  const { type } = given
  if (
    type === 'CallExpression' &&
    unwrap(given.callee).type === 'MemberExpression' &&
    memberName(unwrap(given.callee)) === 'trim'
  )
    return queryText(unwrap(given.callee).object, reading)
  return textsOf(given, reading)
}

function inside(reading: Reading, module: Reading['module']): Reading {
  return { ...reading, module, isHome: reading.isHome && module === reading.module, depth: reading.depth + 1 }
}

function isText(node: Node): boolean {
  return node.type === 'TemplateLiteral' || node.type === 'Literal' || node.type === 'BinaryExpression'
}
