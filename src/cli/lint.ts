import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { onlyChanged } from '../lint/changed.ts'
import { changesSince, changesSinceBaseline } from '../lint/compare.ts'
import type { Edit, LintResult } from '../lint/result.ts'
import { type BaselineOptions, checkBaselineOptions, withBaseline } from './baseline.ts'
import { EXIT_CLEAN, EXIT_FOUND } from './exit.ts'
import { type LintRun, lintOnce } from './lint-run.ts'
import { checkFormats, type OutputOptions, type Terminal, writeResult } from './output.ts'
import { watchParsing } from './progress.ts'
import { locate, type Project } from './project.ts'
import { checkRevisionOptions, type RevisionOptions } from './revisions.ts'
import { tellUnread } from './unread.ts'
import { UsageError } from './usage-error.ts'

export type LintCommandOptions = OutputOptions &
  BaselineOptions &
  RevisionOptions & {
    readonly rules?: string
    readonly types?: boolean
    readonly fix?: boolean
    readonly cache?: boolean
    readonly cacheLocation?: string
    readonly watch?: boolean
    /** Which of how many parts of the code base to look at. */
    readonly shard?: string
    readonly parts?: readonly string[]
    /** The result of an earlier state, as JSON. */
    readonly base?: string
  }

/** `tenantize lint [dir]`, and `tenantize merge <part...>`, which has its facts from elsewhere */
export async function lintCommand(
  directory: string | undefined,
  options: LintCommandOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.shard !== undefined) {
    if (options.watch || options.cache || options.since !== undefined || options.staged || options.fix)
      throw new UsageError('--shard goes with none of --watch, --cache, --since, --staged and --fix')
    await (await import('./parts.ts')).writePart(directory, options.shard, options, terminal)
    return EXIT_CLEAN
  }
  if (!options.watch) return lintOn(directory, options, terminal)
  return watchOn(directory, options, terminal)
}

/** Runs again whenever something changes, until it is interrupted. */
async function watchOn(
  directory: string | undefined,
  options: LintCommandOptions,
  terminal: Terminal,
): Promise<never> {
  if (options.since !== undefined || options.staged || options.fix)
    throw new UsageError('--watch goes with none of --since, --staged and --fix')
  const [{ nextChange }, { temporaryFile }] = await Promise.all([
    import('./watch.ts'),
    import('./temporary-file.ts'),
  ])
  const cacheLocation = options.cache ? options.cacheLocation : temporaryFile('facts.json')
  const own = new Set(
    [...options.output, ...(cacheLocation === undefined ? [] : [cacheLocation])].map((file) => resolve(file)),
  )
  let located = locate(directory, options.rules)
  for (;;) {
    // What changes during a run calls for another one.
    const change = nextChange(located, own)
    try {
      located = locate(directory, options.rules)
      await lintOn(
        directory,
        { ...options, cache: true, ...(cacheLocation === undefined ? {} : { cacheLocation }) },
        terminal,
      )
    } catch (error) {
      // Half-written rules are no reason to stop watching.
      if ((error as Error).name !== 'RulesError') throw error
      terminal.err(`${(error as Error).message}\n`)
    }
    terminal.err('Watching for changes; stop with Ctrl+C\n')
    await change
  }
}

async function lintOn(
  directory: string | undefined,
  options: LintCommandOptions,
  terminal: Terminal,
): Promise<number> {
  checkFormats('lint', options.format)
  checkBaselineOptions(options)
  checkRevisionOptions(options)
  if (options.cacheLocation !== undefined && !options.cache)
    throw new UsageError('--cache-location belongs to --cache')
  if (options.cache && (options.since !== undefined || options.staged))
    throw new UsageError('--cache keeps what the work tree says; it goes with neither --since nor --staged')
  const base = options.base === undefined ? undefined : readBase(options.base)
  // A result that was kept has no code base behind it that these could ask.
  const live = options.types === true || options.fix === true || options.format.includes('sarif')
  const look = () =>
    lintOnce(directory, { ...options, live }, (repository) =>
      watchParsing(repository, options.quiet ? undefined : terminal.progress),
    )
  let run = await look()
  if (options.fix && (await removeSuppressions(run, options, terminal))) run = await look()
  const { project, sqlFiles } = run
  const typed = options.types ? await withTypes(project, run.result) : run.result
  const judged = withBaseline(project, typed, options, terminal)
  const result = run.changes ? onlyChanged(judged, run.changes.before, run.changes.files) : judged
  if (run.changes?.decisive !== undefined && !options.quiet)
    terminal.err(`${run.changes.decisive} changed, which may change every verdict: all findings are shown\n`)
  if (!options.quiet) tellUnread(project, terminal)
  const fixes = options.format.includes('sarif')
    ? await (await import('./fixes.ts')).fixesOf(project)
    : undefined
  const since = base
    ? changesSince(base, result, (file) => existsSync(project.repository.absolute(file)))
    : changesSinceBaseline(result)
  const changes = since ? { changes: since } : {}
  await writeResult(result, options, terminal, {
    readSource: (file) =>
      sqlFiles.has(file) || project.repository.has(project.repository.absolute(file))
        ? project.repository.text(project.repository.absolute(file))
        : undefined,
    repoPath: project.repoPath,
    ...(fixes ? { fixOf: fixes } : {}),
    ...changes,
  })
  return result.summary.errors > 0 ? EXIT_FOUND : EXIT_CLEAN
}

/** @throws UsageError for a file that is no result of `lint --format json` */
function readBase(file: string): LintResult {
  let value: Partial<LintResult> | undefined
  try {
    value = JSON.parse(readFileSync(resolve(file), 'utf8'))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new UsageError(`${file}: ${code ? `can't be read (${code})` : 'this is no JSON'}`)
  }
  if (value?.version !== 1 || value.command !== 'lint' || !Array.isArray(value.findings))
    throw new UsageError(`${file}: this is no result of \`tenantize lint --format json\``)
  return { ...(value as LintResult), silenced: value.silenced ?? [] }
}

/** Takes out the comments that suppress nothing: all files or none. */
async function removeSuppressions(
  { project, result }: LintRun,
  { quiet }: LintCommandOptions,
  terminal: Terminal,
): Promise<boolean> {
  const { repository } = project
  const edits = new Map<string, Edit[]>()
  for (const { file, edit } of result.findings) if (edit) edits.set(file, [...(edits.get(file) ?? []), edit])
  if (edits.size === 0) return false
  const [{ writeAll }, { edited }] = await Promise.all([
    import('../migrate/write.ts'),
    import('../lint/unsuppress.ts'),
  ])
  writeAll(
    Array.from(edits, ([file, list]) => {
      const path = repository.absolute(file)
      const original = repository.text(path)
      return { path, original, text: edited(original, list) }
    }),
  )
  const count = result.findings.filter(({ edit }) => edit).length
  if (!quiet)
    terminal.err(
      `${count} ${count === 1 ? 'suppression' : 'suppressions'} removed in ${edits.size} ${edits.size === 1 ? 'file' : 'files'}\n`,
    )
  return true
}

/** Adds to every trail that ends what the compiler calls the value it ends at. */
async function withTypes({ root, repository }: Project, result: LintResult): Promise<LintResult> {
  const lost = result.findings.filter((finding) => finding.rule === 'unresolved-client')
  if (lost.length === 0) return result
  const { receiverTypes } = await import('../trace/types.ts')
  const places = lost.map(({ file, range }) => {
    const path = repository.absolute(file)
    return {
      file: path,
      offset: range.start.offset - (repository.text(path).charCodeAt(0) === 0xfeff ? 1 : 0),
    }
  })
  const types = await receiverTypes(root, places)
  const findings = result.findings.map((finding) => {
    const type = types[lost.indexOf(finding)]
    if (type === undefined) return finding
    const { line, column } = finding.range.start
    const evidence = [
      ...finding.evidence,
      { file: finding.file, line, column, message: `its type is \`${type}\`` },
    ]
    return { ...finding, evidence }
  })
  return { ...result, findings }
}
