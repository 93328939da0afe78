/** The small programs of fixtures/<theme>/<case>, and what the program makes of one of them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openProject, type Project } from '../../src/cli/project.ts'
import { lint } from '../../src/lint/lint.ts'
import type { LintResult } from '../../src/lint/result.ts'
import { type Migration, migrate } from '../../src/migrate/migrate.ts'
import { type Plan, planMigration } from '../../src/migrate/plan.ts'
import { Repository } from '../../src/repo/repository.ts'
import { sqlFacts } from '../../src/sql/index.ts'
import { type Trace, trace } from '../../src/trace/trace.ts'

export const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url))

/** With `UPDATE=1`, what is expected is written anew instead of compared; look at the difference before committing it. */
export const update = Boolean(process.env.UPDATE)

/** Folders of every case, as `theme/case`. A case has an `input` folder. */
export function caseNames(): string[] {
  const folders = (path: string) =>
    readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  return folders(fixtures)
    .flatMap((theme) => folders(join(fixtures, theme)).map((name) => `${theme}/${name}`))
    .filter((name) => existsSync(join(fixtures, name, 'input')))
    .sort()
}

/** A program before and after its migration, and after a second one. */
export interface Outcome {
  readonly project: Project
  readonly before: Trace
  readonly found: LintResult
  readonly plan: Plan
  readonly migration: Migration
  readonly after: Repository
  readonly left: LintResult
  readonly second: Migration
}

export async function migrateCase(root: string): Promise<Outcome> {
  const project = await openProject(root, undefined)
  const { rules, classifier, repository, dialects } = project
  const before = trace(repository, rules, { dialects })
  const sql = await sqlFacts(repository, rules)
  const migration = await migrate(repository, rules, classifier, { startedAt: 0, verify: false, dialects })
  const texts = new Map([...migration.changes].map(([file, change]) => [file, change.after]))
  const after = new Repository(root, { before: repository, overlay: texts })
  return {
    project,
    before,
    found: lint(before, rules, classifier, { startedAt: 0, ...(sql ? { sql } : {}) }),
    plan: planMigration(before, rules, classifier),
    migration,
    after,
    left: lint(trace(after, rules, { dialects }), rules, classifier, { startedAt: 0 }),
    second: await migrate(after, rules, classifier, { startedAt: 0, verify: false, dialects }),
  }
}

/** Every file below a folder by its path with `/`; none when the folder does not exist. */
export function filesBelow(folder: string): Map<string, string> {
  const found = new Map<string, string>()
  if (!existsSync(folder)) return found
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    found.set(path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8'))
  }
  return new Map([...found].sort())
}

/** Replaces a folder by files; without files there is no folder. */
export function writeFolder(folder: string, files: ReadonlyMap<string, string>): void {
  rmSync(folder, { recursive: true, force: true })
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

export function readJson<T>(file: string): T | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined
}

/** One item a line, so that a change of one is one line of a diff. */
export function writeJson(file: string, items: readonly unknown[]): void {
  if (items.length === 0) rmSync(file, { force: true })
  else writeFileSync(file, `[\n${items.map((item) => `  ${spaced(item)}`).join(',\n')}\n]\n`)
}

function spaced(item: unknown): string {
  return JSON.stringify(item, null, 1).replace(/\n\s*/g, ' ')
}
