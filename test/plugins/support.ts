/** Every case of fixtures/ as a program of its own, and what the command line says of it. */
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openProject } from '../../src/cli/project.ts'
import { lint } from '../../src/lint/lint.ts'
import type { Finding } from '../../src/lint/result.ts'
import { migrate } from '../../src/migrate/migrate.ts'
import { sqlFacts } from '../../src/sql/index.ts'
import { trace } from '../../src/trace/trace.ts'
import { caseNames, fixtures } from '../support/cases.ts'

export interface Case {
  readonly name: string
  readonly root: string
  readonly findings: readonly Finding[]
  /** What migrate writes, by absolute path. */
  readonly changes: ReadonlyMap<string, string>
}

/** Copies all cases below a folder and asks lint and migrate about each. */
export async function casesIn(folder: string): Promise<Case[]> {
  const cases: Case[] = []
  for (const name of caseNames()) {
    const root = join(folder, name)
    cpSync(join(fixtures, name, 'input'), root, { recursive: true })
    const { repository, rules, classifier, dialects } = await openProject(root, undefined)
    const sql = await sqlFacts(repository, rules)
    const { findings } = lint(trace(repository, rules, { dialects }), rules, classifier, {
      startedAt: 0,
      ...(sql ? { sql } : {}),
    })
    const { changes } = await migrate(repository, rules, classifier, {
      startedAt: 0,
      verify: false,
      dialects,
    })
    cases.push({
      name,
      root,
      findings,
      changes: new Map([...changes].map(([file, { after }]) => [file, after])),
    })
  }
  return cases
}

/** Every file below a folder that may hold code, by absolute path. */
export function textsBelow(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[mc]?[jt]sx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(files.sort().map((file) => [file, readFileSync(file, 'utf8')]))
}
