import type { Command } from 'commander'
import { formatsFor } from '../../report/index.ts'
import { reportFormats } from '../report.ts'

/** What a shell can complete: commands with their options and the values these take. */
export interface CommandWords {
  readonly name: string
  readonly description: string
  readonly options: readonly OptionWords[]
  /** Words that the command's first argument may be; files where there are none. */
  readonly values: readonly string[]
}

export interface OptionWords {
  /** `--format` */
  readonly flag: string
  readonly description: string
  readonly repeatable: boolean
  readonly takes: 'nothing' | 'file' | 'text' | readonly string[]
}

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** Reads the commands off the program itself, so that nothing has to be kept in step. */
export function commandWords(program: Command): CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: firstClause(command.description()),
    options: [
      ...command.options.map((option) => ({
        flag: option.long!,
        description: option.description,
        repeatable: Array.isArray(option.defaultValue),
        takes: takes(command.name(), option),
      })),
      {
        flag: '--help',
        description: 'the options of this command',
        repeatable: false,
        takes: 'nothing' as const,
      },
    ],
    values: command.registeredArguments[0]?.argChoices ?? [],
  }))
}

function takes(
  command: string,
  option: {
    readonly long?: string | undefined
    readonly required: boolean
    readonly flags: string
    readonly argChoices?: string[] | undefined
  },
): OptionWords['takes'] {
  if (!option.required) return 'nothing'
  if (option.argChoices) return option.argChoices
  if (option.long === '--format') return formatNames(command)
  return /<(?:file|dir|config)>/.test(option.flags) ? 'file' : 'text'
}

function formatNames(command: string): readonly string[] {
  if (command === 'lint' || command === 'migrate') return formatsFor(command)
  return command === 'report' ? reportFormats : ['pretty', 'json']
}

function firstClause(description: string): string {
  return description.split(/[;:]/)[0]!
}
