import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { github } from '../../src/report/github.ts'
import { fixtures, update } from '../support/cases.ts'
import { run } from '../support/cli.ts'
import { annotationsOf, asText } from './annotations.ts'
import { results } from './arbitrary.ts'
import { finding, left, lintResult, migrateResult, options } from './results.ts'

const expected = fileURLToPath(new URL('crm-annotations.txt', import.meta.url))

describe('annotations of the demo application', () => {
  it('are those that GitHub would show', async () => {
    const { status, stdout } = await run('lint', join(fixtures, 'crm'), '--format', 'github')
    const found = annotationsOf(stdout)
    if (update) writeFileSync(expected, asText(found))
    expect(asText(found)).toBe(readFileSync(expected, 'utf8'))
    expect(status).toBe(1)
    const root = fileURLToPath(new URL('../..', import.meta.url))
    for (const { path, start_line } of found) {
      expect(existsSync(join(root, path)), path).toBe(true)
      expect(readFileSync(join(root, path), 'utf8').split('\n').length).toBeGreaterThanOrEqual(start_line)
    }
  })
})

describe('github', () => {
  it('is read back by the runner as it was meant, whatever the texts hold', () => {
    fc.assert(
      fc.property(results, (result) => {
        const found = annotationsOf(github(result, options({ quiet: true })))
        expect(found).toHaveLength(result.findings.length)
        for (const [at, one] of result.findings.entries()) {
          const { start, end } = one.range
          expect(found[at]).toMatchObject({
            annotation_level: one.severity === 'error' ? 'failure' : 'warning',
            path: one.file,
            start_line: start.line,
            end_line: end.line,
            title: `tenantize: ${one.rule}`,
            message: one.message,
          })
          expect(found[at]!.start_column).toBe(start.line === end.line ? start.column : undefined)
        }
      }),
    )
  })

  it('names files from the top of the repository, and tells the trail', () => {
    const source = "db.from('accounts')"
    const one = finding(source, "'accounts'", {
      evidence: [{ file: 'lib/db.ts', line: 3, column: 1, message: 'made here' }],
    })
    const [shown] = annotationsOf(
      github(lintResult([one]), options({ repoPath: (file) => `apps/web/${file}` })),
    )
    expect(shown).toMatchObject({ path: `apps/web/${one.file}`, start_column: 9, end_column: 19 })
    expect(shown!.message).toBe(`${one.message}\n↳ lib/db.ts:3 made here`)
  })

  it('ends with the figures', () => {
    expect(github(lintResult([]), options())).toMatch(/^No problems \(.*\)\n$/)
  })

  it('of migrate warns where a person is needed', () => {
    const log = github(migrateResult([left('a.ts', 'no session: 100%')]), options())
    expect(annotationsOf(log)).toEqual([
      {
        annotation_level: 'warning',
        path: 'a.ts',
        start_line: 2,
        end_line: 2,
        start_column: 9,
        title: 'tenantize: needs review',
        message: 'no session: 100%',
      },
    ])
  })
})
