/** Formats that other programs read: GitLab's, JUnit's, lines of JSON, lines for an agent. */
import { join } from 'node:path'
import fc from 'fast-check'
import { XmlDocument } from 'libxml2-wasm'
import { describe, expect, it } from 'vitest'
import { agent } from '../../src/report/agent.ts'
import { gitlab } from '../../src/report/gitlab.ts'
import { jsonl } from '../../src/report/jsonl.ts'
import { junit } from '../../src/report/junit.ts'
import { fixtures } from '../support/cases.ts'
import { run } from '../support/cli.ts'
import { results } from './arbitrary.ts'
import { finding, left, lintResult, migrateResult, options, updated } from './results.ts'
import { gitlabProblems, junitProblems } from './validate.ts'

const edges = join(fixtures, 'crm-edges')
const lines = (text: string) => text.split('\n').slice(0, -1)

describe('gitlab', () => {
  it('is valid on the edge cases of the demo, with a fingerprint of its own for each finding', async () => {
    const { stdout } = await run('lint', edges, '--format', 'gitlab')
    const issues = JSON.parse(stdout)
    expect(gitlabProblems(issues)).toEqual([])
    expect(issues.length).toBeGreaterThan(50)
    expect(new Set(issues.map((issue: { fingerprint: string }) => issue.fingerprint)).size).toBe(
      issues.length,
    )
    expect(issues[0].location.path).toMatch(/^fixtures\/crm-edges\/src\//)
  })

  it('is valid without findings, and what comments suppress is not in it', () => {
    const one = { ...finding('a', 'a'), silencedBy: 'comment' as const, reason: 'x' }
    expect(JSON.parse(gitlab(lintResult([], {}, [one]), options()))).toEqual([])
  })

  it('refuses a report of another form', () => {
    expect(gitlabProblems([{ description: 'x', severity: 'error' }])).not.toEqual([])
    expect(junitProblems('<testsuites><test/></testsuites>')).not.toEqual([])
  })
})

/** Numbers of a JUnit report, counted by a parser. */
function counts(xml: string) {
  const document = XmlDocument.fromString(xml)
  try {
    const count = (path: string) => document.find(path).length
    const attribute = (name: string) => Number(document.get(`/testsuites/@${name}`)?.content)
    return {
      tests: count('//testcase'),
      failures: count('//failure'),
      skipped: count('//skipped'),
      warnings: count('//testcase/system-out'),
      said: { tests: attribute('tests'), failures: attribute('failures') },
    }
  } finally {
    document.dispose()
  }
}

describe('junit', () => {
  it('is valid on the edge cases of the demo: errors fail, warnings pass, the suppressed are skipped', async () => {
    const { stdout } = await run('lint', edges, '--format', 'junit')
    expect(junitProblems(stdout)).toEqual([])
    const { summary } = JSON.parse((await run('lint', edges, '--format', 'json')).stdout)
    const tests = summary.errors + summary.warnings + summary.suppressed
    expect(counts(stdout)).toEqual({
      tests,
      failures: summary.errors,
      skipped: summary.suppressed,
      warnings: summary.warnings,
      said: { tests, failures: summary.errors },
    })
  })

  it('is valid whatever the texts hold', () => {
    fc.assert(
      fc.property(results, (result) => {
        const xml = junit(result, options())
        expect(junitProblems(xml)).toEqual([])
        const errors = result.findings.filter((one) => one.severity === 'error').length
        expect(counts(xml)).toMatchObject({ failures: errors, skipped: result.silenced.length })
      }),
      { numRuns: 60 },
    )
  })

  it('has one test that passed when there is nothing to say', () => {
    expect(counts(junit(lintResult([]), options()))).toMatchObject({ tests: 1, failures: 0 })
  })
})

describe('jsonl', () => {
  it('has each finding on a line of its own, and the summary on the last', () => {
    fc.assert(
      fc.property(results, (result) => {
        const found = lines(jsonl(result)).map((line) => JSON.parse(line))
        expect(found.map(({ type }) => type)).toEqual([
          ...result.findings.map(() => 'finding'),
          ...result.silenced.map(() => 'silenced'),
          'summary',
        ])
        expect(found.slice(0, result.findings.length)).toEqual(
          result.findings.map((one) => ({ type: 'finding', ...one })),
        )
      }),
    )
  })

  it('of migrate has each file', () => {
    const found = lines(jsonl(migrateResult([updated('a.ts'), left('b.ts', 'why')]))).map((line) =>
      JSON.parse(line),
    )
    expect(found.map(({ type, file }) => file ?? type)).toEqual(['a.ts', 'b.ts', 'summary'])
  })
})

describe('agent', () => {
  it('has one line for each finding, and one with the figures and what to do next', () => {
    fc.assert(
      fc.property(results, (result) => {
        const found = lines(agent(result))
        expect(found).toHaveLength(result.findings.length + 1)
        for (const [at, one] of result.findings.entries())
          expect(found[at]).toContain(
            `:${one.range.start.line}:${one.range.start.column} ${one.severity} ${one.rule}: `,
          )
      }),
    )
    expect(lines(agent(lintResult([finding('a', 'a')]))).at(-1)).toMatch(
      /tenantize migrate.*tenantize explain/,
    )
  })

  it('of migrate says what is rewritten and what needs a person', () => {
    const [first, second, last] = lines(agent(migrateResult([updated('a.ts'), left('b.ts', 'no session')])))
    expect(first).toBe('a.ts to be updated: 1 rewritten')
    expect(second).toBe('b.ts:2:9 needs review: no session')
    expect(last).toContain('Total routes: 2')
  })
})
