import { quoted } from '../../directories/sql-names.ts'
import type { Connection } from '../connection.ts'
import { tablesOf } from '../tables.ts'
import type { LeftBehind } from './result.ts'
import { type TableRules, tenantTables } from './tables.ts'

/** Columns that say when a row was written, the first that a table has counts. */
export const usualTimestamps = ['created_at', 'createdAt', 'inserted_at', 'updated_at', 'updatedAt']

/**
 * Looks for rows that were written into the application database although their table belongs to tenants: what a person
 * finds by creating an account and counting in both databases.
 * @param since the moment that the split took effect; without it, only the tables are named
 */
export async function leftBehind(
  application: Connection,
  rules: TableRules,
  since: Date | undefined,
  timestamps: readonly string[] = usualTimestamps,
): Promise<LeftBehind[]> {
  const tables = tenantTables(await tablesOf(application), rules)
  const found: LeftBehind[] = []
  for (const table of tables) found.push(await look(application, table, since, timestamps))
  return found
}

async function look(
  application: Connection,
  table: string,
  since: Date | undefined,
  timestamps: readonly string[],
): Promise<LeftBehind> {
  const column = await timestampColumn(application, table, timestamps)
  if (column === undefined || since === undefined) return { table }
  const { rows } = await application.query<{ count: string; last: Date | null }>(
    `SELECT count(*)::text AS count, max(${quoted(column)})::timestamptz AS last FROM ${quoted(table)} WHERE ${quoted(column)} >= $1`,
    [since],
  )
  const { count = '0', last = null } = rows[0] ?? {}
  return { table, column, since: Number(count), ...(last === null ? {} : { last: last.toISOString() }) }
}

async function timestampColumn(
  application: Connection,
  table: string,
  timestamps: readonly string[],
): Promise<string | undefined> {
  const { rows } = await application.query<{ name: string }>(
    `SELECT column_name::text AS name FROM information_schema.columns
      WHERE table_name = $1 AND table_schema = ANY (current_schemas(false))
        AND data_type IN ('timestamp with time zone', 'timestamp without time zone', 'date')`,
    [table],
  )
  return timestamps.find((name) => rows.some((row) => row.name === name))
}
