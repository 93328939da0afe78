import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'

// Texts are made from the pattern itself; what only says where a word ends makes no text and is left out.
const textsOf = (pattern: RegExp) => fc.stringMatching(new RegExp(pattern.source.replaceAll('\\b', '')))

describe.each(
  dialects.flatMap(({ name, presence, presenceWords }) =>
    presence && presenceWords ? [{ name, presence, presenceWords }] : [],
  ),
)('$name', ({ presence, presenceWords }) => {
  test('every text that shows its presence holds one of its words', () => {
    fc.assert(
      fc.property(textsOf(presence), (text) => {
        expect(presenceWords.some((word) => text.toLowerCase().includes(word.toLowerCase()))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
