import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wordPattern } from '../../src/repo/words.ts'

const pieces = fc.array(
  fc.oneof(fc.constantFrom('a', 'B', '$', '-', '/', ']', '^', '.', '\\', '['), fc.string()),
  {
    maxLength: 12,
  },
)

test('a word is found where it stands and nowhere else', () => {
  fc.assert(
    fc.property(pieces, pieces, (word, others) => {
      const text = others.join('')
      for (const searched of [text, text + word.join('') + text])
        expect(wordPattern(word.join('')).test(searched)).toBe(searched.includes(word.join('')))
    }),
  )
})

test('in whatever case where that is asked for', () => {
  expect(wordPattern('Prisma/client', true).test("from '@PRISMA/Client'")).toBe(true)
  expect(wordPattern('Prisma/client').test("from '@PRISMA/Client'")).toBe(false)
})
