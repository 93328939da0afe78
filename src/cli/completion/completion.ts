import type { Command } from 'commander'
import type { Terminal } from '../output.ts'
import { bash } from './bash.ts'
import { fish } from './fish.ts'
import { commandWords, type Shell } from './words.ts'
import { zsh } from './zsh.ts'

const scripts = { bash, zsh, fish }

/** `tenantize completion <shell>`: prints a script that the shell reads. */
export function completionCommand(shell: Shell, program: Command, terminal: Terminal): void {
  terminal.out(scripts[shell](commandWords(program)))
}
