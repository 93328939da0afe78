import { readSuppression } from '../repo/suppression.ts'
import { lineStarts, positionAt, type Range } from '../repo/text.ts'
import { contentsOf } from './contents.ts'
import type { Contents, SqlFact, SqlSuppression, UnreadSql } from './facts.ts'
import type { SqlParser } from './parser.ts'
import type { SqlText } from './text.ts'

/** What is being made of one file. */
export class Reader {
  readonly file: string
  readonly parser: SqlParser
  readonly unread: UnreadSql[] = []
  readonly suppressions: SqlSuppression[] = []
  readonly #starts: number[]

  constructor(file: string, text: string, parser: SqlParser) {
    this.file = file
    this.parser = parser
    this.#starts = lineStarts(text)
  }

  /** The range in the file of a part of a text that was taken from it. */
  range(text: SqlText, start: number, end: number): Range {
    const from = text.offset(start)
    const to = end > start ? text.offset(end - 1) + 1 : from
    return { start: positionAt(this.#starts, from), end: positionAt(this.#starts, Math.max(from, to)) }
  }

  /** What a part of a parse tree names. */
  contents(node: unknown, text: SqlText, operation?: string): Contents {
    return contentsOf(node, text, (start, end) => this.range(text, start, end), operation)
  }

  /** Notes a piece of SQL that can't be read. */
  skip(why: UnreadSql['why'], message: string, range: Range): void {
    this.unread.push({ why, message, range })
  }

  /** Takes the suppressions out of the comments of a text. */
  readComments(text: SqlText): void {
    if (!text.text.includes('tenantize-')) return
    for (const token of this.parser.tokens(text) ?? []) {
      if (token.name !== 'SQL_COMMENT' && token.name !== 'C_COMMENT') continue
      const words = token.name === 'SQL_COMMENT' ? token.text.slice(2) : token.text.slice(2, -2)
      const range = this.range(text, token.start, token.end)
      const suppression = readSuppression(words)
      // A comment inside a statement of a function is met twice.
      const known = this.suppressions.some((item) => item.range.start.offset === range.start.offset)
      if (suppression && !known)
        this.suppressions.push({ file: this.file, range, line: range.end.line + 1, ...suppression })
    }
  }
}

/** Reads the statements of a text into facts. */
export type ReadText = (reader: Reader, text: SqlText) => SqlFact[]
