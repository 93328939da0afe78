/**
 * The programs that are compared: how each is started on a tree, and what its output holds. Every figure about the
 * result is counted in the output of the run that was timed.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const require = createRequire(import.meta.url)
const cli = join(here, '../bin/tenantize.js')
const built = existsSync(join(here, '../dist/cli.js')) ? undefined : 'not built: npm run build'

/**
 * What a result says about the code.
 * @typedef {{ unit: string, found?: number, rewritten?: number, tables?: number, verdicts?: number, extra?: string }} Content
 * `tables` and `verdicts`: how many of the calls in the output come with the table they touch, and with the
 * database they belong to.
 *
 * @typedef {{ name: string, task: string, missing?: string, command: string, args: (tree: string) => string[], read: (output: string) => Content }} Subject
 */

/** @type {Subject[]} */
export const subjects = [
  {
    name: 'floor',
    task: 'read all files, search one string',
    command: process.execPath,
    args: (tree) => [join(here, 'peers/floor.js'), tree, 'createServerSupabaseClient'],
    read: (output) => ({ unit: 'files', found: JSON.parse(output).files }),
  },
  {
    name: 'tenantize lint',
    task: 'judge every database call',
    missing: built,
    command: process.execPath,
    args: (tree) => [cli, 'lint', tree, '--format', 'json'],
    read: readLint,
  },
  {
    // The run that warms everything up makes the cache; those that are timed find it, and nothing changed.
    name: 'tenantize lint --cache',
    task: 'the same, with what the last run kept',
    missing: built,
    command: process.execPath,
    args: (tree) => [cli, 'lint', tree, '--cache', '--format', 'json'],
    read: readLint,
  },
  {
    name: 'tenantize migrate',
    task: 'plan the migration (dry run)',
    missing: built,
    command: process.execPath,
    args: (tree) => [cli, 'migrate', tree, '--format', 'json'],
    read: readMigrate,
  },
  {
    name: 'ast-grep',
    task: 'find the calls',
    missing: astGrep() ? undefined : 'no binary for this platform',
    command: astGrep() ?? '',
    args: (tree) => ['scan', '--rule', join(here, 'peers/ast-grep.yml'), '--json=stream', join(tree, 'src')],
    read: readAstGrep,
  },
  {
    name: 'ts-morph',
    task: 'plain rewrite (nothing saved)',
    command: process.execPath,
    args: (tree) => [join(here, 'peers/ts-morph.js'), tree],
    read: (output) => ({ unit: 'calls', rewritten: JSON.parse(output).rewritten, tables: 0, verdicts: 0 }),
  },
  {
    name: 'jscodeshift',
    task: 'plain rewrite (dry run)',
    command: process.execPath,
    args: (tree) => [
      require.resolve('jscodeshift/bin/jscodeshift.js'),
      ...['--parser', 'tsx', '--extensions', 'ts,tsx', '--dry', '--no-babel'],
      ...['-t', join(here, 'peers/jscodeshift.cjs'), join(tree, 'src')],
    ],
    read: readJscodeshift,
  },
]

function readLint(output) {
  const { summary, findings } = JSON.parse(output)
  return {
    unit: 'accesses',
    found: summary.accesses,
    // Lint says nothing about an access that is right, so the share is that of its findings.
    tables: findings.filter((one) => one.table !== undefined).length,
    verdicts: findings.filter((one) => one.database !== undefined).length,
    extra: `${findings.length} findings`,
  }
}

function readMigrate(output) {
  const { files, summary } = JSON.parse(output)
  const sites = files.flatMap((file) => file.sites)
  return {
    unit: 'accesses',
    found: sites.length,
    rewritten: sites.filter((site) => site.status === 'rewritten').length,
    tables: sites.filter((site) => site.table !== undefined).length,
    verdicts: sites.filter((site) => site.to !== undefined && site.status !== undefined).length,
    extra: `${summary.updated + (summary.updatedOther ?? 0)} files changed, ${summary.needsReview} sites to review`,
  }
}

function readAstGrep(output) {
  const matches = output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  // A pattern's captures are all it could carry; this one has none, because the table is in another statement.
  const captured = matches.filter((match) => Object.keys(match.metaVariables?.single ?? {}).length > 0).length
  return { unit: 'calls', found: matches.length, tables: captured, verdicts: 0 }
}

function readJscodeshift(output) {
  const rewritten = Number(/rewritten calls:\s*(\d+)/.exec(output)?.[1])
  if (!Number.isFinite(rewritten)) throw new Error('its statistics were not printed')
  return { unit: 'calls', rewritten, tables: 0, verdicts: 0 }
}

/** The binary itself: the package's own start script needs an install step that may have been skipped. */
function astGrep() {
  const name = process.platform === 'win32' ? 'ast-grep.exe' : 'ast-grep'
  const libc = process.platform === 'linux' ? '-gnu' : process.platform === 'win32' ? '-msvc' : ''
  try {
    const manifest = require.resolve(`@ast-grep/cli-${process.platform}-${process.arch}${libc}/package.json`)
    const binary = join(dirname(manifest), name)
    return existsSync(binary) ? binary : undefined
  } catch {
    return undefined
  }
}
