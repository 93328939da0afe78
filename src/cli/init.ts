import { existsSync, realpathSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { dialects } from '../dialects/index.ts'
import type { Proposal } from '../init/proposal.ts'
import { propose, undecided } from '../init/propose.ts'
import { type Ask, proposeWithAnswers } from '../init/questions.ts'
import { survey } from '../init/survey.ts'
import { count } from '../init/words.ts'
import { writeRules } from '../init/write.ts'
import { EXIT_CLEAN } from './exit.ts'
import { writeText } from './files.ts'
import type { Terminal } from './output.ts'
import { UsageError } from './usage-error.ts'

export interface InitCommandOptions {
  readonly yes: boolean
  readonly output?: string
  readonly print: boolean
  readonly force: boolean
}

/** A person who can be asked, until `close`. */
export interface Questions {
  readonly ask: Ask
  readonly close: () => void
}

/** `tenantize init [dir]` */
export async function initCommand(
  directory: string | undefined,
  options: InitCommandOptions,
  terminal: Terminal,
  questions: () => Questions | undefined = () => questionsIn(terminal),
): Promise<number> {
  const asked = resolve(directory ?? '.')
  if (!existsSync(asked)) throw new UsageError(`${directory}: there is no such folder`)
  const root = realpathSync(asked)
  if (!statSync(root).isDirectory()) throw new UsageError(`${directory}: this is no folder`)
  const file = options.output === undefined ? join(root, 'rules.json') : resolve(options.output)
  const shown = relative(process.cwd(), file) || file
  if (!options.print && existsSync(file) && !options.force)
    throw new UsageError(`${shown} exists already; --force replaces it, --print shows the proposal`)
  const found = await survey(root, dialects)
  const supported = new Set(dialects.map((dialect) => dialect.name))
  const interactive = options.yes || options.print ? undefined : questions()
  try {
    const proposal = interactive
      ? await proposeWithAnswers(found, supported, interactive.ask)
      : propose(found, supported)
    if (options.print) terminal.out(writeRules(proposal))
    else if (
      !interactive ||
      /^(?:y|yes|)$/i.test(await interactive.ask(`${summary(proposal)}\nWrite ${shown}? [Y/n] `))
    ) {
      writeText(file, writeRules(proposal))
      terminal.out(`${shown}: ${summary(proposal)}\n`)
      terminal.out(
        undecided(proposal).length > 0
          ? `Next: decide in ${shown} what is left open; then \`tenantize migrate\` shows what would change.\n`
          : 'Next: `tenantize migrate` shows what would change.\n',
      )
    }
    terminal.err(leftToDecide(proposal))
  } finally {
    interactive?.close()
  }
  return EXIT_CLEAN
}

function summary({ app, tenant, routes, sources }: Proposal): string {
  const active = (entries: Proposal['sources']) => entries.filter((entry) => !entry.disabled).length
  return [
    `app: ${count(active(app.clients), 'client')}, ${count(app.tables.length, 'table')}`,
    `tenant: ${count(active(tenant.clients), 'client')}, ${count(tenant.tables.length, 'table')}`,
    count(routes.length, 'route rule'),
    count(active(sources), 'tenant id source'),
  ].join('; ')
}

/** What the proposal could not decide, one line each. */
function leftToDecide(proposal: Proposal): string {
  const open = undecided(proposal)
  const label = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  const lines = [
    ...proposal.notes,
    ...open.map(({ where, entry }) => `${where}: ${label(entry.value)}: ${entry.decide}`),
  ]
  return lines.length === 0
    ? ''
    : `${count(lines.length, 'thing')} to decide:\n${lines.map((line) => `  ${line}\n`).join('')}`
}

/** Questions in the terminal; undefined when nobody sits at it. */
function questionsIn(terminal: Terminal): Questions | undefined {
  if (!terminal.isTTY || !process.stdin.isTTY) return undefined
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  return { ask: async (question) => (await lines.question(question)).trim(), close: () => lines.close() }
}
