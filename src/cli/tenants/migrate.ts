import { count } from '../../init/words.ts'
import { type FanOutOptions, fanOut } from '../../runtime/operations/migrate/fan-out.ts'
import {
  countOutcomes,
  type FanOutResult,
  type TenantOutcome,
} from '../../runtime/operations/migrate/result.ts'
import { placeOf } from '../../runtime/operations/target.ts'
import { EXIT_CLEAN, EXIT_FOUND } from '../exit.ts'
import type { Terminal } from '../output.ts'
import { UsageError } from '../usage-error.ts'
import { ledgerFor } from './ledger.ts'
import { needApplication, type Opened } from './open.ts'
import { type TenantsOptions, wholeNumber } from './options.ts'
import { TenantProgress } from './progress.ts'
import { urlVariables } from './variables.ts'

/** Fewer than this go wrong by themselves; more have something in common. */
const MAX_FAILURES = 10
const CONCURRENCY = 4

/** `tenantize tenants migrate -- <command>` */
export async function migrateTenants(
  opened: Opened,
  command: readonly string[],
  options: TenantsOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  if (command.length === 0)
    throw new UsageError(
      'expected a command: tenantize tenants migrate -- node_modules/.bin/prisma migrate deploy',
    )
  const { loaded, directory, keys } = opened
  const application = needApplication(opened, 'tenants migrate')
  const { marker, migrate } = loaded.config
  const ledger = ledgerFor(loaded, command)
  const timeout = wholeNumber('--timeout', options.timeout, 1)
  const bar = new TenantProgress(terminal.progress)
  const fanOutOptions: FanOutOptions = {
    directory,
    keys,
    application,
    applicationPlace: placeOf(application.url),
    command,
    cwd: process.cwd(),
    variables: [...new Set([...urlVariables(process.cwd(), terminal.env), ...(migrate?.variables ?? [])])],
    pass: migrate?.pass ?? [],
    ...(ledger ? { ledger } : {}),
    ...(marker ? { marker } : {}),
    only: options.only,
    except: options.except,
    concurrency: wholeNumber('--concurrency', options.concurrency, 1) ?? CONCURRENCY,
    canary: wholeNumber('--canary', options.canary, 1) ?? 0,
    maxFailures: wholeNumber('--max-failures', options.maxFailures, 1) ?? MAX_FAILURES,
    ...(timeout === undefined ? {} : { timeout: timeout * 1000 }),
    dryRun: options.dryRun ?? false,
    anew: options.new ?? false,
    signal,
    onStart: (total, run, doneBefore) => {
      if (run?.resumed && !options.json)
        terminal.err(`run ${run.id} is taken up again: ${doneBefore} of ${total} tenants are done\n`)
      bar.start(total)
    },
    onOutcome: ({ tenantId, outcome }) => bar.step(tenantId, outcome === 'failed'),
  }
  const result = await fanOut(fanOutOptions).finally(() => bar.clear())
  const verified = fanOutOptions.ledger !== undefined
  terminal.out(options.json ? asJson(result, options, verified) : asText(result, options, verified))
  return isClean(result) ? EXIT_CLEAN : EXIT_FOUND
}

const isClean = ({ stopped, tenants }: FanOutResult): boolean =>
  stopped === undefined && tenants.every(({ outcome }) => outcome !== 'failed' && outcome !== 'not-begun')

function asJson(result: FanOutResult, { dryRun = false }: TenantsOptions, verified: boolean): string {
  const { run, resumed, stopped, tenants } = result
  const counts = countOutcomes(tenants)
  const summary = {
    tenants: tenants.length,
    ...counts,
    dryRun,
    resumed,
    verified,
    ...(stopped ? { stopped } : {}),
  }
  return `${JSON.stringify({ version: 1, command: 'tenants migrate', ...(run ? { run } : {}), summary, tenants }, null, 2)}\n`
}

function asText({ tenants, stopped }: FanOutResult, { dryRun }: TenantsOptions, verified: boolean): string {
  const counts = countOutcomes(tenants)
  const lines = tenants.flatMap((tenant) => linesOf(tenant))
  const words: [keyof typeof counts, string][] = [
    ['planned', 'to migrate'],
    ['done', 'done'],
    ['current', 'current already'],
    ['done-before', 'done before'],
    ['failed', 'failed'],
    ['not-begun', 'not begun'],
    ['left-out', 'left out'],
  ]
  const figures = words.filter(([name]) => counts[name] > 0).map(([name, word]) => `${counts[name]} ${word}`)
  lines.push(`${count(tenants.length, 'tenant')}: ${figures.join(' · ') || 'none'}`)
  if (stopped !== undefined) lines.push(`stopped: ${stopped}`)
  if (!verified && !dryRun)
    lines.push(
      'not verified: without `ledger` in the configuration, nothing tells whether a migration happened',
    )
  if (counts.failed + counts['not-begun'] > 0 && !dryRun)
    lines.push('Next: the same command takes the run up again, and does what is not done')
  else lines.push(dryRun ? 'Next: the same command without --dry-run' : 'Next: tenantize tenants check')
  return `${lines.join('\n')}\n`
}

function linesOf({ tenantId, outcome, problem, output }: TenantOutcome): string[] {
  if (outcome === 'planned') return [`${tenantId}  would be migrated`]
  if (problem === undefined) return []
  const printed = (output ?? '').split('\n').filter((line) => line.trim() !== '')
  return [`${tenantId}  ${outcome}: ${problem}`, ...printed.slice(-12).map((line) => `    ${line}`)]
}
