import type { ClientEntry, Database, Rules } from '../rules/model.ts'
import { clientKinds } from '../trace/entry-dialect.ts'
import type { NamedValue } from '../trace/names.ts'
import type { Program } from '../trace/program.ts'
import type { ClientValue } from '../trace/values.ts'

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
 * @param client the one that is replaced; an entry that lists what it replaces serves only those
 * @param dialect the data library of what is asked of it
 */
export function targetOf(
  program: Program,
  rules: Rules,
  name: string,
  client: ClientValue | undefined,
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
  const replaces = client?.entry?.label
  const chosen =
    candidates.find(({ entry }) => replaces !== undefined && entry.replaces?.includes(replaces)) ??
    candidates.find(({ entry }) => entry.replaces === undefined && isAskedLike(program, entry, client)) ??
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

/** Whether two clients are known to be asked in the same way: both are tags, both are pools. */
function isAskedLike(program: Program, entry: ClientEntry, client: ClientValue | undefined): boolean {
  return program.dialects.some((dialect) => {
    if (!dialect.kindOf || !client) return false
    const kinds = clientKinds(program, dialect, client)
    return [...clientKinds(program, dialect, { entry })].some((kind) => kinds.has(kind))
  })
}

function declaredAsync(value: NamedValue): boolean {
  return value.places.some((place) => {
    if (place.kind !== 'local') return false
    const declaration = place.node.binding?.declaration ?? place.node
    return Boolean(declaration.async ?? declaration.init?.async)
  })
}
