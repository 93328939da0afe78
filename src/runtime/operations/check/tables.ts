/** Says which databases of the rules a table belongs to; undefined when the rules say nothing of it. */
export type OwnersOf = (table: string) => readonly string[] | undefined

export interface TableRules {
  readonly ownersOf: OwnersOf
  /** The names of the databases that each tenant has one of. */
  readonly perTenant: readonly string[]
  /** Tables of tools, which the rules needn't know. */
  readonly ignored: readonly string[]
}

/** The tables of a tenant's database that belong to another one. */
export const foreignTables = (tables: readonly string[], rules: TableRules): string[] =>
  tables.filter((table) => {
    const owners = ownersOf(table, rules)
    return owners !== undefined && !owners.some((name) => rules.perTenant.includes(name))
  })

/** The tables of the application database that belong to tenants. */
export const tenantTables = (tables: readonly string[], rules: TableRules): string[] =>
  tables.filter((table) => {
    const owners = ownersOf(table, rules)
    return owners?.every((name) => rules.perTenant.includes(name)) ?? false
  })

const ownersOf = (table: string, rules: TableRules) =>
  rules.ignored.includes(table) ||
  /^(?:_prisma_migrations|__drizzle_migrations|schema_migrations|tenantize_)/.test(table)
    ? undefined
    : rules.ownersOf(table)
