import type { SqlParser } from './parser.ts'
import { SqlText } from './text.ts'

/** A part of a SQL text that a program puts together. */
export type QueryPart =
  /** @property at where it begins in the file; an array when its characters do not follow each other there */
  | { readonly kind: 'text'; readonly text: string; readonly at?: number | readonly number[] }
  /** A parameter of the query, unless it turns out to be a piece of SQL. */
  | { readonly kind: 'value'; readonly reason?: string }
  /** What a library's helper makes of rows or names: never SQL of its own. */
  | { readonly kind: 'list' }
  /** A column, or another expression that is no SQL of its own. */
  | { readonly kind: 'column' }
  /** A table's name in all its spellings. `at` is where it is interpolated. */
  | {
      readonly kind: 'name'
      readonly name: readonly [string, ...string[]]
      readonly at?: { readonly start: number; readonly end: number }
    }
  /** Anything: a name, a value, a piece of SQL. */
  | { readonly kind: 'unknown'; readonly reason: string }

type Hole = Exclude<QueryPart, { kind: 'text' }>

/** Characters that Unicode gives no meaning stand for the holes of a text. */
const firstMark = 0xe001
const marks = /[\uE000-\uF8FF]/g

/** What a hole may be, in the order of being tried; `•` is its mark. */
const asValue = ['$1', '•', '(•)', '(•) VALUES (1)', '• = 1', 'AND •', '']
const asColumn = ['•', '(•)']
const asList = ['(•)', '(•) VALUES (1)', '• = 1', '•']
const asUnknown = ['•', '$1', '(•)', '(•) VALUES (1)', '• = 1', 'AND •', '']

/** A text with holes, written out for PostgreSQL's parser. */
export class QueryText {
  readonly #parts: readonly QueryPart[]
  readonly #holes: readonly Hole[]
  /** For each hole the way it is written at the moment. */
  #chosen: number[] = []
  /** Where each hole began in the text that was written last. */
  #starts: number[] = []

  constructor(parts: readonly QueryPart[]) {
    this.#parts = parts
    this.#holes = parts.filter((part) => part.kind !== 'text')
    this.restart()
  }

  get isBlank(): boolean {
    return this.#parts.every((part) => part.kind === 'text' && part.text.trim() === '')
  }

  /** Whether nothing of it is known. */
  get isUnknown(): boolean {
    return this.#parts.every((part) =>
      part.kind === 'text' ? part.text.trim() === '' : part.kind !== 'name',
    )
  }

  get startsUnknown(): boolean {
    const first = this.#parts.find((part) => part.kind !== 'text' || part.text.trim() !== '')
    return first?.kind !== 'text'
  }

  get hasUnknown(): boolean {
    return this.#holes.some((hole) => hole.kind === 'unknown' || hole.kind === 'value')
  }

  restart(): void {
    this.#chosen = this.#holes.map(() => 0)
  }

  /** @param before SQL that stands before the text, to make a statement of a piece */
  render(before: string): SqlText {
    let text = before
    const origin: number[] = Array.from(before, () => -1)
    const add = (piece: string, at: (index: number) => number): void => {
      for (let index = 0; index < piece.length; index++) origin.push(at(index))
      text += piece
    }
    this.#starts = []
    let hole = 0
    for (const part of this.#parts) {
      if (part.kind === 'text') {
        const { at } = part
        add(part.text, (index) => (at === undefined ? -1 : typeof at === 'number' ? at + index : at[index]!))
        continue
      }
      this.#starts.push(text.length)
      const mark = String.fromCharCode(firstMark + hole)
      const written =
        part.kind === 'name' ? `"${mark}"` : this.#ways(part)[this.#chosen[hole]!]!.replace('•', mark)
      const place = part.kind === 'name' ? part.at : undefined
      add(written, (index) => (place ? (index === 0 ? place.start : place.end - 1) : -1))
      hole++
    }
    return new SqlText(text, origin)
  }

  /** Writes the hole at or before an index (else the next one after it) in another way. False when none is left. */
  vary(index: number): boolean {
    const order = this.#starts
      .map((start, hole) => ({ hole, distance: start <= index + 1 ? index - start : 1e6 + start }))
      .sort((a, b) => a.distance - b.distance)
    for (const { hole } of order) {
      const part = this.#holes[hole]!
      if (part.kind === 'name' || this.#chosen[hole]! + 1 >= this.#ways(part).length) continue
      this.#chosen[hole]!++
      return true
    }
    return false
  }

  /** The text with backticks and question marks as PostgreSQL writes them; undefined when it has none. */
  plainNames(parser: SqlParser, before: string): SqlText | undefined {
    this.restart()
    const sql = this.render(before)
    let text = sql.text
    for (const token of parser.tokens(sql) ?? []) {
      // To PostgreSQL both are characters of operators.
      if (!/^[-+*/<>=~!@#%^&|`?]+$/.test(token.text)) continue
      const mended = token.text.replaceAll('`', '"').replaceAll('?', '\uE000')
      text = text.slice(0, token.start) + mended + text.slice(token.start + token.text.length)
    }
    return text === sql.text ? undefined : sql.withText(text)
  }

  /** The spellings of a name in the parse tree; undefined when a part of it is only known at run time. */
  nameOf(name: string): readonly [string, ...string[]] | undefined {
    if (name.search(marks) === -1) return [name]
    const last = name.split('.').at(-1)!
    // A schema that is only known at run time holds a table whose name is known.
    if (last.search(marks) === -1) return [last]
    const hole = this.#holes[last.charCodeAt(0) - firstMark]
    return last.length === 1 && hole?.kind === 'name' ? hole.name : undefined
  }

  /** A name with its holes as dots. */
  readable(name: string): string {
    return name.replace(marks, '…')
  }

  /** Why a hole may hold tables, when one may. */
  openPart(): string | undefined {
    // A parameter may be a list. What is neither value nor list nor name is SQL of its own.
    const hole = this.#holes.find(
      (item, at) =>
        (item.kind === 'value' && this.#chosen[at]! > 4) ||
        (item.kind === 'unknown' && this.#chosen[at]! > 1),
    ) as { readonly reason?: string } | undefined
    return hole && `a part of the query is only known at run time${hole.reason ? ` (${hole.reason})` : ''}`
  }

  #ways(hole: Hole): readonly string[] {
    switch (hole.kind) {
      case 'list':
        return asList
      case 'column':
        return asColumn
      case 'value':
        return asValue
      default:
        return asUnknown
    }
  }
}
