import { ConfigurationError } from '../../errors.ts'
import type { Directory, KeyRing, TenantConfiguration } from '../../types.ts'
import type { Connection } from '../connection.ts'
import { inParallel } from '../parallel.ts'
import { type Selection, selectTenants } from '../select.ts'
import { targetOf } from '../target.ts'
import { type MigrationOptions, migrateOne, preflight } from './one.ts'
import type { FanOutResult, TenantOutcome } from './result.ts'
import { type Run, Runs } from './runs.ts'

export interface FanOutOptions extends MigrationOptions, Selection {
  readonly directory: Directory
  readonly keys: KeyRing
  /** The application database, which holds the ledger of runs. */
  readonly application: Connection
  /** How many tenants at a time. */
  readonly concurrency: number
  /** So many tenants go first, and all others only when these have succeeded. */
  readonly canary?: number
  /** No further tenant is begun after so many failures. */
  readonly maxFailures?: number
  /** Looks at every tenant and changes nothing. */
  readonly dryRun?: boolean
  /** Begins a new run although an earlier one isn't finished. */
  readonly anew?: boolean
  /** Stops the run: what is under way is ended, the rest not begun. */
  readonly signal: AbortSignal
  /** Hears of every tenant when its outcome is known. */
  readonly onOutcome?: (outcome: TenantOutcome) => void
  /** Hears once how many tenants there are to look at, and which run it is. */
  readonly onStart?: (total: number, run: Run | undefined, doneBefore: number) => void
}

/**
 * Runs a migration command for every tenant, one process each.
 * @throws ConfigurationError; the driver's error when the application database fails
 */
export async function fanOut(options: FanOutOptions): Promise<FanOutResult> {
  if (options.command.length === 0) throw new ConfigurationError('there is no command to run')
  const tenants = await selectTenants(options.directory, options, options.signal)
  const migratable = tenants.filter((tenant) => leftOut(tenant) === undefined)
  const ids = migratable.map(({ tenantId }) => tenantId)
  const runs = new Runs(options.application)
  const key = { command: options.command, expected: options.ledger?.expected }
  const run = options.dryRun ? undefined : await runs.open(key, ids, options.anew ?? false)
  options.onStart?.(tenants.length, run, ids.filter((id) => run?.done.has(id)).length)

  const outcomes = new Map<string, TenantOutcome>()
  const settle = (outcome: TenantOutcome) => {
    outcomes.set(outcome.tenantId, outcome)
    options.onOutcome?.(outcome)
  }
  for (const tenant of tenants) {
    const problem = leftOut(tenant)
    if (problem !== undefined) settle({ tenantId: tenant.tenantId, outcome: 'left-out', problem })
    else if (run?.done.has(tenant.tenantId)) settle({ tenantId: tenant.tenantId, outcome: 'done-before' })
  }

  let stopped: string | undefined
  let failures = 0
  const work = async (tenant: TenantConfiguration) => {
    const started = performance.now()
    const { elsewhere, ...found } = run
      ? await claimed(tenant, run, runs, options)
      : await looked(tenant, options)
    settle({ tenantId: tenant.tenantId, ...found, duration: Math.round(performance.now() - started) })
    if (found.outcome === 'failed') failures++
    if (elsewhere)
      stopped ??= 'a command has migrated another database than its tenant’s; none is begun after that'
    // A dry run harms nobody: it looks at all of them.
    if (run && failures >= (options.maxFailures ?? Number.POSITIVE_INFINITY))
      stopped ??= `${failures} tenants have failed`
    if (options.signal.aborted) stopped ??= 'it was interrupted'
  }
  const goOn = () => stopped === undefined && !options.signal.aborted
  const waiting = migratable.filter(({ tenantId }) => !outcomes.has(tenantId))
  const canaries = options.dryRun ? 0 : (options.canary ?? 0)
  await inParallel(waiting.slice(0, canaries), options.concurrency, work, goOn)
  if (canaries > 0 && failures > 0) stopped ??= 'a tenant that went first has failed'
  if (goOn()) await inParallel(waiting.slice(canaries), options.concurrency, work, goOn)

  if (options.signal.aborted) stopped ??= 'it was interrupted'
  if (run) await runs.finish(run)
  return {
    ...(run ? { run: run.id } : {}),
    resumed: run?.resumed ?? false,
    ...(stopped === undefined ? {} : { stopped }),
    tenants: tenants.map(
      ({ tenantId }) => outcomes.get(tenantId) ?? { tenantId, outcome: 'not-begun' as const },
    ),
  }
}

/** Suspended tenants are migrated: they shall not be behind when they come back. */
function leftOut({ status, settings }: TenantConfiguration): string | undefined {
  // A row that could not be read is a failure to be seen, not a state.
  if (settings?.problem !== undefined) return undefined
  return status === 'active' || status === 'suspended' ? undefined : `its status is ${status}`
}

type Found = Omit<TenantOutcome, 'tenantId' | 'duration'> & { readonly elsewhere?: boolean }

/** Migrates a tenant unless another session does, and writes down what became of it. */
async function claimed(
  tenant: TenantConfiguration,
  run: Run,
  runs: Runs,
  options: FanOutOptions,
): Promise<Found> {
  const { tenantId } = tenant
  if (!(await runs.claim(tenantId))) return { outcome: 'failed', problem: 'another session is migrating it' }
  try {
    if ((await runs.stateOf(run, tenantId)) === 'done') return { outcome: 'done-before' }
    await runs.started(run, tenantId)
    const found = await migrated(tenant, options)
    await runs.ended(run, tenantId, { ...found, state: found.outcome === 'failed' ? 'failed' : 'done' })
    return found
  } finally {
    await runs.release(tenantId)
  }
}

async function migrated(tenant: TenantConfiguration, options: FanOutOptions): Promise<Found> {
  const target = await targetOf(tenant, options.keys)
  const found = await preflight(target, options)
  if (!found.ready) return { outcome: 'failed', problem: found.problem }
  if (found.current) return { outcome: 'current', ...versions(found.before?.applied) }
  const attempt = await migrateOne(target, found.before, options, options.signal)
  return { ...attempt, outcome: attempt.problem === undefined ? 'done' : 'failed' }
}

/** What a dry run says of a tenant. */
async function looked(tenant: TenantConfiguration, options: FanOutOptions): Promise<Found> {
  const found = await preflight(await targetOf(tenant, options.keys), options)
  if (!found.ready) return { outcome: 'failed', problem: found.problem }
  return { outcome: found.current ? 'current' : 'planned', ...versions(found.before?.applied) }
}

const versions = (applied: readonly string[] | undefined) => {
  const version = applied?.at(-1)
  return version === undefined ? {} : { before: version }
}
