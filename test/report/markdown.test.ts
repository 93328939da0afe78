import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changesSince, changesSinceBaseline } from '../../src/lint/compare.ts'
import type { Finding } from '../../src/lint/result.ts'
import { byFolder } from '../../src/report/folders.ts'
import { markdown } from '../../src/report/markdown.ts'
import { type RuleName, ruleNames } from '../../src/rules/model.ts'
import { finding, left, lintResult, migrateResult, updated } from './results.ts'

const routes = (count: number, folder = 'src/app/api') =>
  Array.from({ length: count }, (_, i) => updated(`${folder}/r${i}/route.ts`))

describe('a migration', () => {
  it('shows the summary, what needs a person, the folders and the diffs', () => {
    const result = migrateResult(
      [
        updated('src/app/api/accounts/route.ts'),
        left(
          'src/app/api/hook/route.ts',
          'no tenant id: a | webhook has no `session_id`\nand <none> to *insert*',
        ),
        { ...updated('src/lib/accounts.ts'), route: false },
        {
          file: 'src/bad|name.ts',
          route: false,
          status: 'error',
          sites: [],
          diff: '',
          reason: 'Unexpected token',
        },
      ],
      { verified: true },
    )
    expect(markdown(result)).toMatchInlineSnapshot(`
      "## Tenant databases: 1 of 2 routes to be updated

      | Summary | Count |
      | --- | ---: |
      | Total routes | 2 |
      | Updated | 1 |
      | Skipped (app DB) | 0 |
      | Already updated | 0 |
      | Needs review | 1 |
      | Errors | 1 |
      | Also updated (not routes) | 1 |

      Total routes: 2 · Updated: 1 · Skipped (app DB): 0 · Already updated: 0 · Needs review: 1 · Errors: 1

      Verified: the rewritten files have no new type error.

      ### Errors

      | File | Why |
      | --- | --- |
      | \`src/bad\\|name.ts\` | Unexpected token |

      ### Needs review: 1 site

      | Place | Table | Why |
      | --- | --- | --- |
      | \`src/app/api/hook/route.ts:2\` | \`accounts\` | no tenant id: a \\| webhook has no \`session_id\` and &lt;none> to \\*insert\\* |

      ### Rewritten, by folder

      | Folder | Files | Sites |
      | --- | ---: | ---: |
      | \`src/app/api/accounts\` | 1 | 1 |
      | \`src/lib\` | 1 | 1 |

      ### Diffs

      <details><summary><code>src/app/api/accounts/route.ts</code></summary>

      \`\`\`diff
      --- a/src/app/api/accounts/route.ts
      +++ b/src/app/api/accounts/route.ts
      @@ -1,3 +1,3 @@
       export async function GET() {
      -  const db = createClient()
      +  const db = await tenant(id)
       }
      \`\`\`

      </details>
      <details><summary><code>src/lib/accounts.ts</code></summary>

      \`\`\`diff
      --- a/src/lib/accounts.ts
      +++ b/src/lib/accounts.ts
      @@ -1,3 +1,3 @@
       export async function GET() {
      -  const db = createClient()
      +  const db = await tenant(id)
       }
      \`\`\`

      </details>
      "
    `)
  })

  it('has no empty sections', () => {
    expect(markdown(migrateResult([]))).toMatchInlineSnapshot(`
      "## Tenant databases: 0 of 0 routes to be updated

      | Summary | Count |
      | --- | ---: |
      | Total routes | 0 |
      | Updated | 0 |
      | Skipped (app DB) | 0 |
      | Already updated | 0 |
      | Needs review | 0 |
      | Errors | 0 |

      Total routes: 0 · Updated: 0 · Skipped (app DB): 0 · Already updated: 0 · Errors: 0

      Not verified: the types are checked by --verify, and before anything is written.
      "
    `)
  })

  it('drops diffs first, and says how many', () => {
    const files = [
      ...routes(900),
      ...Array.from({ length: 200 }, (_, i) => left(`src/hook${i}.ts`, 'no session')),
    ]
    const text = markdown(migrateResult(files))
    expect(text.length).toBeLessThan(65_000)
    expect(text.length).toBeGreaterThan(60_000)
    expect(text).toContain('`src/hook199.ts:2`')
    expect(text).toMatch(
      /\n\d+ diffs left out to keep this short; `tenantize migrate --format diff` prints all\.\n$/,
    )
    expect(text.match(/<details>/g)!.length).toBe(text.match(/<\/details>/g)!.length)
  })

  it('keeps the diffs that fit beside one that does not', () => {
    const huge = updated('huge.ts', 'a\n'.repeat(40_000), 'b\n'.repeat(40_000))
    const text = markdown(migrateResult([huge, updated('small.ts')]))
    expect(text).toContain('<code>small.ts</code>')
    expect(text).toContain('1 diff left out')
  })

  it('is never longer than a comment may be', () => {
    const files = Array.from({ length: 3000 }, (_, i) =>
      left(`${'deep/'.repeat(20)}${i}.ts`, 'x|'.repeat(300)),
    )
    expect(markdown(migrateResult([...files, ...routes(3000)])).length).toBeLessThan(65_000)
  })

  it('fences a diff that holds fences, and has no carriage returns', () => {
    const text = markdown(migrateResult([updated('a.ts', '````\r\none\r\n', '````\r\ntwo\r\n')]))
    expect(text).toContain('`````diff\n')
    expect(text).not.toContain('\r')
  })
})

describe('findings', () => {
  it('has a table for each rule', () => {
    const source = 'one\ntwo\n'
    const result = lintResult([
      finding(source, 'two', { file: 'src/a.ts' }),
      finding(source, 'one', {
        file: 'src/b|c.ts',
        rule: 'unknown-table',
        severity: 'warning',
        message: 'What is `x_y|z`?',
      }),
      finding(source, 'one', { file: 'src/d.ts', table: undefined }),
    ])
    expect(markdown(result)).toMatchInlineSnapshot(`
      "## Tenant databases: 3 problems: 2 errors, 1 warning

      450 files, 166 analysed · 1024 accesses · 312 ms

      ### wrong-database: 2 findings

      | Place | Severity | Table | Message |
      | --- | --- | --- | --- |
      | \`src/a.ts:2\` | error | \`accounts\` | Table "accounts" is in the tenant database, and this client reaches the app database. |
      | \`src/d.ts:1\` | error |  | Table "accounts" is in the tenant database, and this client reaches the app database. |

      ### unknown-table: 1 finding

      | Place | Severity | Table | Message |
      | --- | --- | --- | --- |
      | \`src/b\\|c.ts:1\` | warning | \`accounts\` | What is \`x_y\\|z\`? |
      "
    `)
  })

  it('says so when there is none', () => {
    expect(markdown(lintResult([]))).toMatchInlineSnapshot(`
      "## Tenant databases: No problems

      450 files, 166 analysed · 1024 accesses · 312 ms
      "
    `)
  })

  it('is never longer than a comment may be, and says what is missing', () => {
    const text = markdown(
      lintResult(Array.from({ length: 5000 }, (_, i) => finding('a', 'a', { file: `src/${i}.ts` }))),
    )
    expect(text.length).toBeLessThan(65_000)
    expect(text).toMatch(/… and \d+ more/)
    expect(text).toContain('wrong-database: 5000 findings')
  })
})

describe('folders', () => {
  const names = (files: Parameters<typeof byFolder>[0], most: number) =>
    byFolder(files, most).map(({ folder, files, sites }) => `${folder} ${files} ${sites}`)

  it('opens folders while the list stays short', () => {
    const files = [...routes(3), ...routes(2, 'src/lib'), updated('index.ts')]
    expect(names(files, 10)).toEqual([
      '. 1 1',
      'src/app/api/r0 1 1',
      'src/app/api/r1 1 1',
      'src/app/api/r2 1 1',
      'src/lib/r0 1 1',
      'src/lib/r1 1 1',
    ])
    expect(names(files, 4)).toEqual(['. 1 1', 'src/app/api 3 3', 'src/lib/r0 1 1', 'src/lib/r1 1 1'])
    expect(names(files, 1)).toEqual(['. 6 6'])
    expect(names([], 1)).toEqual(['. 0 0'])
  })

  it('counts every file once, in no more rows than asked for', () => {
    const part = fc.constantFrom('a', 'b', '(c)', '[d]')
    const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => `${parts.join('/')}.ts`)
    fc.assert(
      fc.property(fc.uniqueArray(path), fc.integer({ min: 1, max: 10 }), (paths, most) => {
        const counts = byFolder(
          paths.map((file) => updated(file)),
          most,
        )
        expect(counts.reduce((sum, { files }) => sum + files, 0)).toBe(paths.length)
        expect(counts.length).toBeLessThanOrEqual(most)
        expect(new Set(counts.map(({ folder }) => folder)).size).toBe(counts.length)
      }),
    )
  })
})

describe('lint against another state', () => {
  const one = (file: string, fingerprint: string, overrides: Partial<Finding> = {}) =>
    finding('a', 'a', { file, fingerprint, ...overrides })
  const table = (text: string) =>
    text.split('\n').filter((line) => /^\| (?:[a-z-]+|\*\*all\*\*) \| \d/.test(line))

  it('tells what changed, and what is new first', () => {
    const base = lintResult([
      one('a.ts', '1-a'),
      one('gone.ts', '2-b'),
      one('c.ts', '4-c', { rule: 'missing-await' }),
    ])
    const now = lintResult([
      one('a.ts', '1-a'),
      one('moved/gone.ts', '2-m'),
      one('b.ts', '5-d', { table: 'fresh' }),
    ])
    const changes = changesSince(base, now, (file) => file !== 'gone.ts')
    const text = markdown(now, { changes })
    expect(text).toContain('### What changed since the base')
    expect(table(text)).toEqual([
      '| wrong-database | 2 | 0 | 1 | 3 |',
      '| missing-await | 1 | 1 | 0 | 0 |',
      '| **all** | 3 | 1 | 1 | 3 |',
    ])
    const [fresh, rest] = text.slice(text.indexOf('### New since')).split('<details>')
    expect(fresh).toContain('`fresh`')
    expect(rest).toContain('2 findings that were there before</summary>')
    expect(rest).toContain('`moved/gone.ts:1`')
    expect(rest).toContain('</details>')
  })

  it('compares with the baseline where there is nothing else', () => {
    const known = { ...one('a.ts', '1-a'), silencedBy: 'baseline' as const }
    const stale = one('tenantize-baseline.json', '9-z', { rule: 'stale-baseline', about: 'missing-await' })
    const now = lintResult([one('b.ts', '5-d'), stale], { baselined: 1 }, [known])
    const changes = changesSinceBaseline(now)!
    expect(table(markdown(now, { changes }))).toEqual([
      '| wrong-database | 1 | 0 | 1 | 2 |',
      '| missing-await | 1 | 1 | 0 | 0 |',
      '| **all** | 2 | 1 | 1 | 2 |',
    ])
    expect(changesSinceBaseline(lintResult([one('b.ts', '5-d')]))).toBeUndefined()
  })

  it('counts before, fixed, new and now so that they add up, and stays under the limit', () => {
    const findings = fc.uniqueArray(
      fc.tuple(
        fc.constantFrom('a.ts', 'b.ts', 'c.ts'),
        fc.nat(20),
        fc.constantFrom(...ruleNames.slice(0, 3)),
      ),
      { selector: ([file, number]) => `${number}-${file}` },
    )
    const result = (list: readonly (readonly [string, number, RuleName])[]) =>
      lintResult(
        list.map(([file, number, rule]) =>
          one(file, `${ruleNames.indexOf(rule)}.${number}-${file[0]}`, { rule }),
        ),
      )
    fc.assert(
      fc.property(findings, findings, fc.constantFrom('', 'a.ts'), (before, after, gone) => {
        const changes = changesSince(result(before), result(after), (file) => file !== gone)
        for (const row of changes.rules) expect(row.before - row.fixed + row.added).toBe(row.now)
        const sum = (pick: 'before' | 'now') => changes.rules.reduce((total, row) => total + row[pick], 0)
        expect([sum('before'), sum('now')]).toEqual([before.length, after.length])
        expect(changes.added).toHaveLength(changes.rules.reduce((total, row) => total + row.added, 0))
      }),
    )
    const many = Array.from({ length: 3000 }, (_, at) =>
      one(`f${at}.ts`, `${at}-a`, { message: 'x'.repeat(300) }),
    )
    const changes = changesSince(lintResult(many.slice(1500)), lintResult(many), () => true)
    expect(markdown(lintResult(many), { changes }).length).toBeLessThan(65_536)
  })
})
