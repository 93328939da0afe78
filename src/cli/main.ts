import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander'
import { formatsFor } from '../report/index.ts'
import { EXIT_FAILURE } from './exit.ts'
import type { Terminal } from './output.ts'
import { verbs as tenantVerbs } from './tenants/options.ts'
import { systemTerminal } from './terminal.ts'
import { UsageError } from './usage-error.ts'
import { version } from './version.ts'

const collect = (value: string, list: string[]) => [...list, value]

/**
 * Options that every command on a code base has.
 * @param formats their names, the default first
 */
function common(command: Command, formats: readonly string[]): Command {
  return command
    .option('--rules <file>', 'the rules file (default: rules.json of the folder or the nearest one above)')
    .option('--format <name>', `${formats.join(', ')}; may be repeated`, collect, [])
    .option(
      '--output <file>',
      'write the format with the same position to a file; may be repeated',
      collect,
      [],
    )
    .option('--quiet', 'only what must be said', false)
    .option('--no-color', 'no colours (also NO_COLOR)')
}

/**
 * Runs the program.
 * @param argv the words after the program's name
 * @returns the exit status: 0 clean, 1 findings (or work to do with `--check`), 2 usage, rules or internal error
 */
export async function main(argv: readonly string[], terminal: Terminal = systemTerminal()): Promise<number> {
  let status = 0
  const program = new Command('tenantize')
    .description(
      'Moves a TypeScript code base from one database to an application database plus one per tenant, and keeps it there.',
    )
    .version(version, '-v, --version')
    .exitOverride()
    .showHelpAfterError('(tenantize --help lists the commands)')
    // That a flag is off by default says nothing; other defaults are in the descriptions.
    .configureHelp({ optionDescription: ({ description }) => description, minWidthToWrap: 20 })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
    })

  program
    .command('init [dir]')
    .description('look at the code base and propose its rules, with the evidence for each line')
    .option('--yes', 'take the proposal without questions (the default without a terminal)', false)
    .option('--output <file>', 'the file to write (default: rules.json of the folder)')
    .option('--print', 'print the proposal and write nothing', false)
    .option('--force', 'replace rules that exist', false)
    .addHelpText('after', '\nExamples:\n  $ tenantize init\n  $ tenantize init --print')
    .action(async (dir, options) => {
      status = await (await import('./init.ts')).initCommand(dir, options, terminal)
    })
  common(
    program
      .command('migrate [dir]')
      .description('print the diff and the summary of the migration; --write applies it'),
    formatsFor('migrate'),
  )
    .option('--write', 'change the files (verified first; all or none)')
    .option('--dry-run', 'change nothing (the default)')
    .option('--check', 'exit 1 when there is anything to rewrite or to review')
    .option('--verify', 'type-check the change (the default with --write)')
    .option('--no-verify', 'skip the type check')
    .option('--since <ref>', 'only files that changed since a commit, and those whose verdict that changed')
    .option(
      '--only <what>',
      'reads or writes (to roll out in two steps), a rule, or a glob over files; may be repeated',
      collect,
      [],
    )
    .option('--plan <file>', 'write what would be done into a file, to choose from')
    .option('--apply <file>', 'do what is left in such a file')
    .option('--interactive', 'show one change after the other and ask')
    .option('--reverse', 'back to one client: give the same sites the client of the shared database')
    .option('--allow-dirty', 'write although the work tree has uncommitted changes', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ tenantize migrate                     show what would change\n  $ tenantize migrate --write             change it\n  $ tenantize migrate --format diff | git apply --check\n  $ tenantize migrate --format markdown --output summary.md',
    )
    .action(async (dir, options) => {
      status = await (await import('./migrate.ts')).migrateCommand(dir, options, terminal)
    })
  common(
    program.command('lint [dir]').description('report every call that reaches the wrong database'),
    formatsFor('lint'),
  )
    .option('--types', "ask the compiler what the clients are that can't be traced (slower)", false)
    .option('--since <ref>', 'only what changed since a commit, and whatever that changed the verdict on')
    .option('--staged', 'only what is staged, and whatever that changes the verdict on', false)
    .option('--cache', 'keep what is found, and look only at what changed since the last run', false)
    .option('--cache-location <file>', 'where to keep it (default: below node_modules/.cache/tenantize)')
    .option('--watch', 'run again whenever a file changes', false)
    .option('--shard <part>', 'look at a part such as 2/4, and write what was found for `tenantize merge`')
    .option('--fix', 'remove suppressions that suppress nothing', false)
    .option('--base <file>', 'JSON result of an earlier state; markdown tells what changed since')
    .option(
      '--baseline <file>',
      'the baseline (default: tenantize-baseline.json beside the rules, if there is one)',
    )
    .option('--no-baseline', 'report what is in the baseline too')
    .option('--update-baseline', 'write the baseline anew: it may shrink; see --allow-additions', false)
    .option('--allow-additions <reason>', 'let new findings into the baseline, and say why')
    .option('--prune', 'remove entries of the baseline that no finding needs', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ tenantize lint\n  $ tenantize lint src/app/api --format json\n  $ tenantize lint --since HEAD            what is not committed yet\n  $ tenantize lint --update-baseline      accept what is there today, and fail on what comes\n  $ tenantize lint --format sarif --output lint.sarif',
    )
    .action(async (dir, options) => {
      status = await (await import('./lint.ts')).lintCommand(dir, options, terminal)
    })
  common(
    program
      .command('merge <part...>')
      .description('put together what `lint --shard` found in each part of the code base, and judge it'),
    formatsFor('lint'),
  )
    .option(
      '--baseline <file>',
      'the baseline (default: tenantize-baseline.json beside the rules, if there is one)',
    )
    .option('--no-baseline', 'report what is in the baseline too')
    .addHelpText('after', '\nExamples:\n  $ tenantize merge part-1.json part-2.json')
    .action(async (parts, options) => {
      status = await (await import('./lint.ts')).lintCommand(undefined, { ...options, parts }, terminal)
    })
  common(
    program
      .command('explain <place>')
      .description(
        'why: the chain from a call back to its client, the rule that decided, what would be rewritten',
      ),
    ['pretty', 'json'],
  )
    .addHelpText('after', '\nExamples:\n  $ tenantize explain src/app/api/accounts/route.ts:12')
    .action(async (place, options) => {
      status = await (await import('./explain.ts')).explainCommand(place, options, terminal)
    })
  common(
    program
      .command('report [dir]')
      .description('draw where the data goes: a page to open, or a graph for documents'),
    ['mermaid', 'dot', 'json'],
  )
    .option('--html <file>', 'write one page that opens without a network')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tenantize report --html report.html\n  $ tenantize report --format mermaid --output split.mmd\n  $ tenantize report --format dot | dot -Tsvg > split.svg',
    )
    .action(async (dir, options) => {
      status = await (await import('./report.ts')).reportCommand(dir, options, terminal)
    })
  const tenants = program
    .command('tenants <verb> [command...]')
    .description('operations over all tenants: list, check, encrypt, rotate, migrate -- <command>')
    .option(
      '--config <file>',
      'the configuration (default: tenants.config.json or .js of the working directory)',
    )
    .option('--only <id>', 'this tenant only; may be repeated', collect, [])
    .option('--except <id>', 'all tenants but this one; may be repeated', collect, [])
    .option('--json', 'print the result as JSON')
    .option('--dry-run', 'look at every tenant and change nothing (encrypt, rotate, migrate)')
    .option('--form <name>', 'what is written: tenantize1 or iv:authTag:ciphertext (encrypt, rotate)')
    .option('--rules <file>', 'hold the tables of each database against this rules file (check)')
    .option(
      '--since <time>',
      'count rows of tenant tables written into the application database since (check)',
    )
    .option('--concurrency <n>', 'so many tenants at a time (check, migrate)')
    .option('--canary <n>', 'so many tenants go first, the others when these succeeded (migrate)')
    .option('--max-failures <n>', 'begin no further tenant after so many failures (migrate)')
    .option('--timeout <seconds>', 'for one tenant (migrate)')
    .option('--new', 'begin a new run although an earlier one is not finished (migrate)')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tenantize tenants list\n  $ tenantize tenants check --since 2026-11-01\n  $ tenantize tenants migrate --canary 1 -- node_modules/.bin/prisma migrate deploy',
    )
    .action(async (verb, words, options) => {
      status = await (await import('./tenants/tenants.ts')).tenantsCommand(verb, words, options, terminal)
    })
  // For completion only: the command itself says what was probably meant.
  tenants.registeredArguments[0]!.argChoices = [...tenantVerbs]

  program
    .command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(tenantize completion bash)\n  $ source <(tenantize completion zsh)\n  $ tenantize completion fish | source',
    )
    .action(async (shell) => {
      const { completionCommand } = await import('./completion/completion.ts')
      completionCommand(shell, program, terminal)
    })

  try {
    if (argv.length === 0) {
      terminal.err(program.helpInformation())
      return EXIT_FAILURE
    }
    await program.parseAsync([...argv], { from: 'user' })
    return status
  } catch (error) {
    return report(error, terminal)
  }
}

function report(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_FAILURE
  if (error instanceof InvalidArgumentError || error instanceof UsageError || isExpected(error)) {
    terminal.err(`${error.message}\n`)
    return EXIT_FAILURE
  }
  const unexpected = error as Error
  terminal.err(
    `tenantize failed: ${unexpected?.stack ?? String(unexpected)}\nThis is a mistake of tenantize; please report it with the lines above.\n`,
  )
  return EXIT_FAILURE
}

/** Errors whose message says all that a user needs. */
function isExpected(error: unknown): error is Error {
  return (
    error instanceof Error &&
    ['RulesError', 'WriteError', 'VerifyError', 'GitError', 'PlanError'].includes(error.name)
  )
}
