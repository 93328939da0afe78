import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import picocolors from 'picocolors'
import type { Migration } from '../migrate/migrate.ts'
import { togetherIn } from '../migrate/plan-file.ts'
import { Module } from '../repo/module.ts'
import type { Repository } from '../repo/repository.ts'
import { coloredDiff } from '../report/pretty-migrate.ts'
import type { Terminal } from './output.ts'
import { UsageError } from './usage-error.ts'

/** Asks a person and gives the answer; undefined when they have gone. */
export type Ask = (question: string) => Promise<string | undefined>

/** What a person took of a migration: absolute paths, with the texts that they changed. */
export interface Taken {
  readonly files: ReadonlySet<string>
  readonly edited: ReadonlyMap<string, string>
}

const help =
  'y take it · n leave it · a take this and all that follow · e edit what is written · q stop here, leave the rest\n'

/** Shows one change after the other and asks what to do about it. Files that belong together are one change. */
export async function choose(
  { changes, connected, result }: Migration,
  repository: Repository,
  terminal: Terminal,
  color: boolean,
  ask: Ask,
): Promise<Taken> {
  const diffs = new Map(result.files.map(({ file, diff }) => [file, diff]))
  const groups = [
    ...new Map(
      [...togetherIn([...changes.keys()], connected).values()].map((group) => [group.join('\n'), group]),
    ).values(),
  ]
  const files = new Set<string>()
  const edited = new Map<string, string>()
  const colors = picocolors.createColors(color)
  let all = false
  for (const [index, group] of groups.entries()) {
    const shown = all
      ? []
      : group.flatMap((path) => coloredDiff(diffs.get(repository.relative(path)) ?? '', colors))
    for (const line of shown) terminal.out(`${line}\n`)
    for (let answer = all ? 'y' : ''; ; ) {
      answer ||=
        (
          await ask(
            `Change ${index + 1} of ${groups.length}${group.length > 1 ? ` (${group.length} files)` : ''}: take it? [y,n,a,e,q,?] `,
          )
        )
          ?.trim()
          .toLowerCase() ?? 'q'
      if (answer === 'q') return { files, edited }
      if (answer === 'n') break
      if (answer === 'a') all = true
      if (answer === 'e' && !editAll(group, changes, edited, terminal)) {
        answer = ''
        continue
      }
      if (['y', 'a', 'e'].includes(answer)) {
        for (const path of group) files.add(path)
        break
      }
      terminal.out(help)
      answer = ''
    }
  }
  return { files, edited }
}

/** Opens each text in the person's editor. @returns false when a text can't be parsed afterwards */
function editAll(
  group: readonly string[],
  changes: Migration['changes'],
  edited: Map<string, string>,
  terminal: Terminal,
): boolean {
  const editor = terminal.env.VISUAL || terminal.env.EDITOR
  if (!editor) {
    terminal.err('there is no editor: set EDITOR\n')
    return false
  }
  for (const path of group) {
    const folder = mkdtempSync(join(tmpdir(), 'tenantize-edit-'))
    const file = join(folder, basename(path))
    try {
      writeFileSync(file, edited.get(path) ?? changes.get(path)!.after, { mode: 0o600 })
      // The variable may hold words besides the program, as in `code --wait`.
      const outcome = spawnSync(`${editor} "$TENANTIZE_FILE"`, {
        shell: true,
        stdio: 'inherit',
        env: { ...terminal.env, TENANTIZE_FILE: file } as NodeJS.ProcessEnv,
      })
      if (outcome.status !== 0)
        throw new UsageError(`the editor ended with ${outcome.status ?? outcome.signal}`)
      const text = readFileSync(file, 'utf8')
      const parsed = Module.parse(path, text)
      if (!(parsed instanceof Module)) {
        terminal.err(`${basename(path)} can't be parsed any more: ${parsed.message}\n`)
        return false
      }
      edited.set(path, text)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return true
}

/** Asks at the terminal. @throws UsageError where nobody sits */
export function askTerminal(terminal: Terminal): { readonly ask: Ask; readonly close: () => void } {
  if (!terminal.isTTY || process.stdin.isTTY !== true)
    throw new UsageError(
      '--interactive needs a terminal; --plan writes the changes into a file to choose from',
    )
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  let gone = false
  lines.once('close', () => {
    gone = true
  })
  return {
    ask: async (question) => (gone ? undefined : lines.question(question).catch(() => undefined)),
    close: () => lines.close(),
  }
}
