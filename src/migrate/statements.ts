import type { Module } from '../repo/module.ts'
import type { Node } from '../repo/node.ts'
import type { SourceEdit } from '../trace/asynchrony.ts'
import { importStyle } from '../trace/imports.ts'
import { statementsOf } from '../trace/narrowing.ts'
import type { ListPoint } from '../trace/points.ts'

/** The white space before the first statement of a line; undefined when something else stands before it. */
function indentOf(module: Module, offset: number): string | undefined {
  const start = module.text.lastIndexOf('\n', offset - 1) + 1
  const before = module.text.slice(start, offset)
  return /^[\uFEFF\t ]*$/.test(before) ? before.replace('\uFEFF', '') : undefined
}

/** The edit that puts statements before the statement at a point, in the file's own layout. */
export function insertStatements(module: Module, point: ListPoint, statements: readonly string[]): SourceEdit {
  const { newline } = importStyle(module)
  const list = statementsOf(point.list)!
  const next = list[point.index]
  const previous = list[point.index - 1]
  const sample = next ?? previous
  const semicolon = usesSemicolons(module, list)
  const lines = statements.map((statement) => withSemicolon(statement, semicolon))
  const indent = sample ? indentOf(module, sample.start) : undefined
  if (indent === undefined) {
    const at = next?.start ?? previous?.end ?? point.list.start + 1
    return { module, start: at, end: at, text: next ? `${lines.map((line) => withSemicolon(line, true)).join(' ')} ` : ` ${lines.join(' ')}` }
  }
  if (previous) {
    const end = endOfLine(module, previous.end)
    if (end !== undefined) return { module, start: end, end, text: lines.map((line) => newline + indent + line).join('') }
  } else if (point.list.type === 'BlockStatement') {
    const open = endOfLine(module, point.list.start + 1)
    if (open !== undefined) return { module, start: open, end: open, text: lines.map((line) => newline + indent + line).join('') }
  }
  return { module, start: next!.start, end: next!.start, text: lines.map((line) => line + newline + indent).join('') }
}

/** The end of a line when only a comment may follow an offset on it. */
function endOfLine(module: Module, offset: number): number | undefined {
  let end = module.text.indexOf('\n', offset)
  if (end === -1) end = module.text.length
  if (module.text[end - 1] === '\r') end--
  return /^[ \t;]*(?:\/\/.*|\/\*[^*]*\*\/[ \t]*)?$/.test(module.text.slice(offset, end)) ? end : undefined
}

function withSemicolon(statement: string, wanted: boolean): string {
  const bare = statement.replace(/;\s*$/, '')
  return wanted && !bare.endsWith('}') ? `${bare};` : bare
}

function usesSemicolons(module: Module, statements: readonly Node[]): boolean {
  const simple = statements.filter((statement) => statement.type === 'VariableDeclaration' || statement.type === 'ExpressionStatement' || statement.type === 'ReturnStatement')
  if (simple.length === 0) return importStyle(module).semicolon === ';'
  return simple.filter((statement) => module.text[statement.end - 1] === ';').length * 2 > simple.length
}

/** The edit that takes a statement out, with its line when it has one to itself, and one of two blank lines. */
export function removeStatement(module: Module, statement: Node): SourceEdit {
  const { text } = module
  const indent = indentOf(module, statement.start)
  const lineEnd = endOfLine(module, statement.end)
  if (indent === undefined || lineEnd === undefined || text.slice(statement.end, lineEnd).trim() !== '') return { module, start: statement.start, end: statement.end, text: '' }
  const start = statement.start - indent.length
  let end = lineEnd
  if (text[end] === '\r') end++
  if (text[end] === '\n') end++
  const before = text.slice(0, start).replace(/\r/g, '')
  const blank = /^[ \t]*\r?\n/.exec(text.slice(end))
  if (blank && (/\n[ \t]*\n$/.test(before) || /\{[ \t]*\n$/.test(before))) end += blank[0].length
  return { module, start, end, text: '' }
}
