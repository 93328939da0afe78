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

/** Looks at the code as it is now. */
export async function lintOnce(directory: string | undefined, options: LintRunOptions): Promise<LintRun> {
  const located = locate(directory, options.rules)
  const revisions = revisionsOf(located, options)
  if (!revisions) return lintWorkTree(located)
  const project = await openedState(located, openState(located, revisions.now))
  assertNamesFound(project)
  const traced = traceRecorded(project)
  const sql = await sqlOf(project)
  const before = await lintBefore(located, revisions, project, traced, sqlOf)
  return {
    ...judged(project, traced.trace, sql),
    changes: { files: revisions.changed, before, decisive: decisive(located, revisions) },
  }
}

async function lintWorkTree(located: Located): Promise<LintRun> {
  const repository = new Repository(located.root, { includes: located.includes })
  startThreads(repository.files.length)
  const project = await openLocated(located, repository)
  assertNamesFound(project)
  const { rules, classifier, dialects } = project
  const traced = await traceForLint(repository, rules, classifier, { dialects })
  return judged(project, traced, await sqlOf(project))
}

async function openedState<R extends Repository>(
  located: Located,
  repository: R,
): Promise<Project & { readonly repository: R }> {
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
