import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Replacement, replacedLines } from '../../src/migrate/replaced.ts'

const line = fc
  .tuple(fc.constantFrom('a', 'b', 'c', ''), fc.constantFrom('\n', '\r\n'))
  .map(([text, end]) => text + end)
const text = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('', 'd', 'e'))
  .map(([all, last]) => all.join('') + last)

function apply(before: string, replacements: readonly Replacement[]): string {
  const lines = before.split('\n')
  const at = ({ line, column }: Replacement['start']) =>
    lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1
  let result = before
  for (const { start, end, text } of [...replacements].reverse())
    result = result.slice(0, at(start)) + text + result.slice(at(end))
  return result
}

it('makes one text of the other, with whole lines in order', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const replacements = replacedLines(before, after)
      expect(apply(before, replacements)).toBe(after)
      let last = 0
      for (const { start, end } of replacements) {
        expect(start.line).toBeGreaterThan(last)
        last = end.line - 1
      }
    }),
  )
})

it('leaves a byte order mark out', () => {
  expect(replacedLines('\uFEFFa\nb\n', '\uFEFFc\nb\n')).toEqual([
    { start: { line: 1, column: 1 }, end: { line: 2, column: 1 }, text: 'c\n' },
  ])
})
