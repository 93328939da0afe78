import { SqlText } from './text.ts'

/**
 * The value of a string or template literal, each character at its place in the source.
 * @param value what the literal means, escapes resolved
 * @param start where it begins in the source, quotes or not
 */
export function unescaped(value: string, source: string, start: number, end: number): SqlText {
  const written = source.slice(start, end)
  const plain = written.indexOf(value)
  if (plain !== -1) return new SqlText(value, start + plain)
  const origin: number[] = []
  let index = '`}'.includes(written[0] ?? ' ') ? 1 : 0
  while (index < written.length && origin.length < value.length) {
    const length =
      written[index] === '\\' ? escapeLength(written, index) : written.startsWith('\r\n', index) ? 2 : 1
    // A backslash before the end of a line means nothing at all.
    if (length > 1 && written[index] === '\\' && /[\r\n]/.test(written[index + 1]!)) {
      index += length
      continue
    }
    origin.push(start + index)
    if (written[index] === '\\' && length > 6 && value.codePointAt(origin.length - 1)! > 0xffff)
      origin.push(start + index)
    index += length
  }
  return origin.length === value.length ? new SqlText(value, origin) : SqlText.at(value, start)
}

function escapeLength(text: string, at: number): number {
  switch (text[at + 1]) {
    case 'x':
      return 4
    case 'u':
      return text[at + 2] === '{' ? text.indexOf('}', at) - at + 1 : 6
    case '\r':
      return text[at + 2] === '\n' ? 3 : 2
    default:
      return 2
  }
}
