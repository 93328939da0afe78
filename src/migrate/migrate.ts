import type { Dialect, Effect } from '../dialects/dialect.ts'
import { isRouteFile } from '../lint/routes.ts'
import type { Repository } from '../repo/repository.ts'
import type { Classifier } from '../rules/classify.ts'
import type { Rules } from '../rules/model.ts'
import { type Trace, trace } from '../trace/trace.ts'
import type { FileStatus, MigrateFile, MigrateResult, MigrateSite } from './result.ts'
import { settle } from './settle.ts'
import { unifiedDiff } from './unified.ts'

export interface MigrateOptions {
  readonly startedAt: number
  /** Type-checks the change before it is believed. */
  readonly verify: boolean
  /** Moves only what reads, or only what writes. */
  readonly effect?: Effect
  /** Restricts the rewrite and the report to these files. */
  readonly only?: (file: string) => boolean
  /** The path of a file in diffs, given its path relative to the root. */
  readonly diffPath?: (file: string) => string
  readonly dialects?: readonly Dialect[]
  /** Told what is begun that takes its time. */
  readonly onStep?: (what: string) => void
}

/** The result, and the texts that would be written. */
export interface Migration {
  readonly result: MigrateResult
  readonly changes: ReadonlyMap<string, { readonly before: string; readonly after: string }>
  /** Absolute paths of files whose changes belong together: all or none. */
  readonly connected: readonly (readonly string[])[]
}

/** Plans the migration of a code base and proves it; writes nothing. */
export async function migrate(
  repository: Repository,
  rules: Rules,
  classifier: Classifier,
  options: MigrateOptions,
): Promise<Migration> {
  const before = trace(repository, rules, options.dialects ? { dialects: options.dialects } : {})
  const settled = await settle(before, rules, classifier, options)
  const files = filesOf(before, classifier, settled.changes, settled.sites, options)
  const routes = files.filter((file) => file.route)
  const count = (status: FileStatus) => routes.filter((file) => file.status === status).length
  const sites = files.flatMap((file) => file.sites)
  const result: MigrateResult = {
    version: 1,
    command: 'migrate',
    summary: {
      routes: routes.length,
      updated: count('updated'),
      skippedApp: count('skipped-app'),
      alreadyUpdated: count('already-updated'),
      needsReview: sites.filter((site) => site.status === 'needs-review').length,
      errors: files.filter((file) => file.status === 'error').length,
      sites: sites.length,
      updatedOther: files.filter((file) => !file.route && file.status === 'updated').length,
      durationMs: Math.round(performance.now() - options.startedAt),
      verified: settled.verified,
    },
    files,
    written: false,
  }
  return { result, changes: settled.changes, connected: settled.connected }
}

function filesOf(
  before: Trace,
  classifier: Classifier,
  changes: Migration['changes'],
  sites: ReadonlyMap<string, readonly MigrateSite[]>,
  options: MigrateOptions,
): MigrateFile[] {
  const { repository, rules } = before.program
  const isRoute = isRouteFile(repository.files, classifier)
  const broken = new Map(before.facts.broken.map((problem) => [problem.file, problem]))
  const creates = new Map<string, Set<string>>()
  for (const creation of before.facts.creations)
    creates.set(creation.file, (creates.get(creation.file) ?? new Set()).add(creation.database))
  const files: MigrateFile[] = []
  const listed = new Set([
    ...repository.files.filter(isRoute),
    ...sites.keys(),
    ...broken.keys(),
    ...[...changes.keys()].map((file) => repository.relative(file)),
  ])
  for (const file of [...listed].sort()) {
    if (options.only && !options.only(file)) continue
    const own = [...(sites.get(file) ?? [])].sort((a, b) => a.line - b.line || a.column - b.column)
    const change = changes.get(repository.absolute(file))
    const route = classifier.route(file)
    const database = rules.databases.find((item) => item.name === route?.database)
    const problem = broken.get(file)
    const tenantUse = [...(creates.get(file) ?? []), ...own.map((site) => site.from)].some((name) =>
      rules.databases.some((item) => item.name === name && item.perTenant),
    )
    const status: FileStatus = problem
      ? 'error'
      : change
        ? 'updated'
        : own.some((site) => site.status === 'needs-review')
          ? 'needs-review'
          : isRoute(file) && database && !database.perTenant
            ? 'skipped-app'
            : isRoute(file) && tenantUse
              ? 'already-updated'
              : 'unchanged'
    files.push({
      file,
      route: isRoute(file),
      status,
      sites: own,
      diff: change ? unifiedDiff(options.diffPath?.(file) ?? file, change.before, change.after) : '',
      ...(problem ? { reason: problem.message } : {}),
    })
  }
  return files
}
