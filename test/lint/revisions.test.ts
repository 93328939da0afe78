import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lintOnce } from '../../src/cli/lint-run.ts'
import { onlyChanged } from '../../src/lint/changed.ts'
import type { Finding } from '../../src/lint/result.ts'
import { changesSince } from '../../src/repo/git.ts'
import { fixtures } from '../support/cases.ts'
import { anyEdit, makeEdit, sharedQueries } from '../support/edits.ts'

let root: string

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: root,
    stdio: 'pipe',
  })

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tenantize-since-'))
  cpSync(join(fixtures, 'crm'), root, { recursive: true })
  writeFileSync(join(root, 'src/lib/shared-queries.ts'), sharedQueries)
  git('init', '-q')
  git('config', 'core.autocrlf', 'false')
  git('add', '-A')
  git('commit', '-qm', 'all')
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** What a run on all files says; undefined when the rules' clients are gone. */
async function whole() {
  try {
    return (await lintOnce(root, {})).result
  } catch (error) {
    if ((error as Error).name !== 'RulesError') throw error
    return undefined
  }
}

const identity = ({ fingerprint, severity, database }: Finding) =>
  JSON.stringify([fingerprint, severity, database?.actual, database?.expected])

describe('--since', () => {
  test('says what a run on all files says, restricted to what changed: 200 edits', async () => {
    let base = (await whole())!
    let edits = 0
    let elsewhere = 0
    let compared = 0
    await fc.assert(
      fc.asyncProperty(fc.array(anyEdit, { minLength: 1, maxLength: 4 }), async (made) => {
        if (edits >= 200) return
        for (const edit of made) makeEdit(root, edit)
        edits += made.length
        const now = await whole()
        if (now) {
          const run = await lintOnce(root, { since: 'HEAD' })
          expect(run.result.findings).toEqual(now.findings)
          expect(run.result.summary).toEqual({ ...now.summary, durationMs: expect.any(Number) })
          const shown = onlyChanged(run.result, run.changes!.before, run.changes!.files)
          // The same by another way: both whole runs, and a list of the files that git names.
          const changed = new Set(changesSince(root, 'HEAD').map(({ path }) => path))
          const left = base.findings.map(identity)
          const expected = now.findings.filter((finding) => {
            const at = left.indexOf(identity(finding))
            if (at !== -1) left.splice(at, 1)
            return at === -1 || changed.has(finding.file)
          })
          expect(shown.findings).toEqual(expected)
          compared++
          elsewhere += expected.filter(({ file }) => !changed.has(file)).length
        }
        if (!now || edits % 10 < 3) {
          if (!now) git('checkout', '-q', 'HEAD', '--', '.')
          git('add', '-A')
          git('commit', '-qm', 'more', '--allow-empty')
          base = (await whole())!
        }
      }),
      { numRuns: 150, seed: 4, endOnFailure: true },
    )
    expect(edits).toBeGreaterThanOrEqual(200)
    expect(compared).toBeGreaterThan(50)
    // The property would be easy if no change ever mattered elsewhere.
    expect(elsewhere).toBeGreaterThan(20)
  }, 300_000)
})
