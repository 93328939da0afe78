import { ConfigurationError } from '../errors.ts'
import type { TableRules } from './owners.ts'
import { tableOwners } from './owners.ts'

export interface TableRouterOptions<Main extends string, Tenant extends string> {
  /** What the functions call the main database and the tenants'. `main` and `user`, as in the Convex system. */
  readonly names?: { readonly main: Main; readonly tenant: Tenant }
  /** A table that no rule names: `main` (by default, with a warning once for each), or an error. */
  readonly unknown?: 'main' | 'throw'
  /** A table that is kept in both: where it is looked for. `tenant`. */
  readonly shared?: 'main' | 'tenant'
  readonly warn?: (message: string) => void
}

/** Where tables are, by the same rules.json that `tenantize lint` reads. */
export interface TableRouter<Main extends string = 'main', Tenant extends string = 'user'> {
  getTableLocation(table: string): Main | Tenant
  isUserTable(table: string): boolean
  isMainTable(table: string): boolean
}

/**
 * @param rules the contents of rules.json (`readTableRules` for one with comments)
 * @throws ConfigurationError when the rules have no main database or none of tenants
 */
export function createTableRouter<Main extends string = 'main', Tenant extends string = 'user'>(
  rules: TableRules,
  options: TableRouterOptions<Main, Tenant> = {},
): TableRouter<Main, Tenant> {
  const { unknown = 'main', shared = 'tenant', warn = console.warn } = options
  const names = options.names ?? ({ main: 'main', tenant: 'user' } as { main: Main; tenant: Tenant })
  const owners = tableOwners(rules)
  if (owners.main.length === 0) throw new ConfigurationError('the rules name no main database')
  if (owners.tenant.length === 0)
    throw new ConfigurationError('the rules name no database with "perTenant": true')
  const warned = new Set<string>()

  const getTableLocation = (table: string): Main | Tenant => {
    const databases = owners.of(table)
    const inMain = databases.some((name) => owners.main.includes(name))
    const inTenant = databases.some((name) => owners.tenant.includes(name))
    if (inMain && inTenant) return names[shared]
    if (inTenant) return names.tenant
    if (inMain) return names.main
    const problem = `table "${table}" is in no database of the rules`
    if (unknown === 'throw') throw new ConfigurationError(problem)
    if (!warned.has(table) && warned.size < 1_000) {
      warned.add(table)
      warn(`${problem}; it is looked for in ${names.main}`)
    }
    return names.main
  }
  return {
    getTableLocation,
    isUserTable: (table) => getTableLocation(table) === names.tenant,
    isMainTable: (table) => getTableLocation(table) === names.main,
  }
}
