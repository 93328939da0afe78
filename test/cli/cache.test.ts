import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LintRun, lintOnce } from '../../src/cli/lint-run.ts'
import { fixtures } from '../support/cases.ts'
import { anyEdit, makeEdit, sharedQueries } from '../support/edits.ts'

let root: string
let cacheLocation: string

beforeEach(() => {
  const place = mkdtempSync(join(tmpdir(), 'tenantize-cache-'))
  root = join(place, 'code')
  cacheLocation = join(place, 'facts.json')
  cpSync(join(fixtures, 'crm'), root, { recursive: true })
  writeFileSync(join(root, 'src/lib/shared-queries.ts'), sharedQueries)
})

afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }))

/** What a run says; the error's words when the rules' clients are gone. */
async function said(options: Parameters<typeof lintOnce>[1]) {
  let run: LintRun
  try {
    run = await lintOnce(root, options)
  } catch (error) {
    if ((error as Error).name !== 'RulesError') throw error
    return (error as Error).message
  }
  return { ...run.result, summary: { ...run.result.summary, durationMs: 0 } }
}

const cached = {
  cache: true,
  get cacheLocation() {
    return cacheLocation
  },
}

describe('--cache', () => {
  test('says what a run without it says, over 200 edits', async () => {
    let edits = 0
    let findings = 0
    await fc.assert(
      fc.asyncProperty(fc.array(anyEdit, { minLength: 1, maxLength: 5 }), async (made) => {
        if (edits >= 200) return
        edits += made.length
        for (const edit of made) makeEdit(root, edit)
        const plain = await said({})
        expect(await said(cached)).toEqual(plain)
        if (typeof plain === 'string') cpSync(join(fixtures, 'crm'), root, { recursive: true })
        else findings += plain.findings.length
        // The second time there is nothing to do.
        if (typeof plain !== 'string') expect(await said(cached)).toEqual(plain)
      }),
      { numRuns: 120, seed: 7, endOnFailure: true },
    )
    expect(edits).toBeGreaterThanOrEqual(200)
    expect(findings).toBeGreaterThan(1000)
  }, 300_000)

  test('looks at what an edit can change, and not at the rest', async () => {
    await said(cached)
    const first = readFileSync(cacheLocation, 'utf8')
    const route = join(root, 'src/app/api/accounts/route.ts')
    writeFileSync(route, readFileSync(route, 'utf8').replace(/\.from\('accounts'\)/, ".from('users')"))
    const { renewed } = await lintOnce(root, cached)
    expect(renewed).toBe(1)
    expect(readFileSync(cacheLocation, 'utf8')).not.toBe(first)
    expect((await lintOnce(root, cached)).renewed).toBe(0)
    // Every route gets its client there.
    const library = join(root, 'src/lib/supabase-client.ts')
    writeFileSync(library, `// moved by a line\n${readFileSync(library, 'utf8')}`)
    expect((await lintOnce(root, cached)).renewed).toBeGreaterThan(80)
  })

  test('a text that changes and keeps size and times is seen', async () => {
    const route = join(root, 'src/app/api/accounts/route.ts')
    const { atime, mtime } = statSync(route)
    await said(cached)
    const text = readFileSync(route, 'utf8')
    writeFileSync(route, text.replace("from('accounts')", "from('tenants_')"))
    utimesSync(route, atime, mtime)
    const plain = await said({})
    expect(await said(cached)).toEqual(plain)
  })

  test('other rules and another configuration are seen', async () => {
    await said(cached)
    const rules = join(root, 'rules.json')
    writeFileSync(
      rules,
      readFileSync(rules, 'utf8').replace('"schema_migrations",', '"schema_migrations", "accounts",'),
    )
    const plain = await said({})
    expect(await said(cached)).toEqual(plain)
    const config = join(root, 'tsconfig.json')
    writeFileSync(config, readFileSync(config, 'utf8').replace('"@/*"', '"~/*"'))
    expect(await said(cached)).toEqual(await said({}))
  })

  test('a cache that is damaged in any way is made anew', async () => {
    const plain = await said({})
    await said(cached)
    const whole = readFileSync(cacheLocation, 'utf8')
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: whole.length - 1 }),
        fc.constantFrom('cut', 'change', 'insert'),
        async (at, how) => {
          const rest =
            how === 'cut' ? '' : how === 'change' ? `~${whole.slice(at + 1)}` : `~\n${whole.slice(at)}`
          writeFileSync(cacheLocation, whole.slice(0, at) + rest)
          expect(await said(cached)).toEqual(plain)
          expect(await said(cached)).toEqual(plain)
        },
      ),
      { numRuns: 25, seed: 1, examples: [[0, 'cut']] },
    )
  }, 120_000)
})
