import type { Module } from '../repo/module.ts'
import type { Node } from '../repo/node.ts'
import type { SourceEdit } from '../trace/asynchrony.ts'
import { importStyle } from '../trace/import-style.ts'
import { statementsOf } from '../trace/narrowing.ts'
import type { ListPoint } from '../trace/points.ts'

/** The white space before the first statement of a line; undefined when something else stands before it. */
function indentOf(module: Module, offset: number): string | undefined {
  const start = module.text.lastIndexOf('\n', offset - 1) + 1
  const before = module.text.slice(start, offset)
  return /^[\uFEFF\t ]*$/.test(before) ? before.replace('\uFEFF', '') : undefined
}

/**
 * The edit that puts statements before the statement at a point, in the file's own layout.
 * @param statements new ones, which get the file's semicolons, or texts of the file that are taken as they are
 */
export function insertStatements(
  module: Module,
  point: ListPoint,
  statements: readonly (string | { readonly asIs: string })[],
): SourceEdit {
  const { newline } = importStyle(module)
  const list = statementsOf(point.list)!
  const next = list[point.index]
  const previous = list[point.index - 1]
  const sample = next ?? previous
  const semicolon = usesSemicolons(module, list)
  const line = (statement: (typeof statements)[number], wanted: boolean) =>
    typeof statement === 'string' ? withSemicolon(statement, wanted) : statement.asIs
  const lines = statements.map((statement) => line(statement, semicolon))
  const indent = sample ? indentOf(module, sample.start) : undefined
  if (indent === undefined) {
    const at = next?.start ?? previous?.end ?? point.list.start + 1
    return {
      module,
      start: at,
      end: at,
      text: next
        ? `${statements.map((statement) => line(statement, true)).join(' ')} `
        : ` ${lines.join(' ')}`,
    }
  }
  if (previous) {
    const end = endOfLine(module, previous.end)
    if (end !== undefined)
      return { module, start: end, end, text: lines.map((item) => newline + indent + item).join('') }
  } else if (point.list.type === 'BlockStatement') {
    const open = endOfLine(module, point.list.start + 1)
    if (open !== undefined)
      return { module, start: open, end: open, text: lines.map((item) => newline + indent + item).join('') }
  }
  return {
    module,
    start: next!.start,
    end: next!.start,
    text: lines.map((item) => item + newline + indent).join(''),
  }
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
  const simple = statements.filter(
    (statement) =>
      statement.type === 'VariableDeclaration' ||
      statement.type === 'ExpressionStatement' ||
      statement.type === 'ReturnStatement',
  )
  if (simple.length === 0) return importStyle(module).semicolon === ';'
  return simple.filter((statement) => module.text[statement.end - 1] === ';').length * 2 > simple.length
}

/** The edit that takes a statement out, with its line when it has one to itself, and one of two blank lines. */
export function removeStatement(
  module: Module,
  statement: { readonly start: number; readonly end: number },
): SourceEdit {
  const { text } = module
  const indent = indentOf(module, statement.start)
  const lineEnd = endOfLine(module, statement.end)
  if (indent === undefined || lineEnd === undefined || text.slice(statement.end, lineEnd).trim() !== '')
    return { module, start: statement.start, end: statement.end, text: '' }
  const start = statement.start - indent.length
  let end = lineEnd
  if (text[end] === '\r') end++
  if (text[end] === '\n') end++
  const before = text.slice(0, start).replace(/\r/g, '')
  const blank = /^[ \t]*\r?\n/.exec(text.slice(end))
  if (blank && (/\n[ \t]*\n$/.test(before) || /\{[ \t]*\n$/.test(before))) end += blank[0].length
  return { module, start, end, text: '' }
}

/** A statement with the comments that speak of it: on the lines right above, and behind it on its own line. */
export function withComments(module: Module, statement: Node): { start: number; end: number } {
  const { text } = module
  let { start, end } = statement
  const indent = indentOf(module, start)
  if (indent === undefined) return { start, end }
  for (const comment of [...module.comments].reverse()) {
    if (comment.end > start) continue
    const between = text.slice(comment.end, start)
    if (!/^[ \t]*\r?\n[ \t]*$/.test(between) || indentOf(module, comment.start) === undefined) break
    start = comment.start
  }
  const behind = module.comments.find(
    (comment) => comment.start >= end && /^[ \t;]*$/.test(text.slice(end, comment.start)),
  )
  if (behind && endOfLine(module, end) !== undefined) end = behind.end
  return { start, end }
}
