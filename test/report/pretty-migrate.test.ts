import { describe, expect, it } from 'vitest'
import { summaryLine } from '../../src/report/index.ts'
import { pretty } from '../../src/report/pretty.ts'
import { hasColor, left, migrateResult, options, updated } from './results.ts'

const reference = { routes: 122, updated: 103, skippedApp: 12, alreadyUpdated: 7, needsReview: 0, errors: 0 }
const files = [
  updated('src/app/api/accounts/route.ts'),
  left('src/app/api/webhooks/route.ts', 'no tenant id in scope: a webhook has no session'),
  left('src/app/api/webhooks/route.ts', 'the table is decided at run time', { line: 9, table: undefined }),
  { ...updated('src/lib/accounts.ts'), route: false },
  {
    file: 'src/app/api/bad/route.ts',
    route: true,
    status: 'error',
    sites: [],
    diff: '',
    reason: 'Unexpected token (3:1)',
  },
] as const

describe('the summary line', () => {
  it('has the words and figures of the reference system', () => {
    expect(summaryLine(migrateResult([], reference))).toBe(
      'Total routes: 122 · Updated: 103 · Skipped (app DB): 12 · Already updated: 7 · Errors: 0',
    )
  })

  it('has what needs review before the errors, when there is any', () => {
    expect(summaryLine(migrateResult([], { ...reference, needsReview: 3 }))).toBe(
      'Total routes: 122 · Updated: 103 · Skipped (app DB): 12 · Already updated: 7 · Needs review: 3 · Errors: 0',
    )
  })
})

describe('a report of a migration', () => {
  it('shows the diff, the summary, what needs a person, whether it was verified, and what to do next', () => {
    const text = pretty(migrateResult(files), options())
    expect(text).toMatchInlineSnapshot(`
      "--- a/src/app/api/accounts/route.ts
      +++ b/src/app/api/accounts/route.ts
      @@ -1,3 +1,3 @@
       export async function GET() {
      -  const db = createClient()
      +  const db = await tenant(id)
       }

      --- a/src/lib/accounts.ts
      +++ b/src/lib/accounts.ts
      @@ -1,3 +1,3 @@
       export async function GET() {
      -  const db = createClient()
      +  const db = await tenant(id)
       }

      Total routes:              4
      Updated:                   1
      Skipped (app DB):          0
      Already updated:           0
      Needs review:              2
      Errors:                    1
      Also updated (not routes): 1

      Needs review
        src/app/api/webhooks/route.ts:2:9  accounts  no tenant id in scope: a webhook has no session
        src/app/api/webhooks/route.ts:9:9  -  the table is decided at run time

      Errors
        src/app/api/bad/route.ts  Unexpected token (3:1)

      Not verified: the types are checked by --verify, and before anything is written.
      Total routes: 4 · Updated: 1 · Skipped (app DB): 0 · Already updated: 0 · Needs review: 2 · Errors: 1
      Next: \`tenantize migrate --write\` writes 2 files; change 2 sites by hand; \`tenantize explain src/app/api/webhooks/route.ts:2\` says why; look at 1 file with errors.
      "
    `)
    expect(hasColor(text)).toBe(false)
  })

  it('has one label on each line of the summary', () => {
    const lines = pretty(migrateResult([], { ...reference, needsReview: 3 }), options()).split('\n')
    expect(lines.slice(0, 6)).toEqual([
      'Total routes:     122',
      'Updated:          103',
      'Skipped (app DB):  12',
      'Already updated:    7',
      'Needs review:       3',
      'Errors:             0',
    ])
  })

  it('ends with the summary line and what to do next', () => {
    const result = migrateResult(files)
    const lines = pretty(result, options()).trimEnd().split('\n')
    expect(lines.at(-2)).toBe(summaryLine(result))
    expect(lines.at(-1)).toMatch(/^Next: /)
  })

  it.each<[string, Parameters<typeof migrateResult>[1], string]>([
    ['a dry run', {}, 'Not verified: the types are checked by --verify, and before anything is written.'],
    ['a dry run that verified', { verified: true }, 'Verified: the rewritten files have no new type error.'],
    ['a run that wrote unverified', { written: true }, 'Not verified: the types were not checked.'],
  ])('says whether it was verified: %s', (_case, overrides, expected) => {
    expect(pretty(migrateResult(files, overrides), options()).split('\n')).toContain(expected)
  })

  it('says what comes after writing', () => {
    const text = pretty(migrateResult([updated('a.ts')], { written: true, verified: true }), options())
    expect(text).toContain('Next: review and commit 1 file, then run `tenantize lint`.')
  })

  it('says so when there is nothing to do', () => {
    expect(pretty(migrateResult([]), options())).toMatchInlineSnapshot(`
      "Total routes:     0
      Updated:          0
      Skipped (app DB): 0
      Already updated:  0
      Needs review:     0
      Errors:           0

      Not verified: the types are checked by --verify, and before anything is written.
      Total routes: 0 · Updated: 0 · Skipped (app DB): 0 · Already updated: 0 · Errors: 0
      Next: nothing is left to rewrite; \`tenantize lint\` keeps it that way.
      "
    `)
  })

  it('leaves the diff out when quiet', () => {
    const text = pretty(migrateResult(files), options({ quiet: true }))
    expect(text).not.toContain('+++')
    expect(text).toContain('Total routes')
  })

  it('colours the diff, and a removed line that looks like a header as removed', () => {
    const text = pretty(
      migrateResult([updated('a.ts', '-- one\ntwo\r\n', '++ one\ntwo\n')]),
      options({ color: true }),
    )
    expect(text).toContain('\u001b[1m--- a/a.ts\u001b[22m')
    expect(text).toContain('\u001b[31m--- one\u001b[39m')
    expect(text).toContain('\u001b[32m+++ one\u001b[39m')
    expect(text).toContain('\u001b[31m-two\u001b[39m\r\n')
    expect(text).toContain('\u001b[36m@@ -1,2 +1,2 @@\u001b[39m')
  })

  it('has the same words in colour', () => {
    const colored = pretty(migrateResult(files), options({ color: true }))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are what is taken out
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(pretty(migrateResult(files), options()))
  })
})
