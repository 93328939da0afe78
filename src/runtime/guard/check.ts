import { ConfigurationError } from '../errors.ts'
import { type TableOwners, type TableRules, tableOwners } from '../tables/owners.ts'
import { WrongDatabaseError } from './error.ts'

/** `report` lets the call pass and tells; `throw` stops it; `off` costs nothing. */
export type GuardMode = 'off' | 'report' | 'throw'

export interface GuardOptions {
  /** The database that the client reaches, by its name in the rules. By default the only one that is `perTenant`. */
  readonly database?: string
  /** Where `report` goes; `console.warn` by default. */
  readonly report?: (error: WrongDatabaseError) => void
}

/** Judges the tables of a call. All `names` are spellings of one table. */
export type Check = (operation: string, ...names: readonly string[]) => void

/** @throws ConfigurationError when the rules don't say which database it is */
export function createCheck(
  rules: TableRules,
  mode: Exclude<GuardMode, 'off'>,
  { database, report = (error) => console.warn(error.message) }: GuardOptions,
): Check {
  const owners = tableOwners(rules)
  const actual = databaseOf(owners, database)
  return (operation, ...names) => {
    const [table = ''] = names
    const known = owners.of(...names)
    // No rule, no verdict: that is for lint's `unknown-table`.
    if (known.length === 0 || known.includes(actual)) return
    const error = new WrongDatabaseError(table, known, operation, actual)
    if (mode === 'throw') throw error
    report(error)
  }
}

function databaseOf(owners: TableOwners, named: string | undefined): string {
  const all = [...owners.main, ...owners.tenant]
  if (named !== undefined) {
    if (!all.includes(named))
      throw new ConfigurationError(`the rules name no database "${named}" (known: ${all.join(', ')})`)
    return named
  }
  if (owners.tenant.length !== 1)
    throw new ConfigurationError(
      'the rules have not just one database with "perTenant": name the one of this client',
    )
  return owners.tenant[0]!
}
