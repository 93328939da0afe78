import { isUnknown } from '../../sql/contents.ts'
import type { SqlFile } from '../../sql/facts.ts'
import type { LintRule, Offense } from '../rule.ts'
import { firstOfEach, type SqlInput } from '../sql.ts'

/** Statements of a SQL file about a table of another database than the file's. */
export const sqlDatabase: LintRule = {
  name: 'wrong-database',
  check({ sql }) {
    if (!sql) return []
    return [...copies(sql), ...sql.facts.files.flatMap((file) => statements(sql, file))]
  },
}

/** Tables that are made where they don't belong: code that reaches them there reads and writes a copy. */
function copies(sql: SqlInput): Offense[] {
  return [...sql.facts.schemas.values()].flatMap((schema) =>
    [...schema.tables.values()].flatMap(({ name, file, range }): Offense[] => {
      const there = sql.owners(name, file)
      if (!there || there.includes(schema.database)) return []
      return [
        {
          message: `the SQL of ${schema.database} makes table \`${name}\`, which belongs to ${there.join(' and ')}: rows in it are a copy that nobody keeps; drop it here, or list the table in both databases`,
          file,
          range,
          table: name,
          operation: 'create',
          database: { actual: schema.database, expected: there[0]! },
          atMost: 'warning',
          identity: `copy ${name}`,
        },
      ]
    }),
  )
}

/** Statements that need a table which their own database doesn't have. */
function statements(sql: SqlInput, { file, database, facts }: SqlFile): Offense[] {
  const uses = facts.flatMap((fact) => (fact.does === 'run' ? fact.contents.uses : []))
  const temporary = new Set(facts.flatMap((fact) => (fact.does === 'temporary' ? [fact.name] : [])))
  return firstOfEach(uses).flatMap(({ table, range, operation }): Offense[] => {
    const there = sql.owners(table, file)
    if (
      temporary.has(table) ||
      isUnknown(table) ||
      !there ||
      there.includes(database) ||
      sql.makes(database, table)
    )
      return []
    return [
      {
        message: `this file belongs to ${database}; table \`${table}\` belongs to ${there.join(' and ')}`,
        file,
        range,
        table,
        operation,
        database: { actual: database, expected: there[0]! },
        identity: `statement ${table}`,
      },
    ]
  })
}
