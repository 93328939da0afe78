import type { ClientEntry, Database, Rules } from '../rules/model.ts'
import type { NamedValue } from '../trace/names.ts'
import type { Program } from '../trace/program.ts'

/** The client that a rewrite writes for a database, and how its call looks. */
export interface Target {
  readonly database: Database
  readonly entry: ClientEntry
  readonly value: NamedValue
  readonly async: boolean
  readonly needsTenantId: boolean
  /** The call's arguments. */
  arguments(tenantId: string | undefined, table: string | undefined, quote: string): string[]
}

/**
 * The first client of a database that can be obtained by a call, or stands ready.
 * @param dialect the data library of what is asked of it
 * @param replaces the label of the client that is replaced; an entry that lists what it replaces serves only those
 */
export function targetOf(
  program: Program,
  rules: Rules,
  name: string,
  replaces: string | undefined,
  dialect?: string,
): Target | undefined {
  const database = rules.databases.find((item) => item.name === name)
  if (!database) return undefined
  const candidates = program.clients.filter(
    ({ entry }) =>
      entry.database === name &&
      entry.kind === 'export' &&
      entry.sql === undefined &&
      [undefined, dialect].includes(dialect && program.dialectOf(entry)),
  )
  const chosen =
    candidates.find(({ entry }) => replaces !== undefined && entry.replaces?.includes(replaces)) ??
    candidates.find(({ entry }) => entry.replaces === undefined)
  if (!chosen) return undefined
  const { entry, value } = chosen
  const template = entry.arguments ?? (database.perTenant && entry.scope !== 'request' ? ['$tenantId'] : [])
  return {
    database,
    entry,
    value,
    async: entry.async || declaredAsync(value) || (entry.planned && database.perTenant),
    needsTenantId: template.some((argument) => argument.includes('$tenantId')),
    arguments: (tenantId, table, quote) =>
      template.map((argument) =>
        argument
          .replaceAll('$tenantId', tenantId ?? '')
          .replaceAll('$table', table === undefined ? '' : `${quote}${table}${quote}`),
      ),
  }
}

function declaredAsync(value: NamedValue): boolean {
  return value.places.some((place) => {
    if (place.kind !== 'local') return false
    const declaration = place.node.binding?.declaration ?? place.node
    return Boolean(declaration.async ?? declaration.init?.async)
  })
}
