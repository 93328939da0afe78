import type { Spot } from './document.ts'
import type {
  ClientEntry,
  Database,
  NamePattern,
  RuleName,
  Rules,
  Severity,
  TenantIdSource,
} from './model.ts'
import { parseExportName } from './names.ts'
import type { ClientInput, RulesInput, TenantIdSourceInput } from './schema.ts'
import { defaultSeverities } from './severity.ts'

/**
 * Fills in the defaults, takes names and paths apart, and notes where everything stands.
 * @param input what the schema has let through
 * @param root the same as it stands in the file
 */
export function buildRules(input: RulesInput, root: Spot, file: string): Rules {
  return {
    file,
    ...(input.files && { files: input.files }),
    ignore: input.ignore ?? [],
    databases: Object.entries(input.databases).map(([name, database]) =>
      buildDatabase(name, database, root.get('databases')!),
    ),
    routes: placed(input.routes, root.get('routes')),
    tenantId: {
      sources: sources(input.tenantId?.sources, root.get('tenantId')?.get('sources')),
      inserts: [input.tenantId?.insert ?? []].flat().map((insert) => ({
        ...insert,
        imports: (insert.imports ?? []).map(parseExportName),
      })),
      never: input.tenantId?.never ?? [],
    },
    exceptions: placed(input.exceptions, root.get('exceptions')).map(({ tables, ...rule }, i) => ({
      ...rule,
      ...(tables && { tables: patterns(tables, root.get('exceptions')?.items[i]?.get('tables')) }),
    })),
    sql: placed(input.sql, root.get('sql')),
    dialects: patterns(input.dialects, root.get('dialects')).map(({ text, position }) => ({
      module: text,
      position,
    })),
    ...severities(input.lint ?? {}),
  }
}

function severities(input: NonNullable<RulesInput['lint']>): Pick<Rules, 'lint' | 'strict'> {
  const named = Object.entries(input) as [RuleName, Severity | 'strict'][]
  return {
    lint: {
      ...defaultSeverities,
      ...Object.fromEntries(named.map(([rule, how]) => [rule, how === 'strict' ? 'error' : how])),
    },
    strict: new Set(named.flatMap(([rule, how]) => (how === 'strict' ? [rule] : []))),
  }
}

function buildDatabase(name: string, input: RulesInput['databases'][string], databases: Spot): Database {
  const spot = databases.get(name)!
  const clients = spot.get('clients')?.items ?? []
  return {
    name,
    perTenant: input.perTenant ?? false,
    clients: (input.clients ?? []).map((client, i) => buildClient(client, name, clients[i]!)),
    tables: patterns(input.tables, spot.get('tables')),
    buckets: patterns(input.buckets, spot.get('buckets')),
    functions: patterns(input.functions, spot.get('functions')),
    auth: input.auth ?? false,
    ...(input.rows && {
      rows: {
        column: input.rows.column,
        sources: sources(input.rows.sources, spot.get('rows')?.get('sources')),
      },
    }),
    position: databases.keyPosition(name),
  }
}

function buildClient(input: ClientInput, database: string, spot: Spot): ClientEntry {
  if (typeof input === 'string') return entry('export', input, spot)
  if ('export' in input) {
    const { export: name, async, planned, imports, ...rest } = input
    return {
      ...entry('export', name, spot.get('export')!),
      ...rest,
      ...(imports ? { imports: imports.map(parseExportName) } : {}),
      async: async ?? false,
      planned: planned ?? false,
    }
  }
  if ('wrapper' in input) {
    const { wrapper, path, planned, ...rest } = input
    return {
      ...entry('wrapper', wrapper, spot.get('wrapper')!),
      ...rest,
      path: members(path),
      planned: planned ?? false,
    }
  }
  const { new: name, ...rest } = input
  return { ...entry('new', name, spot.get('new')!), ...rest }

  function entry(kind: ClientEntry['kind'], label: string, { position }: Spot): ClientEntry {
    return { kind, database, name: parseExportName(label), label, position, async: false, planned: false }
  }
}

function sources(
  input: readonly TenantIdSourceInput[] | undefined,
  spot: Spot | undefined,
): TenantIdSource[] {
  return (input ?? []).map((item, i): TenantIdSource => {
    const position = spot!.items[i]!.position
    if ('call' in item)
      return { kind: 'call', name: parseExportName(item.call), path: members(item.path), position }
    if ('wrapper' in item) {
      return {
        kind: 'wrapper',
        name: parseExportName(item.wrapper),
        path: members(item.path),
        parameter: item.parameter ?? 0,
        position,
      }
    }
    if ('expression' in item) return { kind: 'expression', expression: item.expression, position }
    if ('request' in item)
      return {
        kind: 'request',
        request: item.request,
        checkedBy: item.checkedBy.flatMap((check) =>
          typeof check === 'string' ? parseExportName(check) : [],
        ),
        queries: item.checkedBy.flatMap((check) =>
          typeof check === 'string'
            ? []
            : { table: check.table, column: check.column ?? item.request, user: check.user },
        ),
        position,
      }
    return { kind: 'parameter', parameter: item.parameter, path: members(item.path), position }
  })
}

function members(path: string | undefined): string[] {
  return path?.split('.') ?? []
}

function patterns(texts: readonly string[] | undefined, spot: Spot | undefined): NamePattern[] {
  return (texts ?? []).map((text, i) => ({ text, position: spot!.items[i]!.position }))
}

function placed<T extends object>(
  items: readonly T[] | undefined,
  spot: Spot | undefined,
): (T & { position: Spot['position'] })[] {
  return (items ?? []).map((item, i) => ({ ...item, position: spot!.items[i]!.position }))
}
