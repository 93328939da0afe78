import { lint } from '../lint/lint.ts'
import { migrate } from '../migrate/migrate.ts'
import { assertAsPlanned, planFile, readPlan } from '../migrate/plan-file.ts'
import { reversedRules } from '../migrate/reversed.ts'
import { Repository } from '../repo/repository.ts'
import { createClassifier } from '../rules/classify.ts'
import { trace } from '../trace/trace.ts'
import { EXIT_CLEAN, EXIT_FOUND } from './exit.ts'
import { readText, writeText } from './files.ts'
import { askTerminal, choose } from './interactive.ts'
import { choiceOf, filesOfRules } from './migrate-choice.ts'
import { checkFormats, type OutputOptions, type Terminal, wantsColor, writeResult } from './output.ts'
import { watchParsing } from './progress.ts'
import { assertNamesFound, type Located, locate, openLocated, type Project } from './project.ts'
import { tellUnread } from './unread.ts'
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
  /** `reads`, `writes`, rules, globs. */
  readonly only: readonly string[]
  /** A file to write what would be done into, and one to do it from. */
  readonly plan?: string
  readonly apply?: string
  readonly interactive?: boolean
  readonly reverse?: boolean
}

/** `tenantize migrate [dir]` */
export async function migrateCommand(
  directory: string | undefined,
  options: MigrateCommandOptions,
  terminal: Terminal,
  questions: (terminal: Terminal) => ReturnType<typeof askTerminal> = askTerminal,
): Promise<number> {
  checkFormats('migrate', options.format)
  checkCombination(options)
  const choice = choiceOf(options.only)
  const planned = options.apply === undefined ? undefined : readPlan(readText(options.apply), options.apply)
  const located = locate(directory, options.rules)
  const opened = await openLocated(located, new Repository(located.root, { includes: located.includes }))
  const project = options.reverse ? backward(opened) : opened
  const { repository, rules, classifier } = project
  const progress = options.quiet ? undefined : terminal.progress
  watchParsing(repository, progress)
  const writes = options.write || options.apply !== undefined || options.interactive === true
  if (writes && !options.allowDirty) await assertClean(project.root)
  assertNamesFound(project)
  const touched = options.since === undefined ? undefined : await touchedSince(located, options.since)
  const found = filesOfRules(
    choice,
    () =>
      lint(trace(repository, rules, { dialects: project.dialects }), rules, classifier, { startedAt: 0 })
        .findings,
  )
  const chosen = planned && new Set(planned.map(({ file }) => file))
  const wanted = (file: string) =>
    project.inScope(file) &&
    [touched, found, chosen].every((files) => files?.has(file) ?? true) &&
    (choice.file?.(file) ?? true)
  const run = (only: (file: string) => boolean, verify: boolean) =>
    migrate(repository, rules, classifier, {
      startedAt: 0,
      verify,
      only,
      ...(choice.effect ? { effect: choice.effect } : {}),
      diffPath: project.diffPath,
      dialects: project.dialects,
      onStep: (what) => progress?.step(`${what} …`, true),
    })
  let migration = await run(wanted, options.verify ?? (writes && !options.interactive))
  if (planned) assertAsPlanned(planned, migration.changes, repository, options.apply!)
  if (options.plan !== undefined) {
    writeText(options.plan, `${JSON.stringify(planFile(migration, repository), null, 2)}\n`)
    terminal.err(
      `${options.plan}: ${migration.changes.size} files; set "apply" to false for what should stay, then run \`tenantize migrate --apply ${options.plan}\`\n`,
    )
  }
  if (!options.quiet) tellUnread(project, terminal)
  let edited: ReadonlyMap<string, string> = new Map()
  if (options.interactive) {
    const asking = questions(terminal)
    const color = wantsColor(terminal, options.color)
    const taken = await choose(migration, repository, terminal, color, asking.ask).finally(asking.close)
    edited = taken.edited
    migration = await run(
      (file) => wanted(file) && taken.files.has(repository.absolute(file)),
      options.verify ?? true,
    )
    if (edited.size > 0)
      terminal.err('What you have edited is written as you left it; it was not type-checked.\n')
  }
  const { result, changes } = migration
  if (writes) {
    const { writeAll } = await import('../migrate/write.ts')
    writeAll(
      [...changes].map(([path, change]) => ({
        path,
        text: edited.get(path) ?? change.after,
        original: change.before,
      })),
    )
  }
  await writeResult(writes ? { ...result, written: true } : result, options, terminal, {
    readSource: (file) => repository.text(repository.absolute(file)),
    repoPath: project.repoPath,
  })
  return options.check && (changes.size > 0 || result.summary.needsReview > 0 || result.summary.errors > 0)
    ? EXIT_FOUND
    : EXIT_CLEAN
}

/** @throws UsageError for options that contradict each other */
function checkCombination(options: MigrateCommandOptions): void {
  const named = {
    '--write': options.write,
    '--dry-run': options.dryRun,
    '--check': options.check,
    '--plan': options.plan !== undefined,
    '--apply': options.apply !== undefined,
    '--interactive': options.interactive,
  }
  const given = Object.entries(named).flatMap(([name, value]) => (value ? [name] : []))
  const allowed = given.every((name) => ['--dry-run', '--check', '--plan'].includes(name))
  if (given.length > 1 && !allowed) throw new UsageError(`${given[0]} and ${given[1]} exclude each other`)
}

/** The same code base, to be brought back to one database. */
function backward(project: Project): Project {
  const rules = reversedRules(project.rules)
  if (!rules) throw new UsageError('--reverse: the rules name no database that every tenant shares')
  return { ...project, rules, classifier: createClassifier(rules) }
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
