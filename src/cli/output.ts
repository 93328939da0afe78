import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Changes } from '../lint/compare.ts'
import type { Finding } from '../lint/result.ts'
import {
  type Fix,
  type FormatName,
  formats,
  formatsFor,
  problemCount,
  type Result,
  summaryLine,
} from '../report/index.ts'
import { nearest } from '../rules/nearest.ts'
import { formatNames } from './default-format.ts'
import type { Progress } from './progress.ts'
import { UsageError } from './usage-error.ts'
import { version } from './version.ts'

export interface OutputOptions {
  readonly format: readonly string[]
  readonly output: readonly string[]
  readonly quiet: boolean
  readonly color: boolean
}

/** Streams and surroundings of a run, handed in so that a run can be watched. */
export interface Terminal {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly isTTY: boolean
  readonly columns: number
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where a person can watch; undefined where nobody does. */
  readonly progress?: Pick<Progress, 'step' | 'clear'>
}

/** Colours when a person looks and nobody said no. */
export function wantsColor(terminal: Terminal, asked: boolean): boolean {
  if (!asked || terminal.env.NO_COLOR) return false
  if (terminal.env.FORCE_COLOR && terminal.env.FORCE_COLOR !== '0') return true
  return terminal.isTTY && terminal.env.TERM !== 'dumb'
}

/** What a report may need to know of the code base. */
export interface Sources {
  /** The text of a file, named as in the result. */
  readonly readSource: (file: string) => string | undefined
  /** Its path from the top of the git repository. */
  readonly repoPath: (file: string) => string
  /** What would repair a finding; made only when a format that carries it was asked for. */
  readonly fixOf?: (finding: Finding) => Fix | undefined
  readonly changes?: Changes
}

/** Writes a result in every format asked for: to its file, or to standard output for the formats beyond the files. */
export async function writeResult(
  result: Result,
  options: OutputOptions,
  terminal: Terminal,
  sources: Sources,
): Promise<void> {
  const names = formatNames(options, terminal)
  checkFormats(result.command, names)
  if (options.output.length > names.length)
    throw new UsageError('there are more --output files than --format names')
  for (const [index, name] of names.entries()) {
    const file = options.output[index]
    const reporter = await formats[name as FormatName]()
    const text = reporter(result, {
      color: file === undefined && wantsColor(terminal, options.color),
      width: terminal.columns,
      quiet: options.quiet,
      version,
      ...sources,
    })
    if (file === undefined) terminal.out(text)
    else {
      try {
        writeFileSync(resolve(file), text)
      } catch (error) {
        throw new UsageError(`${file}: can't be written (${(error as NodeJS.ErrnoException).code})`)
      }
    }
  }
  // With every report in a file, a person would see nothing at all.
  if (options.output.length === names.length && !options.quiet)
    terminal.err(`${outcome(result)} (written to ${options.output.join(', ')})\n`)
}

function outcome(result: Result): string {
  return result.command === 'lint' ? problemCount(result.summary) : summaryLine(result)
}

/** @throws UsageError for a format that does not exist, before any work is done */
export function checkFormats(command: Result['command'], names: readonly string[]): void {
  const known = formatsFor(command) as string[]
  for (const name of names)
    if (!known.includes(name)) throw new UsageError(unknownFormat(name, command, known))
}

/** What to say of a format that a command does not have. */
export function unknownFormat(name: string, command: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  return `there is no format \`${name}\` for ${command}${meant ? `; did you mean \`${meant}\`?` : ''} (known: ${known.join(', ')})`
}
