import { migrate } from '../migrate/migrate.ts'
import { Repository } from '../repo/repository.ts'
import { EXIT_CLEAN, EXIT_FOUND } from './exit.ts'
import { checkFormats, type OutputOptions, type Terminal, writeResult } from './output.ts'
import { watchParsing } from './progress.ts'
import { assertNamesFound, type Located, locate, openLocated } from './project.ts'
import { UsageError } from './usage-error.ts'

export type MigrateCommandOptions = OutputOptions & {
  readonly rules?: string
  readonly write?: boolean
  readonly dryRun?: boolean
  readonly check?: boolean
  readonly verify?: boolean
  readonly allowDirty: boolean
  /** A commit: only what changed since, and whatever that changed the verdict on. */
  readonly since?: string
  readonly only?: string
}

/** `tenantize migrate [dir]` */
export async function migrateCommand(
  directory: string | undefined,
  options: MigrateCommandOptions,
  terminal: Terminal,
): Promise<number> {
  checkFormats('migrate', options.format)
  if (options.write && options.dryRun) throw new UsageError('--write and --dry-run exclude each other')
  if (options.write && options.check) throw new UsageError('--write and --check exclude each other')
  const located = locate(directory, options.rules)
  const project = await openLocated(located, new Repository(located.root, { includes: located.includes }))
  const progress = options.quiet ? undefined : terminal.progress
  watchParsing(project.repository, progress)
  if (options.write && !options.allowDirty) await assertClean(project.root)
  assertNamesFound(project)
  const touched = options.since === undefined ? undefined : await touchedSince(located, options.since)
  const { result, changes } = await migrate(project.repository, project.rules, project.classifier, {
    startedAt: 0,
    verify: options.verify ?? options.write ?? false,
    only: touched ? (file) => project.inScope(file) && touched.has(file) : project.inScope,
    ...effectOf(options.only),
    diffPath: project.diffPath,
    dialects: project.dialects,
    onStep: (what) => progress?.step(`${what} …`, true),
  })
  if (options.write) {
    const { writeAll } = await import('../migrate/write.ts')
    writeAll([...changes].map(([path, change]) => ({ path, text: change.after, original: change.before })))
  }
  const shown = options.write ? { ...result, written: true } : result
  await writeResult(shown, options, terminal, {
    readSource: (file) => project.repository.text(project.repository.absolute(file)),
    repoPath: project.repoPath,
  })
  return options.check && (changes.size > 0 || result.summary.needsReview > 0 || result.summary.errors > 0)
    ? EXIT_FOUND
    : EXIT_CLEAN
}

/** Files that changed since a commit, and those with a finding that was not there. */
async function touchedSince(located: Located, since: string): Promise<ReadonlySet<string> | undefined> {
  const [{ lintRevisions }, { onlyChanged }] = await Promise.all([
    import('./lint-run.ts'),
    import('../lint/changed.ts'),
  ])
  const run = await lintRevisions(located, { since })
  if (!run?.changes?.before) return undefined
  const { files, before } = run.changes
  const { findings } = onlyChanged(run.result, before, files)
  return new Set([...files, ...findings.map(({ file }) => file)])
}

/** `--only reads`, `--only writes` */
function effectOf(only: string | undefined): { effect?: 'read' | 'write' } {
  if (only === undefined) return {}
  if (only === 'reads') return { effect: 'read' }
  if (only === 'writes') return { effect: 'write' }
  throw new UsageError(`--only takes reads or writes, not ${only}`)
}

/** @throws UsageError when git knows of changes that are not committed */
async function assertClean(root: string): Promise<void> {
  const { dirtyFiles } = await import('../migrate/worktree.ts')
  const tree = await dirtyFiles(root)
  if (tree.dirty.length === 0) return
  const shown = tree.dirty.slice(0, 5).join(', ')
  throw new UsageError(
    `the work tree has uncommitted changes (${shown}${tree.dirty.length > 5 ? `, and ${tree.dirty.length - 5} more` : ''}); commit or stash them, or say --allow-dirty`,
  )
}
