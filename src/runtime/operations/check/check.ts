import type { Directory } from '../../types.ts'
import type { Connection } from '../connection.ts'
import { inParallel } from '../parallel.ts'
import { type Selection, selectTenants } from '../select.ts'
import { leftBehind } from './left-behind.ts'
import type { CheckResult, Problem, TenantCheck } from './result.ts'
import { checkTenant, type PlacedCheck, type TenantCheckOptions } from './tenant.ts'

export interface CheckOptions extends TenantCheckOptions, Selection {
  readonly directory: Directory
  /** The application's own database, and where it is; without it, nothing is looked for there. */
  readonly application?: Connection
  readonly applicationPlace?: string
  readonly concurrency: number
  readonly since?: Date
  readonly timestamps?: readonly string[]
  readonly signal: AbortSignal
  readonly onStart?: (total: number) => void
  readonly onTenant?: (tenant: TenantCheck) => void
}

/** Looks at every tenant's database, and at what tenants' tables hold in the application's. Changes nothing. */
export async function checkTenants(options: CheckOptions): Promise<CheckResult> {
  const tenants = await selectTenants(options.directory, options, options.signal)
  options.onStart?.(tenants.length)
  const checks = new Map<string, PlacedCheck>()
  await inParallel(tenants, options.concurrency, async (tenant) => {
    if (options.signal.aborted) throw options.signal.reason
    const check = await checkTenant(tenant, options)
    checks.set(tenant.tenantId, check)
    options.onTenant?.(check)
  })
  const found = withCommonVersion(
    tenants.map(({ tenantId }) => checks.get(tenantId)!),
    options,
  )
  return {
    tenants: withShared(found, options.applicationPlace),
    ...(await lookForLeftBehind(options)),
  }
}

async function lookForLeftBehind({
  application,
  rules,
  since,
  timestamps,
}: CheckOptions): Promise<Pick<CheckResult, 'leftBehind'>> {
  return application && rules ? { leftBehind: await leftBehind(application, rules, since, timestamps) } : {}
}

/** Without a folder of migrations, the version that most tenants have is the one to have. */
function withCommonVersion(checks: readonly PlacedCheck[], { ledger }: CheckOptions): PlacedCheck[] {
  if (!ledger || ledger.expected !== undefined) return [...checks]
  const counts = new Map<string | undefined, number>()
  const reached = checks.filter(({ latency }) => latency !== undefined)
  for (const { version } of reached) counts.set(version, (counts.get(version) ?? 0) + 1)
  const [common] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? []
  return checks.map((check) =>
    !reached.includes(check) || check.version === common
      ? check
      : withProblem(check, {
          kind: 'behind',
          message: `it is at ${check.version ?? 'no migration'}, most tenants are at ${common ?? 'none'}`,
        }),
  )
}

/** Finds tenants that share a database with each other or with the application. */
function withShared(checks: readonly PlacedCheck[], applicationPlace: string | undefined): TenantCheck[] {
  return checks.map((check) => {
    const { place, ...tenant } = check
    if (place === undefined) return tenant
    if (place === applicationPlace)
      return withProblem(tenant, {
        kind: 'shared-database',
        message: 'its database is that of the application',
      })
    const other = checks.find((item) => item !== check && item.place === place)
    return other
      ? withProblem(tenant, {
          kind: 'shared-database',
          message: `it shares its database with tenant ${JSON.stringify(other.tenantId)}`,
        })
      : tenant
  })
}

const withProblem = <T extends TenantCheck>(check: T, problem: Problem): T => ({
  ...check,
  problems: [...check.problems, problem],
})
