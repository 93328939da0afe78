import type { Rules } from '../rules/model.ts'

/**
 * The rules of a code base that goes back to one database: whatever belongs to a tenant's database belongs to the
 * application's again. With them `migrate` gives every site the application's client.
 * @returns undefined when the rules name no database that is not a tenant's
 */
export function reversedRules(rules: Rules): Rules | undefined {
  const app = rules.databases.find((database) => !database.perTenant)
  if (!app) return undefined
  const perTenant = new Set(rules.databases.filter((item) => item.perTenant).map(({ name }) => name))
  const back = (name: string) => (perTenant.has(name) ? app.name : name)
  const tenantId = { ...rules.tenantId, inserts: [] }
  return {
    ...rules,
    databases: rules.databases.map((database) => {
      if (database === app) {
        const everything = { text: '*', position: database.position }
        return { ...database, tables: [...database.tables, everything], functions: [], buckets: [] }
      }
      return perTenant.has(database.name)
        ? { ...database, tables: [], functions: [], buckets: [], auth: false }
        : database
    }),
    routes: rules.routes.map((route) => ({ ...route, database: back(route.database) })),
    exceptions: [],
    tenantId,
  }
}
