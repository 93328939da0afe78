import { sanitize } from '../../sanitize.ts'
import { type Connection, connect } from '../connection.ts'
import { type Marker, markerProblem } from '../marker.ts'
import { tablesOf } from '../tables.ts'
import { placeOf, type Target } from '../target.ts'
import { runChild } from './child.ts'
import { childEnvironment } from './environment.ts'
import { type Applied, type MigrationLedger, missingFrom, versionOf } from './ledger.ts'

/** What the migration of every tenant has in common. */
export interface MigrationOptions {
  readonly command: readonly string[]
  readonly cwd: string
  /** The names under which the tool looks for its URL. */
  readonly variables: readonly string[]
  /** Further variables that the command needs, by name. */
  readonly pass?: readonly string[]
  /** The tool's ledger; without it nothing tells that a migration happened. */
  readonly ledger?: MigrationLedger
  readonly marker?: Marker
  /** Where the application's own database is; nobody's tenant. */
  readonly applicationPlace?: string
  /** Milliseconds for one tenant. */
  readonly timeout?: number
}

/** What was found in a tenant's database before anything was run. */
export type Preflight =
  | { readonly ready: true; readonly before?: Applied; readonly current: boolean }
  | { readonly ready: false; readonly problem: string }

export interface Attempt {
  readonly problem?: string
  /** The command says it succeeded, and this database knows nothing of it: others will fare the same. */
  readonly elsewhere?: boolean
  readonly before?: string
  readonly after?: string
  readonly output?: string
}

/**
 * Looks at a tenant's database before its migration: whether it is there (a tool that finds none would make one),
 * whether it is this tenant's, and how far it is.
 */
export async function preflight(target: Target, options: MigrationOptions): Promise<Preflight> {
  const refused = (problem: string): Preflight => ({ ready: false, problem })
  if (target.problem !== undefined) return refused(target.problem)
  const url = target.postgres?.reveal()
  if (url === undefined)
    return refused('it has no PostgreSQL URL; name the column that holds one as `databaseUrl`')
  if (placeOf(url) === options.applicationPlace) return refused('its URL is that of the application database')
  return withConnection(target, url, async (connection) => {
    const problem =
      options.marker && (await markerProblem(connection, options.marker, target.tenantIdInDatabase))
    // A new database gets its marker by the first migrations. It holds nothing that could be another tenant's.
    if (problem !== undefined && (await tablesOf(connection)).length > 0) return refused(problem)
    if (!options.ledger) return { ready: true, current: false }
    const before = await options.ledger.read(connection, url)
    const known = options.ledger.expected !== undefined && before.unfinished.length === 0
    return { ready: true, before, current: known && missingFrom(options.ledger, before).length === 0 }
  })
}

/** Runs the command for one tenant, and looks afterwards whether it has happened in this tenant's database. */
export async function migrateOne(
  target: Target,
  before: Applied | undefined,
  options: MigrationOptions,
  signal: AbortSignal,
): Promise<Attempt> {
  const url = target.postgres!.reveal()
  const child = await runChild(options.command, {
    cwd: options.cwd,
    env: childEnvironment(url, options.variables, options.pass),
    secrets: [url, ...target.secrets],
    signal,
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
  })
  const versions = (after?: Applied) => ({
    ...versionEntry('before', before),
    ...versionEntry('after', after),
  })
  if (child.problem !== undefined) return { problem: child.problem, output: child.output, ...versions() }
  const { ledger } = options
  if (!ledger || !before) return {}
  const checked = await withConnection(target, url, async (connection) => ({
    ready: true as const,
    before: await ledger.read(connection, url),
    current: true,
  }))
  if (!checked.ready) return { problem: checked.problem, output: child.output, ...versions() }
  const after = checked.before!
  const { problem, elsewhere } = whatIsMissing(ledger, before, after)
  if (problem === undefined) return versions(after)
  return { problem, elsewhere, output: child.output, ...versions(after) }
}

/** Holds the tenant's ledger against what the command said. */
function whatIsMissing(
  ledger: MigrationLedger,
  before: Applied,
  after: Applied,
): { readonly problem?: string; readonly elsewhere: boolean } {
  if (after.unfinished.length > 0)
    return { elsewhere: false, problem: `the migration ${after.unfinished[0]} was begun and not ended` }
  const moved =
    after.applied.length !== before.applied.length ||
    after.applied.some((name, at) => name !== before.applied[at])
  const missing = missingFrom(ledger, after)
  if (!moved && (ledger.expected === undefined || missing.length > 0))
    return {
      elsewhere: true,
      problem: `the command succeeded, but ${ledger.table} of this tenant has not moved: it has migrated another database, or none`,
    }
  return missing.length > 0
    ? { elsewhere: false, problem: `the command succeeded, but ${missing[0]} is not in ${ledger.table}` }
    : { elsewhere: false }
}

const versionEntry = (name: 'before' | 'after', applied: Applied | undefined) => {
  const version = applied && versionOf(applied)
  return version === undefined ? {} : { [name]: version }
}

/** What goes wrong with the connection is the tenant's problem. */
async function withConnection(
  target: Target,
  url: string,
  work: (connection: Connection) => Promise<Preflight>,
): Promise<Preflight> {
  let connection: Connection | undefined
  try {
    connection = await connect(url)
    return await work(connection)
  } catch (error) {
    return { ready: false, problem: connectionProblem(error, target.secrets) }
  } finally {
    await connection?.end()
  }
}

/** Why a database can't be used, in words. */
export function connectionProblem(error: unknown, secrets: readonly string[]): string {
  const { message, code } = sanitize(error, secrets) as Error & { code?: string }
  if (code === '3D000') return 'its database does not exist, and is not created here'
  if (code === '28P01' || code === '28000') return 'its database refuses the user or the password'
  return `its database can't be used: ${message || code || 'no answer'}`
}
