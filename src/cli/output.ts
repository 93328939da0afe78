import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type FormatName, formats, formatsFor, type Result } from '../report/index.ts'
import { nearest } from '../rules/nearest.ts'
import { UsageError } from './usage-error.ts'

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
}

/** Colours when a person looks and nobody said no. */
export function wantsColor(terminal: Terminal, asked: boolean): boolean {
  if (!asked || terminal.env.NO_COLOR) return false
  if (terminal.env.FORCE_COLOR && terminal.env.FORCE_COLOR !== '0') return true
  return terminal.isTTY && terminal.env.TERM !== 'dumb'
}

/** Writes a result in every format asked for: to its file, or to standard output for the formats beyond the files. */
export async function writeResult(
  result: Result,
  options: OutputOptions,
  terminal: Terminal,
  readSource: (file: string) => string | undefined,
  version: string,
): Promise<void> {
  const names = options.format.length > 0 ? options.format : ['pretty']
  const known = formatsFor(result.command)
  for (const name of names) {
    if ((known as string[]).includes(name)) continue
    const meant = nearest(name, known)
    throw new UsageError(
      `there is no format \`${name}\` for ${result.command}${meant ? `; did you mean \`${meant}\`?` : ''} (known: ${known.join(', ')})`,
    )
  }
  if (options.output.length > names.length)
    throw new UsageError('there are more --output files than --format names')
  for (const [index, name] of names.entries()) {
    const file = options.output[index]
    const reporter = await formats[name as FormatName]()
    const text = reporter(result, {
      color: file === undefined && wantsColor(terminal, options.color),
      width: terminal.columns,
      readSource,
      quiet: options.quiet,
      version,
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
}

/** @throws UsageError for a format that does not exist, before any work is done */
export function checkFormats(command: Result['command'], names: readonly string[]): void {
  const known = formatsFor(command) as string[]
  for (const name of names) {
    if (known.includes(name)) continue
    const meant = nearest(name, known)
    throw new UsageError(
      `there is no format \`${name}\` for ${command}${meant ? `; did you mean \`${meant}\`?` : ''} (known: ${known.join(', ')})`,
    )
  }
}
