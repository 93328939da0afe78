import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lintOnce } from '../../src/cli/lint-run.ts'
import { writePart } from '../../src/cli/parts.ts'
import { filesOfPart } from '../../src/lint/part.ts'
import { caseNames, fixtures } from '../support/cases.ts'
import { tenantize } from '../support/cli.ts'

let place: string

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'tenantize-parts-'))
})
afterAll(() => rmSync(place, { recursive: true, force: true }))

const silent = { out: () => {}, err: () => {}, isTTY: false, columns: 80, env: {} }

async function writeParts(root: string, of: number): Promise<string[]> {
  const files = Array.from({ length: of }, (_, index) => join(place, `part-${index + 1}-${of}.json`))
  for (const [index, file] of files.entries())
    await writePart(root, `${index + 1}/${of}`, { format: [], output: [file], quiet: true }, silent)
  return files
}

const said = async (root: string, parts?: readonly string[]) => {
  const { result } = await lintOnce(root, parts ? { parts } : {})
  return { ...result, summary: { ...result.summary, durationMs: 0 } }
}

describe('parts that are merged say what a run on everything says', () => {
  const roots = [
    'crm',
    'crm-edges',
    ...caseNames()
      .filter((_, index) => index % 6 === 0)
      .map((name) => join(name, 'input')),
  ]

  test.each(roots)('%s', async (name) => {
    const root = join(fixtures, name)
    const whole = await said(root)
    for (const of of [1, 3]) expect(await said(root, (await writeParts(root, of)).reverse())).toEqual(whole)
  })
})

test('parts are as large as each other, share nothing, and don’t depend on the order of the paths', () => {
  const paths = Array.from({ length: 103 }, (_, index) => `src/app/${index % 7}/route-${index}.ts`)
  const parts = [1, 2, 3, 4].map((number) => filesOfPart(paths, { number, of: 4 }))
  expect(parts.map(({ size }) => size).sort()).toEqual([25, 26, 26, 26])
  expect(new Set(parts.flatMap((part) => [...part])).size).toBe(103)
  expect(filesOfPart(paths.toReversed(), { number: 2, of: 4 })).toEqual(parts[1])
})

test.each(['README.md', 'docs/runs.md'])('the example of %s runs', (page) => {
  const root = join(place, 'example')
  cpSync(join(fixtures, 'crm'), root, { recursive: true })
  const text = readFileSync(join(fixtures, '..', page), 'utf8')
  const lines = Array.from(text.matchAll(/^npx tenantize ((?:lint --shard|merge) .*?)(?: +# exits (\d))?$/gm))
  expect(lines.map(([, line]) => line!.split(' ')[0])).toEqual(['lint', 'lint', 'merge'])
  for (const [, line, status = '0'] of lines) {
    const outcome = tenantize(root, line!.split(' '))
    expect(outcome.status, outcome.stderr).toBe(Number(status))
    if (line!.startsWith('merge')) expect(outcome.stdout).toContain('418 problems')
  }
})

describe('parts that don’t belong together are refused', () => {
  test('one is missing, there twice, of other code, or no part', async () => {
    const root = join(place, 'code')
    cpSync(join(fixtures, 'crm'), root, { recursive: true })
    const [first, second] = (await writeParts(root, 2)) as [string, string]
    await expect(said(root, [first])).rejects.toThrow('part 2 of 2 is missing')
    await expect(said(root, [first, second, first])).rejects.toThrow('part 1 is there twice')
    const [other] = (await writeParts(root, 3)) as [string]
    await expect(said(root, [first, other])).rejects.toThrow('one of 3 parts')
    const route = join(root, 'src/app/api/accounts/route.ts')
    writeFileSync(route, `${readFileSync(route, 'utf8')}\n`)
    await expect(said(root, [first, second])).rejects.toThrow('made from other code')
    writeFileSync(join(root, 'other.json'), '{}')
    await expect(said(root, [join(root, 'other.json')])).rejects.toThrow('not written by')
    expect(readdirSync(root)).not.toContain('node_modules')
  })

  test.each(['0/2', '3/2', '1', 'a/b', '1/2/3', '-1/2'])('--shard %s', async (shard) => {
    await expect(writePart(fixtures, shard, { format: [], output: [], quiet: true }, silent)).rejects.toThrow(
      'as in --shard 2/4',
    )
  })
})
