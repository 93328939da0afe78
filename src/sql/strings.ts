import type { SqlParser } from './parser.ts'
import { SqlText } from './text.ts'

/** The content of the first string constant of a text: `'it''s'`, `$tag$ … $tag$`. Undefined for other ways to write it. */
export function stringToken(parser: SqlParser, text: SqlText): SqlText | undefined {
  const token = parser.tokens(text)?.find(({ name }) => name === 'SCONST')
  if (!token) return undefined
  const written = text.text.slice(token.start, token.end)
  if (written.startsWith('$')) {
    const tag = written.indexOf('$', 1) + 1
    return text.slice(token.start + tag, token.end - tag)
  }
  // E'…' and U&'…' have escapes of their own; their parsed value is good enough, at one place.
  return written.startsWith("'") ? undoubled(text.slice(token.start + 1, token.end - 1)) : undefined
}

/** Takes the second of two quotes away; every other character keeps its place. */
function undoubled(text: SqlText): SqlText {
  if (!text.text.includes("''")) return text
  const origin: number[] = []
  let plain = ''
  for (let index = 0; index < text.text.length; index++) {
    plain += text.text[index]
    origin.push(text.offset(index))
    if (text.text[index] === "'" && text.text[index + 1] === "'") index++
  }
  return new SqlText(plain, origin)
}
