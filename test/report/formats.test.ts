import { describe, expect, it } from 'vitest'
import { type FormatName, formats, formatsFor } from '../../src/report/index.ts'
import { finding, lintResult, migrateResult, options, updated } from './results.ts'

const results = [
  migrateResult([]),
  migrateResult([updated('a b.ts'), updated('c.ts', 'créé\r\ncreateClient()\r\n')]),
  lintResult([]),
  lintResult([finding('a', 'a')]),
]

describe('formats', () => {
  it.each(Object.keys(formats) as FormatName[])(
    '%s ends with a newline, and is the same every time',
    async (name) => {
      const report = await formats[name]()
      for (const result of results.filter((one) => formatsFor(one.command).includes(name))) {
        const text = report(result, options())
        expect(text === '' || text.endsWith('\n')).toBe(true)
        expect(report(result, options())).toBe(text)
      }
    },
  )

  it('offers the diff for migrate alone', () => {
    expect(formatsFor('lint')).not.toContain('diff')
    expect(formatsFor('migrate')).toEqual(['pretty', 'json', 'jsonl', 'diff', 'markdown', 'agent', 'github'])
  })

  it('writes the result as it is to json', async () => {
    const json = await formats.json()
    for (const result of results) expect(JSON.parse(json(result, options()))).toEqual(result)
  })

  it('puts the diffs one after the other, byte for byte', async () => {
    const diff = await formats.diff()
    const result = migrateResult([updated('a.ts'), updated('b.ts', 'createClient()\r\n')])
    expect(diff(result, options({ color: true }))).toBe(result.files[0]!.diff + result.files[1]!.diff)
    expect(diff(result, options())).toContain('-createClient()\r\n+await tenant(id)\r\n')
    expect(diff(migrateResult([]), options())).toBe('')
  })
})
