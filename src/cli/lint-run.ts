import { join } from 'node:path'
import { lint } from '../lint/lint.ts'
import type { LintResult } from '../lint/result.ts'
import { startThreads, traceForLint } from '../lint/sharded.ts'
import { discover, discoverSql } from '../repo/discover.ts'
import { Repository } from '../repo/repository.ts'
import { WatchedRepository } from '../repo/watched.ts'
import { createClassifier } from '../rules/classify.ts'
import type { SqlFacts } from '../sql/facts.ts'
import { storedRecords } from '../trace/record-file.ts'
import { Cache } from './cache.ts'
import { assertNamesFound, type Located, locate, openLocated, type Project } from './project.ts'
import {
  decisive,
  lintBefore,
  openState,
  type RevisionOptions,
  revisionsOf,
  traceRecorded,
} from './revisions.ts'
import { UsageError } from './usage-error.ts'

export interface LintRunOptions extends RevisionOptions {
  readonly rules?: string
  /** Whether to keep what is found for the next run. */
  readonly cache?: boolean
  readonly cacheLocation?: string
  /** Files that `lint --shard` wrote: the facts of all parts. */
  readonly parts?: readonly string[]
  /** Whether more is asked of the project than its result. */
  readonly live?: boolean
}

/** What the code says, before the baseline. */
export interface LintRun {
  readonly project: Project
  readonly result: LintResult
  /** Files of SQL that were read, relative to the root. */
  readonly sqlFiles: ReadonlySet<string>
  /** How many files were looked at, where others were known. */
  readonly renewed?: number
  /** What the run is to be restricted to. */
  readonly changes?: {
    readonly files: ReadonlySet<string>
    /** What was found before; undefined where that can't be told. */
    readonly before: LintResult | undefined
    /** The file because of which it can't be told. */
    readonly decisive: string | undefined
  }
}

/**
 * Looks at the code as it is now.
 * @param opened is shown the files before they are looked at
 */
export async function lintOnce(
  directory: string | undefined,
  options: LintRunOptions,
  opened: (repository: Repository) => void = () => {},
): Promise<LintRun> {
  const located = locate(directory, options.rules)
  if (options.parts) {
    const { project, trace } = await (await import('./parts.ts')).mergedTrace(located, options.parts)
    return judged(project, trace, await sqlOf(project))
  }
  if (options.cache && located.rules.dialects.length === 0) return lintCached(located, options, opened)
  return (await lintRevisions(located, options, opened)) ?? lintWorkTree(located, opened)
}

/**
 * Looks at the code as it is now, with what is kept of the last run. (Rules with dialects of the team's own are judged
 * without: what these come from, nobody knows.)
 */
async function lintCached(
  located: Located,
  { cacheLocation, live }: LintRunOptions,
  opened: (repository: Repository) => void,
): Promise<LintRun> {
  const { root, includes } = located
  const found = discover(root)
  const cache = new Cache(located, found, cacheLocation)
  const contentOf = (file: string) => cache.contents.idOf(file)
  const kept = live ? undefined : cache.result(located.scope)
  if (kept) {
    const repository = new Repository(root, { includes, found })
    const project = { ...located, classifier: createClassifier(located.rules), repository, dialects: [] }
    return {
      project,
      result: kept,
      sqlFiles: new Set(located.rules.sql.length > 0 ? discoverSql(root) : []),
      renewed: 0,
    }
  }
  const { looks, earlier } = cache.records()
  const repository = new WatchedRepository(root, { includes, found, looks, contentOf })
  const project = await openedState(located, repository, opened)
  assertNamesFound(project)
  const traced = traceRecorded(project, earlier)
  const run = judged(project, traced.trace, await sqlOf(project))
  // A file that could not be read may be readable the next time, and look the same.
  if (found.sources.every((path) => contentOf(join(root, path)) !== undefined))
    keep(cacheLocation, () =>
      cache.write(
        located.scope,
        run.result,
        storedRecords(root, traced.files, looks, (question) => repository.answer(question)),
      ),
    )
  return { ...run, renewed: traced.renewed }
}

/** A place of one's own choice has to be writable; without the usual one the next run is slower. */
function keep(location: string | undefined, write: () => void): void {
  try {
    write()
  } catch (error) {
    if (location !== undefined)
      throw new UsageError(`${location}: can't be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** Looks at the code with what it was before; undefined when nobody asked for that. */
export async function lintRevisions(
  located: Located,
  options: RevisionOptions,
  opened: (repository: Repository) => void = () => {},
): Promise<LintRun | undefined> {
  const revisions = revisionsOf(located, options)
  if (!revisions) return undefined
  const project = await openedState(located, openState(located, revisions.now), opened)
  assertNamesFound(project)
  const traced = traceRecorded(project)
  const sql = await sqlOf(project)
  const before = await lintBefore(located, revisions, project, traced, sqlOf)
  return {
    ...judged(project, traced.trace, sql),
    changes: { files: revisions.changed, before, decisive: decisive(located, revisions) },
  }
}

async function lintWorkTree(located: Located, opened: (repository: Repository) => void): Promise<LintRun> {
  const repository = new Repository(located.root, { includes: located.includes })
  startThreads(repository.files.length)
  opened(repository)
  const project = await openLocated(located, repository)
  assertNamesFound(project)
  const { rules, classifier, dialects } = project
  const traced = await traceForLint(repository, rules, classifier, { dialects })
  return judged(project, traced, await sqlOf(project))
}

async function openedState<R extends Repository>(
  located: Located,
  repository: R,
  opened: (repository: Repository) => void,
): Promise<Project & { readonly repository: R }> {
  opened(repository)
  return { ...(await openLocated(located, repository)), repository }
}

/** Neither the parser nor the code that reads SQL is loaded for those who have none. */
async function sqlOf({ repository, rules }: Project): Promise<SqlFacts | undefined> {
  return rules.sql.length > 0 ? (await import('../sql/index.ts')).sqlFacts(repository, rules) : undefined
}

function judged(project: Project, traced: Parameters<typeof lint>[0], sql: SqlFacts | undefined): LintRun {
  const { rules, classifier, inScope } = project
  return {
    project,
    result: lint(traced, rules, classifier, { startedAt: 0, only: inScope, ...(sql ? { sql } : {}) }),
    sqlFiles: new Set(sql?.files.map(({ file }) => file)),
  }
}
