import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openProject } from '../../src/cli/project.ts'
import { type Explanation, explain } from '../../src/lint/explain.ts'
import { lint } from '../../src/lint/lint.ts'
import { explanation } from '../../src/report/explanation.ts'
import { sqlFacts } from '../../src/sql/index.ts'
import { trace } from '../../src/trace/trace.ts'
import { caseNames, fixtures } from '../support/cases.ts'

const programs = [...caseNames().map((name) => join(name, 'input')), 'crm', 'crm-edges']

async function opened(name: string) {
  const project = await openProject(join(fixtures, name), undefined)
  const { repository, rules, classifier, dialects } = project
  const traced = trace(repository, rules, { dialects })
  const sql = await sqlFacts(repository, rules)
  const at = (file: string, line: number): Explanation =>
    explain(traced, rules, classifier, file, line, () => new Map(), sql)
  const textOf = (file: string) => readFileSync(repository.absolute(file), 'utf8').split('\n')
  return { ...project, traced, sql, at, textOf }
}

describe.each(programs)('explain in %s', (name) => {
  test('leads from every call to where its client is made, in steps that are there, with a verdict', async () => {
    const { traced, at, textOf } = await opened(name)
    const counted = new Map<string, number>()
    for (const access of traced.accesses) {
      const { file, range, clients, unresolved } = access.fact
      const start = access.fact.nameRange?.start ?? range.start
      const told = at(file, range.start.line).accesses.filter(
        (item) => item.line === start.line && item.column === start.column,
      )
      expect(told.length, `${file}:${start.line}`).toBeGreaterThan(0)
      counted.set(name, (counted.get(name) ?? 0) + 1)
      for (const { chain, verdicts } of told) {
        expect(verdicts.length).toBeGreaterThan(0)
        for (const { reason } of verdicts) expect(reason).not.toBe('')
        for (const step of chain) {
          const line = textOf(step.file)[step.line - 1]
          expect(line, `${step.file}:${step.line}`).toBeDefined()
          expect(line!.length, `${step.file}:${step.line}:${step.column}`).toBeGreaterThanOrEqual(step.column)
        }
      }
      const places = told.flatMap(({ chain }) =>
        chain.map((step) => `${step.file}:${step.line}:${step.column}`),
      )
      for (const { origin } of clients)
        expect(places).toContain(`${origin.file}:${origin.line}:${origin.column}`)
      if (unresolved) expect(places).toContain(`${unresolved.file}:${unresolved.line}:${unresolved.column}`)
      // A client that is made in another file has come from there in some way.
      for (const { chain } of told) {
        const [first] = chain
        if (!unresolved && first && first.file !== file) expect(first.message).toMatch(/here|passed/)
      }
    }
    expect(counted.get(name) ?? 0).toBe(traced.accesses.length)
  })

  test('has every finding on its line', async () => {
    const { traced, rules, classifier, sql, at } = await opened(name)
    const { findings } = lint(traced, rules, classifier, { startedAt: 0, ...(sql ? { sql } : {}) })
    for (const { file, range, rule, message } of findings)
      expect(at(file, range.start.line).findings).toContainEqual(
        expect.objectContaining({ rule, message, line: range.start.line }),
      )
  })
})

describe('explain in SQL files', () => {
  const withSql = programs.filter((name) => name.startsWith('sql/') && !name.includes('no-sql'))

  test.each(withSql)('%s: of every line, the database, the tables and the findings', async (name) => {
    const { sql, at, textOf, rules } = await opened(name)
    expect(sql).toBeDefined()
    for (const file of sql!.files.filter((item) => item.file.endsWith('.sql')))
      for (const [index] of textOf(file.file).entries()) {
        const told = at(file.file, index + 1)
        expect(told.sql).toMatchObject({ database: file.database })
        expect(rules.sql.map((entry) => entry.files)).toContain(told.sql?.decided)
        const text = explanation(told, false)
        expect(text).toContain(`SQL of ${file.database}`)
        for (const { rule } of told.findings) expect(text).toContain(rule)
      }
    const uses = sql!.files.flatMap((file) =>
      file.facts.flatMap((fact) =>
        fact.does === 'run' ? fact.contents.uses.map((use) => ({ file: file.file, use })) : [],
      ),
    )
    for (const { file, use } of uses) {
      const named = at(file, use.range.start.line).sql?.tables ?? []
      expect(named.map(({ line, column }) => `${line}:${column}`)).toContain(
        `${use.range.start.line}:${use.range.start.column}`,
      )
    }
  })

  test('says of a file that the rules give to no database that it is not read', async () => {
    const { at } = await opened('sql/no-sql-in-the-rules/input')
    expect(explanation(at('supabase/0001_app.sql', 1), false)).toContain('no entry of `sql`')
  })
})
