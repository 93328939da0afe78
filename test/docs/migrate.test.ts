import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MigrateResult } from '../../src/migrate/result.ts'
import { blocksOf, buildHouse, page, root, section, temporaryFolder } from './pages.ts'

const guide = page('docs/migrate.md')

/** The examples: a diff of a whole file, headed by its path. */
const examples = blocksOf(guide)
  .filter((block) => block.language === 'diff')
  .map(({ text, heading }) => {
    const [header = '', ...lines] = text.trimEnd().split('\n')
    const side = (sign: string) =>
      lines
        .filter((line) => line[0] === ' ' || line[0] === sign)
        .map((line) => `${line.slice(1)}\n`)
        .join('')
    return { heading, file: header.replace('--- ', ''), before: side('-'), after: side('+') }
  })

const place = temporaryFolder()
const house = await buildHouse(join(place, 'house'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

function migrated(folder: string, ...words: string[]): MigrateResult {
  const { out, err } = house.tenantize(['migrate', ...words, '--format', 'json'], folder)
  expect(err).toBe('')
  return JSON.parse(out)
}

describe('docs/migrate.md', () => {
  const folder = join(place, 'examples')
  let result: MigrateResult

  beforeAll(() => {
    for (const part of ['rules.json', 'tsconfig.json', 'types', 'src/lib', 'src/types'])
      cpSync(join(root, 'fixtures/crm', part), join(folder, part), { recursive: true })
    for (const { file, before } of examples) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), before)
    }
    result = migrated(folder, '--write', '--verify')
  })

  it.each(examples)('has an example under "$heading" that is a real result', ({ file, after, heading }) => {
    expect(readFileSync(join(folder, file), 'utf8')).toBe(after)
    const rewrites = result.files
      .find((item) => item.file === file)!
      .sites.filter((site) => site.status === 'rewritten')
    if (/^`/.test(heading)) expect(rewrites.map((site) => `\`${site.rewrite}\``)).toContain(heading)
  })

  it('has a section for each rewrite', () => {
    const { files } = migrated(join(house.folder, 'fixtures/crm'))
    const done = files
      .flatMap((file) => file.sites)
      .filter((site) => site.status === 'rewritten')
      .map((site) => site.rewrite)
    const headings = Array.from(
      section(guide, 'The rewrites').matchAll(/^### `(.*)`$/gm),
      ([, name]) => name!,
    )
    expect(headings).toEqual(expect.arrayContaining([...new Set(done)]))
    // A section without an example that does it would be a promise; the examples are run above.
    for (const heading of headings) expect(section(guide, `\`${heading}\``), heading).toMatch(/^```diff$/m)
  })

  it('explains every reason of the hard cases', () => {
    const known = Array.from(
      section(guide, 'Needs review').matchAll(/^\| `([^`]+)` \|/gm),
      ([, reason]) =>
        new RegExp(
          `^${reason!.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.+')}(?: \\(.*:\\d+\\)| \\(line \\d+\\))?$`,
        ),
    )
    const { files } = migrated(join(house.folder, 'fixtures/crm-edges'))
    const reasons = files
      .flatMap((file) => file.sites)
      .flatMap((site) => (site.status === 'needs-review' ? [site.reason!] : []))
    expect(reasons.length).toBeGreaterThan(20)
    expect([...new Set(reasons)].filter((reason) => !known.some((pattern) => pattern.test(reason)))).toEqual(
      [],
    )
  })
})
