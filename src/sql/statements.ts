import { type SqlParser, SqlSyntaxError, type Statement } from './parser.ts'
import type { SqlText } from './text.ts'

export interface Problem {
  readonly message: string
  /** In the text that was read. */
  readonly index: number
}

/**
 * The statements of a text. When PostgreSQL's parser refuses the whole, each statement is parsed by itself, so that one
 * mistake hides one statement and not a file.
 */
export function statementsOf(
  text: SqlText,
  parser: SqlParser,
): { statements: Statement[]; problems: Problem[] } {
  try {
    return { statements: parser.statements(text), problems: [] }
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error
    return oneByOne(withoutPsql(text), parser, error)
  }
}

function oneByOne(
  text: SqlText,
  parser: SqlParser,
  first: SqlSyntaxError,
): { statements: Statement[]; problems: Problem[] } {
  const tokens = parser.tokens(text)
  if (!tokens) return { statements: [], problems: [{ message: first.message, index: first.index }] }
  const statements: Statement[] = []
  const problems: Problem[] = []
  let start: number | undefined
  const take = (end: number) => {
    if (start === undefined) return
    const at = start
    start = undefined
    try {
      statements.push(...parser.statements(text.slice(at, end)))
    } catch (error) {
      if (!(error instanceof SqlSyntaxError)) throw error
      problems.push({ message: error.message, index: Math.min(at + error.index, Math.max(at, end - 1)) })
    }
  }
  for (const token of tokens) {
    if (token.name === 'ASCII_59') take(token.start)
    else if (token.name !== 'SQL_COMMENT' && token.name !== 'C_COMMENT') start ??= token.start
  }
  take(text.text.length)
  return { statements, problems }
}

/**
 * Blanks what psql reads itself: its own commands (`\restrict`, `\c`) and the rows of `COPY … FROM stdin`. There is no
 * parser for these; psql too takes them line by line.
 */
function withoutPsql(text: SqlText): SqlText {
  let rows = false
  const lines = text.text.split('\n').map((line) => {
    const ends = rows && line.trimEnd() === '\\.'
    const blank = rows || line.startsWith('\\')
    if (ends) rows = false
    else if (!rows && /^copy\s.*\sfrom\s+stdin\b.*;\s*$/i.test(line)) rows = true
    return blank ? ' '.repeat(line.length) : line
  })
  return text.withText(lines.join('\n'))
}
