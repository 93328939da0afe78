import { SqlText } from './text.ts'

/**
 * Finds the SQL that PL/pgSQL's parser hands over in the body that it was taken from. The parser keeps the text as it
 * is written, but blanks `INTO …` and writes PERFORM as SELECT, and tells only the line of the statement around it.
 */
export class Finder {
  readonly #body: SqlText
  readonly #lines: number[] = [0]
  readonly #taken = new Set<number>()

  constructor(body: SqlText) {
    this.#body = body
    for (let at = body.text.indexOf('\n'); at !== -1; at = body.text.indexOf('\n', at + 1))
      this.#lines.push(at + 1)
  }

  find(sql: string, line: number): SqlText {
    const from = this.#lines[line - 1] ?? 0
    const { text } = this.#body
    for (let at = text.indexOf(sql, from); at !== -1; at = text.indexOf(sql, at + 1))
      if (this.#take(at, sql)) return this.#body.slice(at, at + sql.length)
    for (let at = from; at + sql.length <= text.length; at++)
      if (sameButBlanks(text, at, sql) && this.#take(at, sql))
        return this.#body.slice(at, at + sql.length).withText(sql)
    return SqlText.at(sql, this.#body.offset(from))
  }

  #take(at: number, sql: string): boolean {
    const after = this.#body.text[at + sql.length]
    if (this.#taken.has(at) || (after !== undefined && /\w/.test(after) && /\w$/.test(sql))) return false
    this.#taken.add(at)
    return true
  }
}

/** Whether a statement stands at an index, where the parser may have put blanks and a SELECT of its own. */
function sameButBlanks(text: string, at: number, sql: string): boolean {
  const perform = sql.startsWith('SELECT ') && text.slice(at - 1, at + 6).toUpperCase() === 'PERFORM'
  for (let index = perform ? 7 : 0; index < sql.length; index++)
    if (sql[index] !== text[at + index] && sql[index] !== ' ') return false
  return perform || sql[0] === text[at]
}
