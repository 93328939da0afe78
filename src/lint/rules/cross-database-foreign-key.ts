import type { Classifier } from '../../rules/classify.ts'
import type { SqlObject, SqlSchema } from '../../sql/facts.ts'
import type { DeclaredKeyFact } from '../../trace/facts.ts'
import type { LintRule, Offense } from '../rule.ts'
import { firstOfEach, type SqlInput, strangers } from '../sql.ts'

/** Foreign keys, and what else a schema binds to the tables it names: policies, views, functions, triggers. */
export const crossDatabaseForeignKey: LintRule = {
  name: 'cross-database-foreign-key',
  check({ facts, classifier, sql }) {
    const declared = declaredKeys(facts.declaredKeys, classifier)
    if (!sql) return declared
    return [
      ...declared,
      ...[...sql.facts.schemas.values()].flatMap((schema) => {
        const misplaced = strangers(sql, schema)
        return [
          ...foreignKeys(sql, schema),
          ...schema.objects.flatMap((object) => objectOffenses(sql, schema, object, misplaced)),
        ]
      }),
    ]
  },
}

/** Foreign keys of a schema that is written in code. */
function declaredKeys(keys: readonly DeclaredKeyFact[], classifier: Classifier): Offense[] {
  return keys.flatMap(({ table, column, target, file, range }): Offense[] => {
    const home = classifier.exception(file, table)?.database ?? classifier.tableDatabases(table)?.databases
    const homes = typeof home === 'string' ? [home] : home
    const there = classifier.tableDatabases(target)?.databases
    if (!homes || !there || homes.some((database) => there.includes(database))) return []
    const what = column === undefined ? 'it references' : `its column \`${column}\` references`
    return [
      {
        message: `table \`${table}\` belongs to ${homes.join(' and ')}; ${what} \`${target}\`, which belongs to ${there.join(' and ')}: no foreign key can span two databases`,
        file,
        range,
        table: target,
        operation: 'foreign-key',
        database: { actual: homes[0]!, expected: there[0]! },
        identity: `key ${table} ${column ?? ''} ${target}`,
      },
    ]
  })
}

function foreignKeys(sql: SqlInput, schema: SqlSchema): Offense[] {
  return schema.foreignKeys.flatMap(({ file, table, columns, target, range }): Offense[] => {
    const owners = sql.owners(table, file)
    // A table that stands in the wrong database is a finding of its own; its keys are told by where it should be.
    const misplaced = owners?.includes(schema.database) === false
    const home = misplaced ? owners : [schema.database]
    const there = sql.owners(target, file)
    if (!there || home.some((database) => there.includes(database))) return []
    const what =
      columns.length > 1
        ? `its columns ${columns.map((column) => `\`${column}\``).join(', ')} reference`
        : `its column \`${columns[0] ?? '?'}\` references`
    return [
      {
        message: `table \`${table}\` belongs to ${home.join(' and ')}; ${what} \`${target}\`, which belongs to ${there.join(' and ')}: no foreign key can span two databases`,
        file,
        range,
        table: target,
        operation: 'foreign-key',
        database: { actual: home[0]!, expected: there[0]! },
        evidence: madeIn(sql, there, target),
        identity: `key ${table} ${columns.join()} ${target}`,
        ...(misplaced ? { atMost: 'warning' as const } : {}),
      },
    ]
  })
}

function objectOffenses(
  sql: SqlInput,
  schema: SqlSchema,
  { object, name, file, range, on, contents }: SqlObject,
  misplaced: ReadonlySet<string>,
): Offense[] {
  // What is on a table that should not be here goes with that table.
  if (on !== undefined && misplaced.has(on)) return []
  if (object === 'table' && misplaced.has(name)) return []
  const own = on === undefined ? [] : [{ table: on, range, operation: object }]
  return firstOfEach([...own, ...contents.uses]).flatMap((use): Offense[] => {
    const there = sql.owners(use.table, file)
    if (!there || there.includes(schema.database) || sql.isView(schema.database, use.table)) return []
    const what = on === undefined ? `${object} \`${name}\`` : `${object} \`${name}\` on \`${on}\``
    const names =
      use.table === on
        ? `is on a table of ${there.join(' and ')}`
        : `names table \`${use.table}\`, which belongs to ${there.join(' and ')}`
    return [
      {
        message: `${what} ${names}; this file belongs to ${schema.database}`,
        file,
        range: use.range,
        table: use.table,
        operation: use.operation,
        database: { actual: schema.database, expected: there[0]! },
        evidence: madeIn(sql, there, use.table),
        identity: `${object} ${on ?? ''} ${name} ${use.table}`,
      },
    ]
  })
}

/** Where a table is made in its own database. */
function madeIn(sql: SqlInput, databases: readonly string[], table: string): Offense['evidence'] {
  return databases.flatMap((database) => {
    const made = sql.facts.schemas.get(database)?.tables.get(table)
    return made
      ? [
          {
            file: made.file,
            line: made.range.start.line,
            column: made.range.start.column,
            message: `\`${table}\` is created here, in ${database}`,
          },
        ]
      : []
  })
}
