import { lint } from '../lint/lint.ts'
import type { LintResult } from '../lint/result.ts'
import { startThreads, traceForLint } from '../lint/sharded.ts'
import { Repository } from '../repo/repository.ts'
import type { SqlFacts } from '../sql/facts.ts'
import { assertNamesFound, type Located, locate, openLocated, type Project } from './project.ts'
import {
  decisive,
  lintBefore,
  openState,
  type RevisionOptions,
  revisionsOf,
  traceRecorded,
} from './revisions.ts'

export interface LintRunOptions extends RevisionOptions {
  readonly rules?: string
}

/** What the code says, before the baseline. */
export interface LintRun {
  readonly project: Project
  readonly result: LintResult
  /** Files of SQL that were read, relative to the root. */
  readonly sqlFiles: ReadonlySet<string>
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
  return (await lintRevisions(located, options, opened)) ?? lintWorkTree(located, opened)
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
