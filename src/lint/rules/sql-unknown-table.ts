import { isUnknown } from '../../sql/contents.ts'
import type { SqlFile } from '../../sql/facts.ts'
import { type LintInput, type LintRule, type Offense, pointAt } from '../rule.ts'
import type { SqlInput } from '../sql.ts'

/** Tables that code uses and no migration makes, that a migration makes and no rule owns, and names made at run time. */
export const sqlUnknownTable: LintRule = {
  name: 'unknown-table',
  check(input) {
    const { sql } = input
    if (!sql) return []
    return [...missing(input, sql), ...unowned(sql), ...sql.facts.files.flatMap(unreadable)]
  },
}

/** One finding for each table and file of code: its first use. */
function missing({ facts, verdicts, dialects }: LintInput, sql: SqlInput): Offense[] {
  const seen = new Set<string>()
  return facts.accesses.flatMap((access) => {
    // Only where code and database call a table by the same name can one be looked up in the other.
    if (access.kind !== 'table' || !dialects.find(({ name }) => name === access.dialect)?.sqlNames) return []
    return access.names.flatMap((name): Offense[] => {
      const verdict = verdicts.get(access)?.find((item) => item.name === name && item.expected !== undefined)
      const database =
        verdict?.expected?.find((expected) => expected === verdict.actual) ?? verdict?.expected?.[0]
      const schema = database === undefined ? undefined : sql.facts.schemas.get(database)
      const key = `${access.file}\n${name}`
      // Files that make no table at all are no schema.
      if (
        !schema?.tables.size ||
        seen.has(key) ||
        schema.tables.has(name) ||
        sql.isView(schema.database, name)
      )
        return []
      seen.add(key)
      // Where some SQL could not be read, the table may be made there.
      const unread = sql.facts.files.find((file) => file.database === database && file.unread.length > 0)
      const message = `table \`${name}\` is used here, and no SQL file of ${database} creates it${sql.makes(schema.database, name) ? ' and keeps it' : ''}${unread ? ` (a part of ${unread.file} could not be read)` : ''}`
      return [
        {
          message,
          file: access.file,
          range: pointAt(access),
          table: name,
          operation: access.operation,
          identity: `no migration ${name}`,
          ...(unread ? { atMost: 'warning' as const } : {}),
        },
      ]
    })
  })
}

function unowned(sql: SqlInput): Offense[] {
  return [...sql.facts.schemas.values()].flatMap((schema) =>
    [...schema.tables.values()].flatMap(({ name, file, range }): Offense[] =>
      sql.owners(name, file) || name.includes('.')
        ? []
        : [
            {
              message: `table \`${name}\` is in no database of the rules; add it to a database's \`tables\``,
              file,
              range,
              table: name,
              operation: 'create',
              identity: `create ${name}`,
            },
          ],
    ),
  )
}

function unreadable({ file, facts, unread }: SqlFile): Offense[] {
  const made = unread
    .filter(({ why }) => why === 'dynamic')
    .map(
      ({ message, range }): Offense => ({
        message: `${message}: which tables it names can't be told`,
        file,
        range,
        atMost: 'warning',
        identity: 'dynamic statement',
      }),
    )
  // Statements that only look after what is there (DROP, ENABLE …) can't reach another database, whatever the name.
  const open = facts
    .flatMap((fact) => (fact.does === 'run' ? fact.contents.uses : []))
    .filter(
      ({ table, operation }) =>
        isUnknown(table) && ['select', 'insert', 'update', 'delete', 'merge', 'like'].includes(operation),
    )
  return [
    ...made,
    ...open.map(
      ({ range, operation }): Offense => ({
        message: "which table this is can't be told: its name is put together when the statement runs",
        file,
        range,
        operation,
        atMost: 'warning',
        identity: `${operation} dynamic`,
      }),
    ),
  ]
}
