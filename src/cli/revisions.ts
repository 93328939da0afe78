import { basename, relative, sep } from 'node:path'
import { lint, needsEvidence } from '../lint/lint.ts'
import type { LintResult } from '../lint/result.ts'
import { discover } from '../repo/discover.ts'
import { type Revisions, type State, sinceCommit, stagedRevisions } from '../repo/revisions.ts'
import { WatchedRepository } from '../repo/watched.ts'
import { compileGlobs } from '../rules/glob.ts'
import type { Rules } from '../rules/model.ts'
import type { SqlFacts } from '../sql/facts.ts'
import { type RecordedTrace, type Records, traceByRecords } from '../trace/records.ts'
import { type Located, openLocated, type Project } from './project.ts'
import { UsageError } from './usage-error.ts'

export interface RevisionOptions {
  /** A commit: what changed since. */
  readonly since?: string
  /** What is staged counts, and not the work tree. */
  readonly staged?: boolean
}

/** @throws UsageError for options that contradict each other */
export function checkRevisionOptions({ since, staged }: RevisionOptions): void {
  if (since !== undefined && staged) throw new UsageError('--since and --staged exclude each other')
}

/** The states of a code base that were asked for; undefined when it is the work tree alone. */
export function revisionsOf({ root }: Located, { since, staged }: RevisionOptions): Revisions | undefined {
  if (since === undefined && !staged) return undefined
  const found = discover(root)
  return since === undefined ? stagedRevisions(root, found) : sinceCommit(root, found, since)
}

/** A state of a code base, open. */
export function openState({ root, includes }: Located, state: State): WatchedRepository {
  return new WatchedRepository(root, { includes, ...state })
}

/** Traces a project and keeps what the trace came from. */
export function traceRecorded(
  { repository, rules, classifier, dialects }: Project & { readonly repository: WatchedRepository },
  earlier?: Records,
): RecordedTrace {
  return traceByRecords(repository, rules, {
    dialects,
    wants: (access) => needsEvidence(access, classifier, rules),
    earlier,
  })
}

/**
 * What was found before a change. Only what the change can have to do with is looked at again.
 * @param now the project as it is, and its trace
 * @param sql the SQL of the code base, when the rules give some to a database
 * @returns undefined when the change is of a kind that may change every verdict
 */
export async function lintBefore(
  located: Located,
  revisions: Revisions,
  now: Project & { readonly repository: WatchedRepository },
  traced: RecordedTrace,
  sql: ((project: Project) => Promise<SqlFacts | undefined>) | undefined,
): Promise<LintResult | undefined> {
  if (decisive(located, revisions) !== undefined) return undefined
  const { overlay } = revisions.before
  const repository = new WatchedRepository(located.root, {
    includes: located.includes,
    ...revisions.before,
    contentOf: (file) =>
      overlay.get(file) === revisions.now.overlay.get(file) ? now.repository.content(file) : undefined,
  })
  const project = { ...(await openLocated(located, repository)), repository }
  const names = (list: Project['dialects']) => list.map(({ name }) => name).join()
  const earlier =
    names(project.dialects) === names(now.dialects)
      ? { files: traced.files, answer: (question: string) => now.repository.answer(question) }
      : undefined
  const { trace } = traceRecorded(project, earlier)
  const facts = await sql?.(project)
  return lint(trace, located.rules, project.classifier, {
    startedAt: 0,
    only: located.inScope,
    ...(facts ? { sql: facts } : {}),
  })
}

/** A file whose change may change the verdict on every other one. */
export function decisive(located: Located, { changed }: Revisions): string | undefined {
  return [...changed].find((path) => decides(located, path))
}

function decides({ root, rules }: Located, path: string): boolean {
  const name = basename(path)
  return (
    name === '.gitignore' ||
    name === 'package.json' ||
    /(?:ts|js)config.*\.json$/.test(name) ||
    name.endsWith('.prisma') ||
    compileGlobs(rules.sql.map(({ files }) => files))(path) ||
    path === relative(root, rules.file).split(sep).join('/') ||
    isOwnDialect(rules, path)
  )
}

/** A module of the team's own that reads the code, with whatever lies beside it. */
function isOwnDialect(rules: Rules, path: string): boolean {
  return rules.dialects.some(({ module }) => path.endsWith(module.replace(/^(?:\.{1,2}\/)+/, '')))
}
