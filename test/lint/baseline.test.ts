import { describe, expect, it } from 'vitest'
import { baselineText, entryFor, parseBaseline } from '../../src/lint/baseline/file.ts'
import { matchBaseline } from '../../src/lint/baseline/match.ts'
import type { Finding } from '../../src/lint/result.ts'
import { finding } from '../report/results.ts'

const at = (file: string, fingerprint: string): Finding => finding('x', 'x', { file, fingerprint })
const read = (text: string) => parseBaseline(text, 'b.json')
const of = (...findings: readonly Finding[]) => findings.map((one) => entryFor(one, undefined))

describe('the file', () => {
  it('is sorted, with one entry a line, and read back as it was written', () => {
    const entries = [
      entryFor(at('b.ts', '2-b'), 'it waits for the new client'),
      entryFor(at('a.ts', '3-a'), undefined),
      entryFor(at('a.ts', '1-a'), undefined),
    ]
    const text = baselineText(entries)
    expect(text).toBe(`{
  "version": 1,
  "findings": [
    { "fingerprint": "1-a", "rule": "wrong-database", "file": "a.ts", "table": "accounts" },
    { "fingerprint": "3-a", "rule": "wrong-database", "file": "a.ts", "table": "accounts" },
    { "fingerprint": "2-b", "rule": "wrong-database", "file": "b.ts", "table": "accounts", "reason": "it waits for the new client" }
  ]
}
`)
    expect(baselineText(read(text))).toBe(text)
    expect(read(text)[1]!.position).toEqual({
      line: 5,
      column: 5,
      offset: text.indexOf('{ "fingerprint": "3-a"'),
    })
    expect(read(baselineText([]))).toEqual([])
  })

  it.each([
    ['', 'b.json:1:1 the file is empty'],
    ['{ "version": 2, "findings": [] }', 'b.json:1:3 "version" must be 1'],
    ['{ "version": 1, "findings": {} }', 'b.json:1:17 "findings" must be a list'],
    ['{ "version": 1,\n<<<<<<< ours\n"findings": [] }', 'b.json:2:1'],
    [
      '{ "version": 1, "findings": [\n{ "fingerprint": "1-a", "rule": "wrong-databse", "file": "a" }] }',
      'b.json:2:33 there is no rule "wrong-databse"; did you mean "wrong-database"?',
    ],
    [
      '{ "version": 1, "findings": [\n{ "rule": "parse-error", "file": "a" }] }',
      'b.json:2:1 an entry needs "fingerprint"',
    ],
    [
      '{ "version": 1, "findings": [{ "fingerprint": "1-a", "rule": "parse-error", "file": "a", "tabel": "x" }] }',
      'b.json:1:90 unknown key "tabel"; did you mean "table"?',
    ],
    [
      '{ "version": 1, "findings": [\n{ "fingerprint": "1-a", "rule": "parse-error", "file": "a" },\n{ "fingerprint": "1-a", "rule": "parse-error", "file": "a" }] }',
      'b.json:3:1 "1-a" stands in this list twice',
    ],
  ])('with a mistake (%s) is refused with its place', (text, message) => {
    expect(() => read(text)).toThrow(message)
  })
})

describe('matching', () => {
  const none = new Set<never>()

  it('takes each entry for one finding', () => {
    const [one, two] = [at('a.ts', '1-a'), at('a.ts', '2-a')]
    const { entries, stale } = matchBaseline(of(one), [one, two], () => true, none)
    expect([...entries.keys()]).toEqual([one])
    expect(stale).toEqual([])
  })

  it('follows a file that is gone, not one that is still there', () => {
    const entries = of(at('a.ts', '1-a'), at('a.ts', '2-a'))
    const moved = [at('lib/a.ts', '1-c'), at('lib/a.ts', '3-c')]
    const gone = matchBaseline(entries, moved, () => false, none)
    expect([...gone.entries.keys()]).toEqual([moved[0]])
    expect(gone.stale.map(({ fingerprint }) => fingerprint)).toEqual(['2-a'])
    expect(matchBaseline(entries, moved, () => true, none).entries.size).toBe(0)
  })

  it('gives a file to the one that shares most with it, and scatters nothing', () => {
    const entries = of(
      at('x/route.ts', '1-a'),
      at('x/route.ts', '2-a'),
      at('y/route.ts', '1-b'),
      at('y/route.ts', '3-b'),
    )
    const now = [at('z/x/route.ts', '1-c'), at('z/y/route.ts', '1-d'), at('z/y/route.ts', '3-d')]
    const { entries: found, stale } = matchBaseline(entries, now, () => false, none)
    expect(found.get(now[0]!)).toBe(entries[0])
    expect(found.get(now[1]!)).toBe(entries[2])
    expect(found.get(now[2]!)).toBe(entries[3])
    expect(stale).toEqual([entries[1]])
  })

  it('does not take a file for the new home of another that has entries of its own', () => {
    const entries = of(at('a.ts', '1-a'), at('b.ts', '2-b'))
    const { entries: found } = matchBaseline(
      entries,
      [at('b.ts', '2-b'), at('b.ts', '1-b')],
      (file) => file === 'b.ts',
      none,
    )
    expect(found.size).toBe(1)
  })

  it('lets no entry speak for a strict rule', () => {
    const one = at('a.ts', '1-a')
    const { entries, stale } = matchBaseline(of(one), [one], () => true, new Set(['wrong-database'] as const))
    expect(entries.size).toBe(0)
    expect(stale).toHaveLength(1)
  })
})
