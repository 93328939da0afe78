import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { discover } from '../../src/repo/discover.ts'
import { asJson, parse, takesBytes } from '../../src/repo/parse.ts'

/** Parses a text both ways. */
function both(file: string, text: string) {
  const options = /\.[mc]?js$/.test(file) ? ({ lang: 'jsx' } as const) : {}
  return { bytes: parse(file, text, options), json: asJson(file, text, options) }
}

describe('parse', () => {
  test('takes the tree as bytes on this machine', () => {
    expect(takesBytes()).toBe(true)
  })

  test('gives the same tree as by way of JSON, for every source file of this repository', () => {
    const root = join(import.meta.dirname, '../..')
    const files = discover(root).sources
    expect(files.length).toBeGreaterThan(500)
    for (const file of files) {
      const { bytes, json } = both(file, readFileSync(join(root, file), 'utf8'))
      expect(bytes, file).toEqual(json)
    }
  })

  test.each([
    ['empty.ts', ''],
    ['mark.ts', '\ufeffexport const a = 1'],
    ['beyond-ascii.ts', "const größe = 'naïve — 日本語 🎉'; f(größe, '🎉').from('kunden')"],
    ['windows.ts', 'const a = 1\r\n// b\r\nf(a)\r\n'],
    ['numbers.ts', 'f(1n, 0x1f, 1e400, -0, 1_000)'],
    ['patterns.ts', 'const a = /a(?<b>c)+/giu, b = /(/; f(/[/]/.test(x))'],
    ['hashbang.js', '#!/usr/bin/env node\nmodule.exports = { a: <b/> }'],
    ['hashbang.ts', '#!/usr/bin/env node\nexport {}'],
    ['commonjs.cjs', 'exports.a = require("./b")'],
    ['view.tsx', 'export default () => <A b={1} {...c}>text &amp; {d}</A>'],
    ['broken.ts', 'const a = {'],
    ['complaint.ts', 'function f(a?: string = "b") { return a }'],
    ['long.ts', `const a = "${'é'.repeat(5000)}"; b("${'x'.repeat(5000)}")`],
  ])('gives the same for %s', (file, text) => {
    const { bytes, json } = both(file, text)
    expect(bytes).toEqual(json)
  })

  test('gives the same for any text, one after the other in the same room', () => {
    const pieces = fc.constantFrom(
      'const a = ',
      '1',
      '\n',
      'f(',
      ')',
      '"é🎉"',
      '{',
      '}',
      '`',
      '${',
      ' // b',
      '/*',
      '<T>',
      'await ',
    )
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pieces, fc.string({ unit: 'grapheme', maxLength: 5 })), { maxLength: 30 }),
        (parts) => {
          const { bytes, json } = both('a.ts', parts.join(''))
          expect(bytes).toEqual(json)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('a text too large for the room comes as JSON', () => {
    const text = `/*${' '.repeat(90_000_000)}*/ f(1)`
    const { program } = parse('large.ts', text)
    expect(program.body[0]).toMatchObject({ type: 'ExpressionStatement', end: text.length })
  })
})
