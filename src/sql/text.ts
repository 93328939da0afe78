import { Buffer } from 'node:buffer'

/**
 * A piece of SQL, and where each of its characters stands in the file it was taken from: the file's own text, the body
 * of a function, a string in a script. Offsets are UTF-16, as everywhere in this program; PostgreSQL's parser counts
 * UTF-8 bytes and, in its errors, characters.
 */
export class SqlText {
  readonly text: string
  /** File offset of each character, or the one that the others follow without a gap. */
  readonly #origin: number | readonly number[]
  #bytes: Uint32Array | null | undefined

  constructor(text: string, origin: number | readonly number[] = 0) {
    this.text = text
    this.#origin = origin
  }

  /** A text that was put together: all of it stands at one place. */
  static at(text: string, offset: number): SqlText {
    return new SqlText(
      text,
      Array.from(text, () => offset),
    )
  }

  /** The offset in the file of a character, or of the end. */
  offset(index: number): number {
    const origin = this.#origin
    if (typeof origin === 'number') return origin + index
    if (index < origin.length) return origin[index]!
    return origin.length === 0 ? 0 : origin[origin.length - 1]! + 1
  }

  slice(start: number, end: number = this.text.length): SqlText {
    const origin = this.#origin
    return new SqlText(
      this.text.slice(start, end),
      typeof origin === 'number' ? origin + start : origin.slice(start, end),
    )
  }

  /** The same places under a text of the same length. */
  withText(text: string): SqlText {
    return new SqlText(text, this.#origin)
  }

  /** The same text after a prefix that stands nowhere: it takes the place of the first character. */
  after(prefix: string): SqlText {
    const here = Array.from({ length: this.text.length }, (_, index) => this.offset(index))
    return new SqlText(prefix + this.text, [...Array.from(prefix, () => here[0] ?? 0), ...here])
  }

  /** The index of the character that begins at or holds a byte of the text as UTF-8. */
  atByte(byte: number): number {
    const starts = (this.#bytes ??= byteStarts(this.text))
    if (starts === null) return byte
    let low = 0
    let high = this.text.length
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= byte) low = middle
      else high = middle - 1
    }
    return low
  }

  /** The index of a character counted in code points. */
  atCodePoint(count: number): number {
    let index = 0
    for (let seen = 0; seen < count && index < this.text.length; seen++)
      index += this.text.codePointAt(index)! > 0xffff ? 2 : 1
    return index
  }
}

/** The first byte of each UTF-16 unit and of the end; null for a text without anything but ASCII. */
function byteStarts(text: string): Uint32Array | null {
  if (Buffer.byteLength(text) === text.length) return null
  const starts = new Uint32Array(text.length + 1)
  let byte = 0
  for (let index = 0; index < text.length; ) {
    const code = text.codePointAt(index)!
    const units = code > 0xffff ? 2 : 1
    for (let unit = 0; unit < units; unit++) starts[index + unit] = byte + unit
    byte += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    index += units
  }
  starts[text.length] = byte
  return starts
}
