import type { Classifier } from '../rules/classify.ts'
import type { SqlFacts, SqlSchema, TableUse } from '../sql/facts.ts'

/** What rules ask about the SQL of a code base. */
export interface SqlInput {
  readonly facts: SqlFacts
  /** The databases that a table which stands in a SQL file should be in; undefined when nobody says. */
  owners(table: string, file: string): readonly string[] | undefined
  /** Whether the files of a database make this table or view: what they say of it is about their own. */
  makes(database: string, table: string): boolean
  /** Whether the name is a view that the files of the database define. */
  isView(database: string, name: string): boolean
}

export function sqlInput(facts: SqlFacts, classifier: Classifier): SqlInput {
  const made = new Map<string, Set<string>>()
  const views = new Map<string, Set<string>>()
  for (const { database, facts: own } of facts.files) {
    const tables = sets(made, database)
    for (const fact of own) {
      if (fact.does === 'create' && (fact.object === 'table' || fact.object === 'view')) tables.add(fact.name)
      if (fact.does === 'create' && fact.object === 'view') sets(views, database).add(fact.name)
      if (fact.does === 'rename-table') tables.add(fact.to)
    }
  }
  const viewHomes = (name: string): string[] | undefined => {
    const homes = [...views].flatMap(([database, names]) => (names.has(name) ? [database] : []))
    return homes.length > 0 && classifier.tableDatabases(name)?.pattern !== name ? homes : undefined
  }
  return {
    facts,
    owners: (table, file) => {
      const exception = classifier.exception(file, table)
      if (exception) return [exception.database]
      // A glob speaks of tables. A view belongs where it is defined.
      return viewHomes(table) ?? ownersOf(table, classifier)
    },
    makes: (database, table) => made.get(database)?.has(table) ?? false,
    isView: (database, name) => views.get(database)?.has(name) ?? false,
  }
}

/**
 * A glob such as `*` speaks of a team's own tables: other schemas (`storage`, `cron`, `extensions` …) and PostgreSQL's
 * catalogs come with every database, and have an owner only where the rules name them. `auth` goes with sign-in.
 */
function ownersOf(table: string, classifier: Classifier): readonly string[] | undefined {
  if (table.startsWith('pg_')) return undefined
  const owner = classifier.tableDatabases(table)
  if (!table.includes('.') || owner?.pattern.includes('.')) return owner?.databases
  const signIn = classifier.authDatabase()
  return table.startsWith('auth.') && signIn !== undefined ? [signIn] : undefined
}

function sets(map: Map<string, Set<string>>, key: string): Set<string> {
  let set = map.get(key)
  if (!set) map.set(key, (set = new Set()))
  return set
}

/** Tables that the files of a database make and keep although the rules give them to another one. */
export function strangers(sql: SqlInput, schema: SqlSchema): Set<string> {
  return new Set(
    [...schema.tables.values()].flatMap(({ name, file }) =>
      sql.owners(name, file)?.includes(schema.database) === false ? [name] : [],
    ),
  )
}

/** The first use of each table. */
export function firstOfEach(uses: readonly TableUse[]): TableUse[] {
  return [...new Map(uses.toReversed().map((use) => [use.table, use])).values()].reverse()
}

export function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}
