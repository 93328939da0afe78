import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { count } from '../../init/words.ts'
import { createClassifier } from '../../rules/classify.ts'
import { loadRules } from '../../rules/load.ts'
import { checkTenants } from '../../runtime/operations/check/check.ts'
import type { CheckResult, LeftBehind, TenantCheck } from '../../runtime/operations/check/result.ts'
import type { TableRules } from '../../runtime/operations/check/tables.ts'
import { migrationLedger } from '../../runtime/operations/migrate/ledger.ts'
import { placeOf } from '../../runtime/operations/target.ts'
import { EXIT_CLEAN, EXIT_FOUND } from '../exit.ts'
import type { Terminal } from '../output.ts'
import { UsageError } from '../usage-error.ts'
import { columns } from './columns.ts'
import { needApplication, type Opened } from './open.ts'
import { type TenantsOptions, wholeNumber } from './options.ts'
import { TenantProgress } from './progress.ts'

const CONCURRENCY = 4

/** `tenantize tenants check` */
export async function checkAllTenants(
  opened: Opened,
  options: TenantsOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { loaded, application, directory, keys } = opened
  const since = momentOf(options.since)
  const { marker, ledger, check } = loaded.config
  const rules = tableRules(options.rules, marker ? [marker.table] : [], loaded.folder)
  if (since && !rules)
    throw new UsageError(
      '--since needs the rules, which say whose a table is: there is no rules.json beside the configuration',
    )
  if (since) needApplication(opened, '--since')
  const bar = new TenantProgress(terminal.progress)
  const result = await checkTenants({
    directory,
    ...(application ? { application, applicationPlace: placeOf(application.url) } : {}),
    keys,
    ...(marker ? { marker } : {}),
    ...(ledger ? { ledger: migrationLedger(ledger, loaded.folder) } : {}),
    ...(rules ? { rules } : {}),
    ...(since ? { since } : {}),
    ...(check?.timestamps ? { timestamps: check.timestamps } : {}),
    only: options.only,
    except: options.except,
    concurrency: wholeNumber('--concurrency', options.concurrency, 1) ?? CONCURRENCY,
    signal,
    onStart: (total) => bar.start(total),
    onTenant: ({ tenantId, problems }) => bar.step(tenantId, problems.length > 0),
  }).finally(() => bar.clear())
  const left = loaded.config.marker
    ? []
    : ['whose a database is was not checked: the configuration names no `marker`']
  terminal.out(options.json ? asJson(result) : asText(result, left))
  return isClean(result) ? EXIT_CLEAN : EXIT_FOUND
}

const isClean = ({ tenants, leftBehind = [] }: CheckResult): boolean =>
  tenants.every(({ problems }) => problems.length === 0) && leftBehind.every(({ since = 0 }) => since === 0)

/** @throws UsageError */
function momentOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const moment = new Date(text)
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(moment.getTime()))
    throw new UsageError('--since: expected a moment such as 2026-11-21 or 2026-11-21T09:30:00Z')
  return moment
}

/** @throws RulesError */
function tableRules(
  given: string | undefined,
  ignored: readonly string[],
  folder: string,
): TableRules | undefined {
  const beside = join(folder, 'rules.json')
  const file = given ?? (existsSync(beside) ? beside : undefined)
  if (file === undefined) return undefined
  const rules = loadRules(file)
  const classifier = createClassifier(rules)
  return {
    ownersOf: (table) => classifier.tableDatabases(table)?.databases,
    perTenant: rules.databases.filter(({ perTenant }) => perTenant).map(({ name }) => name),
    ignored,
  }
}

function asJson(result: CheckResult): string {
  const problems = result.tenants.reduce((sum, tenant) => sum + tenant.problems.length, 0)
  const rowsSince = result.leftBehind?.reduce((sum, { since = 0 }) => sum + since, 0)
  const summary = {
    tenants: result.tenants.length,
    problems,
    ...(rowsSince === undefined ? {} : { rowsLeftBehind: rowsSince }),
  }
  return `${JSON.stringify({ version: 1, command: 'tenants check', summary, ...result }, null, 2)}\n`
}

function asText({ tenants, leftBehind = [] }: CheckResult, notes: readonly string[]): string {
  const lines = [columns(tenants.map(rowOf)).trimEnd()]
  for (const { tenantId, problems } of tenants)
    for (const { kind, message } of problems) lines.push(`${tenantId}  ${kind}: ${message}`)
  for (const table of leftBehind) lines.push(leftBehindLine(table))
  const wrong = tenants.filter(({ problems }) => problems.length > 0).length
  lines.push(
    `${count(tenants.length, 'tenant')}: ${wrong === 0 ? 'all as they should be' : `${wrong} with problems`}`,
    ...notes,
    next(tenants, leftBehind),
  )
  return `${lines.filter((line) => line !== '').join('\n')}\n`
}

function next(tenants: readonly TenantCheck[], leftBehind: readonly LeftBehind[]): string {
  if (isClean({ tenants, leftBehind })) return 'Next: nothing; run it again after every migration'
  const behind = tenants.some(({ problems }) => problems.some(({ kind }) => kind === 'behind'))
  return behind
    ? 'Next: tenantize tenants migrate, for those that are behind; the rest is for a person'
    : 'Next: correct what stands above, and run it again'
}

function rowOf({ tenantId, leftOut, latency, version, tables, problems }: TenantCheck): string[] {
  const state = leftOut !== undefined ? 'left out' : problems.length > 0 ? 'problem' : 'ok'
  return [
    tenantId,
    state,
    latency === undefined ? '-' : `${latency} ms`,
    version ?? '-',
    leftOut ?? (tables === undefined ? '' : `${tables} tables`),
  ]
}

function leftBehindLine({ table, since, last, column }: LeftBehind): string {
  const where = `application database  ${table}`
  if (since === undefined) return `${where}: belongs to tenants and is still there`
  return since === 0
    ? `${where}: no row since (by ${column})`
    : `${where}: ${since} row${since === 1 ? '' : 's'} since, the last ${last} (by ${column})`
}
