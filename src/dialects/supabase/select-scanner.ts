/** The characters of a select string: whitespace, names, quotes and the holes of a template. */

/** Stands for a run-time part in the text that is scanned; a real one in the source is told apart by its offset. */
export const hole = '\uFFFC'

/** A name as it was read. */
export interface ScannedName {
  /** Undefined when a part of it is decided at run time. */
  readonly value: string | undefined
  /** The static part, when a hole only precedes or follows it. */
  readonly likely?: string
  readonly quoted: boolean
  readonly start: number
  readonly end: number
}

const nameCharacter = /[\p{L}\p{N}\p{M}_$]/u
/** Characters that every kind of name may hold, so that they are read in one go. */
const plainRun = /[A-Za-z0-9_$]+/y
const jsonKeyEnd = /[(:.,>)]/

export class SelectScanner {
  readonly text: string
  /** Next code unit to read. */
  at = 0
  /** End of what was consumed last, without the whitespace that follows it. */
  end = 0
  /** Offset of a quote that is never closed. */
  openQuote: number | undefined
  private readonly holes: ReadonlySet<number>

  /** @param holes offsets in `text` of the characters that stand for run-time parts */
  constructor(text: string, holes: ReadonlySet<number>) {
    this.text = text
    this.holes = holes
  }

  /** The next character that is not whitespace, as one code point; empty at the end. Moves up to it. */
  peek(): string {
    const { text } = this
    for (; this.at < text.length; this.at++) {
      const code = text.charCodeAt(this.at)
      if (code > 0x20 && code < 0x7f) return text[this.at]!
      if (!/\s/.test(text[this.at]!)) return String.fromCodePoint(text.codePointAt(this.at)!)
    }
    return ''
  }

  /** Whether the next character is a run-time part. */
  atHole(): boolean {
    this.peek()
    return this.holes.has(this.at)
  }

  /**
   * Consumes a token when it comes next. supabase-js removes whitespace before it sends the text, so there may
   * be some inside a token too.
   */
  eat(token: string): boolean {
    const before = this.at
    for (let i = 0; i < token.length; i++) {
      if (this.peek() !== token[i] || this.holes.has(this.at)) {
        this.at = before
        return false
      }
      this.at++
    }
    this.end = this.at
    return true
  }

  /** Whether a token comes next; nothing is consumed. */
  sees(token: string): boolean {
    const { at, end } = this
    const seen = this.eat(token)
    this.at = at
    this.end = end
    return seen
  }

  /** A table, column, alias, hint or type name; undefined when none comes next. */
  name(): ScannedName | undefined {
    return this.sees('-') ? undefined : this.pieces((character) => nameCharacter.test(character))
  }

  /** A key or index of a JSON path: anything up to the next operator. */
  jsonKey(): ScannedName | undefined {
    return this.pieces((character) => !jsonKeyEnd.test(character))
  }

  /** Consumes up to the comma or closing parenthesis that ends the current item, nested ones skipped. */
  skipItem(): void {
    let depth = 0
    for (let next = this.peek(); next !== ''; next = this.peek()) {
      if (!this.atHole()) {
        if (depth === 0 && (next === ',' || next === ')')) return
        if (next === '(') depth++
        if (next === ')') depth--
        if (next === '"') this.quoted()
        else this.at += next.length
      } else this.at++
      this.end = this.at
    }
  }

  private pieces(accepts: (character: string) => boolean): ScannedName | undefined {
    const pieces: (string | null)[] = []
    let quoted = false
    this.peek()
    const start = this.at
    for (let next = this.peek(); next !== ''; next = this.peek()) {
      const last = pieces.at(-1)
      if (this.atHole()) {
        pieces.push(null)
        this.at++
      } else if (next === '"') {
        if (typeof last === 'string') break
        pieces.push(...this.quoted())
        quoted = true
      } else if (next === '-' ? !this.sees('->') : accepts(next)) {
        if (quoted && last !== null) break
        plainRun.lastIndex = this.at
        const run = plainRun.exec(this.text)?.[0] ?? next
        this.at += run.length
        if (typeof last === 'string') pieces[pieces.length - 1] = last + run
        else pieces.push(run)
      } else break
      this.end = this.at
    }
    if (pieces.length === 0) return undefined
    return { ...join(pieces), quoted, start, end: this.end }
  }

  /** A text in double quotes, `\` escaping the next character; holes inside it come out as null. */
  private quoted(): (string | null)[] {
    const start = this.at++
    const pieces: (string | null)[] = []
    let piece = ''
    while (this.at < this.text.length) {
      const character = this.text[this.at++]!
      if (this.holes.has(this.at - 1)) {
        if (piece !== '') pieces.push(piece)
        pieces.push(null)
        piece = ''
      } else if (character === '"') return piece === '' && pieces.length > 0 ? pieces : [...pieces, piece]
      else if (character === '\\' && this.at < this.text.length && !this.holes.has(this.at)) {
        piece += this.text[this.at++]
      } else piece += character
    }
    this.openQuote ??= start
    return [...pieces, piece]
  }
}

function join(pieces: readonly (string | null)[]): Pick<ScannedName, 'value' | 'likely'> {
  const fixed = pieces.filter((piece) => piece !== null)
  if (fixed.length === pieces.length) return { value: fixed.join('') }
  return fixed.length === 1 && fixed[0] !== ''
    ? { value: undefined, likely: fixed[0]! }
    : { value: undefined }
}
