import type { JsonStep, SelectNode } from '../../../src/dialects/supabase/select.ts'

/** Writes a select tree as text, every name in quotes where it needs them. The inverse of `parseSelect`. */
export function printSelect(nodes: readonly SelectNode[]): string {
  return nodes.map(printNode).join(',')
}

function printNode(node: SelectNode): string {
  switch (node.kind) {
    case 'star':
      return '*'
    case 'hole':
      throw new Error('A hole has no text')
    case 'count':
      return `${alias(node)}count()${cast(node.cast)}`
    case 'column':
      return [
        alias(node) + name(node.name),
        ...node.path.map(step),
        cast(node.cast),
        node.aggregate === undefined ? '' : `.${node.aggregate}()${cast(node.aggregateCast)}`,
      ].join('')
    case 'embed': {
      const hints = [
        ...node.hints.map(name),
        ...(node.inner ? ['inner'] : []),
        ...(node.left ? ['left'] : []),
      ]
      const start = node.spread ? '...' : alias(node)
      return `${start}${name(node.target)}${hints.map((hint) => `!${hint}`).join('')}(${printSelect(node.children)})`
    }
  }
}

const alias = (node: { readonly alias?: string }) => (node.alias === undefined ? '' : `${name(node.alias)}:`)
const cast = (type: string | undefined) => (type === undefined ? '' : `::${type}`)
const step = ({ key, asText }: JsonStep) => `${asText ? '->>' : '->'}${name(key)}`

function name(text: string | undefined): string {
  if (text === undefined) throw new Error('A name decided at run time has no text')
  if (/^\w+(-\w+)*$/.test(text) && !['inner', 'left', 'count'].includes(text)) return text
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
