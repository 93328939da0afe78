import { parseSync } from 'oxc-parser'
import { type Node, unwrap } from '../repo/node.ts'

/** The name of the tenant id in a template of the rules. */
const placeholder = '$tenantId'

const known = new Map<string, Node | undefined>()

/**
 * The part of an expression that stands where a template of the rules has `$tenantId`: for `await companyUrl($tenantId)`
 * and `await companyUrl(session.companyId)`, the argument.
 * @returns undefined when the expression is not made like the template
 */
export function tenantPart(template: string, expression: Node): Node | undefined {
  if (template.trim() === placeholder) return expression
  if (!known.has(template)) {
    const { program } = parseSync('template.ts', `async () => (${template})`)
    const statement = (program as unknown as Node).body[0]
    known.set(template, statement?.type === 'ExpressionStatement' ? statement.expression.body : undefined)
  }
  const shape = known.get(template)
  return shape && partAt(shape, expression)
}

function partAt(shape: Node, actual: Node): Node | undefined {
  const wanted = unwrap(shape)
  if (wanted.type === 'Identifier' && wanted.name === placeholder) return actual
  const node = unwrap(actual)
  if (node.type !== wanted.type) return undefined
  const within = (name: string): Node | undefined =>
    wanted[name] && node[name] ? partAt(wanted[name], node[name]) : undefined
  const among = (name: string): Node | undefined => {
    for (const [index, item] of (wanted[name] as Node[]).entries()) {
      const other = (node[name] as (Node | undefined)[])[index]
      const found = other && partAt(item, other)
      if (found) return found
    }
    return undefined
  }
  switch (wanted.type) {
    case 'AwaitExpression':
      return within('argument')
    case 'CallExpression':
      return among('arguments') ?? within('callee')
    case 'MemberExpression':
      return within('object')
    case 'TemplateLiteral':
      return among('expressions')
    case 'ObjectExpression':
      return among('properties')
    case 'Property':
      return within('value')
    case 'BinaryExpression':
      return within('left') ?? within('right')
    default:
      return undefined
  }
}
