import type { KeyRing, TenantConfiguration } from '../../types.ts'
import { connect } from '../connection.ts'
import { type Marker, markerProblem } from '../marker.ts'
import { type MigrationLedger, missingFrom, versionOf } from '../migrate/ledger.ts'
import { connectionProblem } from '../migrate/one.ts'
import { tablesOf } from '../tables.ts'
import { placeOf, type Target, targetOf } from '../target.ts'
import type { Problem, TenantCheck } from './result.ts'
import { deploymentProblem, serviceProblem } from './service.ts'
import { foreignTables, type TableRules } from './tables.ts'

export interface TenantCheckOptions {
  readonly keys: KeyRing
  readonly marker?: Marker
  readonly ledger?: MigrationLedger
  readonly rules?: TableRules
}

/** A check, and where the database is: two tenants must not have the same one. */
export interface PlacedCheck extends TenantCheck {
  readonly place?: string
}

/** Looks at one tenant: its row, its credentials, its service and its database. */
export async function checkTenant(
  configuration: TenantConfiguration,
  options: TenantCheckOptions,
): Promise<PlacedCheck> {
  const { tenantId, status, settings } = configuration
  const base = { tenantId, status }
  if (status !== 'active' && status !== 'suspended' && settings?.problem === undefined)
    return { ...base, problems: [], leftOut: `its status is ${status}` }
  const target = await targetOf(configuration, options.keys)
  if (target.problem !== undefined)
    return { ...base, problems: [{ kind: 'credential', message: target.problem }] }
  const started = performance.now()
  const problems: Problem[] = []
  if (target.service) {
    const service = { url: target.service.url.reveal(), key: target.service.key.reveal() }
    const problem = await serviceProblem(service, options.marker, target.tenantIdInDatabase)
    if (problem) problems.push(problem)
  }
  if (target.deployment) {
    const problem = await deploymentProblem(target.deployment.reveal())
    if (problem) problems.push(problem)
  }
  const latency = () => ({ latency: Math.round(performance.now() - started) })
  if (!target.postgres) {
    const place = (target.service?.url ?? target.deployment!).reveal().replace(/\/$/, '')
    return { ...base, ...latency(), problems, place }
  }
  const database = await checkDatabase(target, target.postgres.reveal(), options, latency)
  return { ...base, ...database, problems: [...problems, ...database.problems] }
}

async function checkDatabase(
  target: Target,
  url: string,
  { marker, ledger, rules }: TenantCheckOptions,
  latency: () => { readonly latency: number },
): Promise<Omit<PlacedCheck, 'tenantId' | 'status'>> {
  const problems: Problem[] = []
  const place = placeOf(url)
  const add = (kind: Problem['kind'], message: string) => problems.push({ kind, message })
  let connection: Awaited<ReturnType<typeof connect>> | undefined
  try {
    connection = await connect(url)
    await connection.query('SELECT 1')
    const found: { latency: number; version?: string; tables?: number } = latency()
    if (marker) {
      const problem = await markerProblem(connection, marker, target.tenantIdInDatabase)
      if (problem !== undefined) add('wrong-tenant', problem)
    }
    if (ledger) {
      const applied = await ledger.read(connection, url)
      const version = versionOf(applied)
      if (version !== undefined) found.version = version
      const missing = missingFrom(ledger, applied)
      if (applied.unfinished.length > 0)
        add('unfinished-migration', `the migration ${applied.unfinished[0]} was begun and not ended`)
      if (missing.length > 0)
        add(
          'behind',
          `${missing.length} migration${missing.length === 1 ? '' : 's'} missing, the first is ${missing[0]}`,
        )
    }
    if (rules) {
      const tables = await tablesOf(connection)
      found.tables = tables.length
      for (const table of foreignTables(tables, rules))
        add('foreign-table', `it has the table ${table}, which belongs to another database`)
    }
    return { ...found, place, problems }
  } catch (error) {
    add('unreachable', connectionProblem(error, target.secrets))
    return { place, problems }
  } finally {
    await connection?.end()
  }
}
