import type { Module } from '../repo/module.ts'
import { type Node, walk } from '../repo/node.ts'

/** How a file writes its imports. */
export interface ImportStyle {
  readonly quote: string
  readonly semicolon: string
  readonly newline: string
}

export function importStyle(module: Module): ImportStyle {
  const first = module.program.body.find((statement: Node) => statement.type === 'ImportDeclaration')
  const sample = first ?? module.program.body[0]
  return {
    quote: first?.source.raw[0] ?? quoteOf(module),
    semicolon: sample && module.text[sample.end - 1] === ';' ? ';' : '',
    newline: module.text.includes('\r\n') ? '\r\n' : '\n',
  }
}

/** How a file without imports quotes: as the text that it writes first, with what it requires before any other. */
function quoteOf(module: Module): string {
  let text: Node | undefined
  const search = (node: Node) =>
    walk(node, (inner) => {
      if (inner.type === 'Literal' && /^['"]/.test(inner.raw ?? '')) text ??= inner
    })
  for (const demand of module.demands) search(demand)
  if (!text) search(module.program)
  return text?.raw[0] ?? "'"
}

/** `a`, or `a as b`. */
export function written(item: { name: string; local: string }): string {
  return item.name === item.local ? item.name : `${item.name} as ${item.local}`
}

/** A whole import, or a `require` in a CommonJS file. */
export function declarationText(
  specifier: string,
  items: readonly { name: string; local: string }[],
  style: ImportStyle,
  commonJs: boolean,
): string {
  const { quote, semicolon } = style
  const named = items.filter((item) => item.name !== 'default')
  const standard = items.find((item) => item.name === 'default')
  if (commonJs)
    return standard
      ? `const ${standard.local} = require(${quote}${specifier}${quote})${semicolon}`
      : `const { ${named.map((item) => (item.name === item.local ? item.name : `${item.name}: ${item.local}`)).join(', ')} } = require(${quote}${specifier}${quote})${semicolon}`
  const clause = [
    ...(standard ? [standard.local] : []),
    ...(named.length > 0 ? [`{ ${named.map(written).join(', ')} }`] : []),
  ].join(', ')
  return `import ${clause} from ${quote}${specifier}${quote}${semicolon}`
}
