import type { Module } from '../repo/module.ts'
import type { Node } from '../repo/node.ts'

/** How a file writes its imports. */
export interface ImportStyle {
  readonly quote: string
  readonly semicolon: string
  readonly newline: string
}

export function importStyle(module: Module): ImportStyle {
  const first = module.program.body.find((statement: Node) => statement.type === 'ImportDeclaration')
  const source = first?.source.raw as string | undefined
  const sample = first ?? module.program.body[0]
  return {
    quote: source?.[0] ?? (module.text.includes('"') && !module.text.includes("'") ? '"' : "'"),
    semicolon: sample && module.text[sample.end - 1] === ';' ? ';' : '',
    newline: module.text.includes('\r\n') ? '\r\n' : '\n',
  }
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
