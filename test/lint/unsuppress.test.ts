import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { edited, withoutRules } from '../../src/lint/unsuppress.ts'
import { readSuppression } from '../../src/repo/suppression.ts'
import { lineStarts, positionAt } from '../../src/repo/text.ts'

/** A comment in a text, as the trace tells of it. */
function factIn(text: string, comment: string) {
  const starts = lineStarts(text)
  const offset = text.indexOf(comment)
  const range = { start: positionAt(starts, offset), end: positionAt(starts, offset + comment.length) }
  const words = comment.replace(/^(?:\/\/|--|\/\*)/, '').replace(/\*\/$/, '')
  return { file: 'a.ts', range, line: range.end.line + 1, ...readSuppression(words)! }
}
const remove = (text: string, comment: string, ...gone: string[]) =>
  edited(text, [withoutRules(factIn(text, comment), gone, text)])

describe('a comment without its last rule', () => {
  const comment = '// tenantize-ignore-next-line missing-await -- why'

  it.each([
    ['alone on its line', `a()\n  ${comment}\nb()\n`, 'a()\nb()\n'],
    ['with a carriage return', `a()\r\n  ${comment}\r\nb()\r\n`, 'a()\r\nb()\r\n'],
    ['behind code', `a()  ${comment}\nb()\n`, 'a()\nb()\n'],
    ['at the end of the file', `a()\n${comment}`, 'a()\n'],
    ['behind a byte order mark', `\uFEFF${comment}\nb()\n`, '\uFEFFb()\n'],
  ])('%s goes', (_, text, expected) => {
    expect(remove(text, comment, 'missing-await')).toBe(expected)
  })

  it('in front of code leaves the code', () => {
    const block = '/* tenantize-ignore-next-line missing-await -- why */'
    expect(remove(`${block} a()\n`, block, 'missing-await')).toBe(' a()\n')
  })
})

it('says the same but for the rules that are taken out', () => {
  const names = fc.uniqueArray(
    fc.constantFrom('wrong-database', 'missing-await', 'missing-tenant-id', 'browser-client'),
    {
      minLength: 2,
    },
  )
  fc.assert(
    fc.property(
      names,
      fc.constantFrom(', ', ' ', ','),
      fc.constantFrom('why', 'a -- b', 'wrong-database, really'),
      fc.nat(9),
      (rules, between, reason, split) => {
        const gone = rules.slice(0, 1 + (split % (rules.length - 1)))
        const comment = `// tenantize-ignore-next-line ${rules.join(between)} -- ${reason}`
        const text = `a()\n${comment}\nb()\n`
        const lines = remove(text, comment, ...gone).split('\n')
        expect([lines[0], ...lines.slice(2)]).toEqual(['a()', 'b()', ''])
        expect(readSuppression(lines[1]!.slice(2))).toEqual({
          rules: rules.filter((rule) => !gone.includes(rule)),
          reason,
        })
      },
    ),
  )
})
