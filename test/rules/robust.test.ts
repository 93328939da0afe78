import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createClassifier } from '../../src/rules/classify.ts'
import { RulesError } from '../../src/rules/error.ts'
import { parseRules } from '../../src/rules/load.ts'

const page = readFileSync(new URL('../../docs/rules-file.md', import.meta.url), 'utf8')
const files = [...page.matchAll(/^```jsonc\n(\{.*?)^```$/gms)].map((match) => match[1]!)

/** Loads and uses a text; anything but rules or a RulesError with places inside the text is a mistake of ours. */
function survives(text: string): void {
  try {
    createClassifier(parseRules(text, '/app/rules.json')).expected({ file: 'src/a.ts', table: 'users' })
  } catch (error) {
    if (!(error instanceof RulesError)) throw error
    expect(error.problems.length).toBeGreaterThan(0)
    const lines = text.split(/\r\n|\r|\n/)
    for (const { line, column, message } of error.problems) {
      expect(message).not.toMatch(/undefined|Invalid input|\[object/)
      if (line > 0) expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1)
    }
  }
}

it('answers any one change of a rules file with rules or with places', () => {
  const change = fc.constantFrom(
    '',
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    'null',
    '1',
    'true',
    '{}',
    '[]',
    '""',
    '"__proto__"',
    '\\',
    '\r\n',
    '//',
    '/*',
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.nat(),
      fc.nat({ max: 12 }),
      change,
      (file, start, length, text) => {
        const from = start % file.length
        survives(file.slice(0, from) + text + file.slice(from + length))
      },
    ),
    { numRuns: 3000 },
  )
})

it('answers any value in the place of another', () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(
      { export: 'a#b' },
      { parameter: 1, wrapper: 'a#b' },
      { call: 'a#b', foo: 1 },
      '../x',
      'a#b',
    ),
  )
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.nat(), value, (file, pick, other) => {
      // Every string, list or object that does not nest is a place to put something else.
      const places = [...file.matchAll(/"(?:[^"\\]|\\.)*"(?!\s*:)|\[[^[\]]*\]|\{[^{}]*\}|true/g)]
      const place = places[pick % places.length]!
      survives(file.slice(0, place.index) + JSON.stringify(other) + file.slice(place.index + place[0].length))
    }),
    { numRuns: 3000 },
  )
})
