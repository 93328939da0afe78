/** The words and signs of a `.prisma` file; comments are left out. */

export interface SchemaToken {
  readonly kind: 'word' | 'text' | 'sign' | 'end'
  /** A text's value, without quotes and escapes. */
  readonly text: string
  readonly start: number
  readonly end: number
  /** True for the first token of a line. */
  readonly first: boolean
}

const wordStart = /[\p{L}\p{N}_-]/u
const wordRun = /[\p{L}\p{N}_.-]+/uy

/**
 * Source of the lexical rules: the Prisma schema reference, https://www.prisma.io/docs/orm/reference/prisma-schema-reference
 * @returns the tokens of a text, the last one of kind `end`
 */
export function scan(text: string): SchemaToken[] {
  const tokens: SchemaToken[] = []
  let first = true
  let at = 0
  const push = (kind: SchemaToken['kind'], value: string, end: number): void => {
    tokens.push({ kind, text: value, start: at, end, first })
    first = false
    at = end
  }
  while (at < text.length) {
    const character = text[at]!
    if (character === '\n') {
      first = true
      at++
    } else if (/\s|\uFEFF/.test(character)) at++
    else if (text.startsWith('//', at)) at = endOf(text, '\n', at)
    else if (text.startsWith('/*', at)) at = endOf(text, '*/', at) + 2
    else if (character === '"') {
      const { value, end } = quoted(text, at)
      push('text', value, end)
    } else if (text.startsWith('@@', at)) push('sign', '@@', at + 2)
    else if (wordStart.test(character)) {
      wordRun.lastIndex = at
      const word = wordRun.exec(text)![0]
      push('word', word, at + word.length)
    } else push('sign', character, at + 1)
  }
  at = text.length
  push('end', '', at)
  return tokens
}

function endOf(text: string, sign: string, from: number): number {
  const end = text.indexOf(sign, from)
  return end === -1 ? text.length : end
}

/** A text in double quotes, with the escapes of JSON. One that is not closed ends with its line. */
function quoted(text: string, start: number): { value: string; end: number } {
  let value = ''
  let at = start + 1
  for (; at < text.length && text[at] !== '"' && text[at] !== '\n'; at++) {
    if (text[at] === '\\' && at + 1 < text.length) {
      const escaped = text[++at]!
      value += escapes[escaped] ?? escaped
    } else value += text[at]
  }
  return { value, end: Math.min(text.length, text[at] === '"' ? at + 1 : at) }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }
