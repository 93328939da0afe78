import type { SqlFact } from './facts.ts'
import { listName } from './names.ts'
import type { Token } from './parser.ts'
import type { Reader } from './reader.ts'
import type { SqlText } from './text.ts'

/** Tables whose rows or columns give a variable its type: `r users%ROWTYPE`, `id public.users.id%TYPE`. */
export function rowTypes(reader: Reader, body: SqlText, tokens: readonly Token[]): SqlFact[] {
  return tokens.flatMap((token, index): SqlFact[] => {
    const kind = tokens[index + 1]?.text.toLowerCase()
    if (token.text !== '%' || (kind !== 'rowtype' && kind !== 'type')) return []
    const words = pathBefore(tokens, index)
    const table = listName(
      (kind === 'type' ? words.slice(0, -1) : words).map(({ text }) => ({ String: { sval: nameOf(text) } })),
    )
    if (words.length === 0 || table === '') return []
    const range = reader.range(body, words[0]!.start, words.at(-1)!.end)
    return [
      {
        does: 'run',
        contents: { uses: [{ table, range, operation: 'select' }], calls: [], settings: [], sets: [] },
      },
    ]
  })
}

/** The words joined by dots that end before a token. */
function pathBefore(tokens: readonly Token[], end: number): Token[] {
  const words: Token[] = []
  for (let at = end - 1; at >= 0; at -= 2) {
    words.unshift(tokens[at]!)
    if (tokens[at - 1]?.text !== '.') break
  }
  return words
}

function nameOf(written: string): string {
  return written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written.toLowerCase()
}
