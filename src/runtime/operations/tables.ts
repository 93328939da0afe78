import type { Connection } from './connection.ts'

/** The tables on the search path of a connection, sorted. */
export async function tablesOf(connection: Connection): Promise<string[]> {
  const { rows } = await connection.query<{ name: string }>(
    `SELECT table_name::text AS name FROM information_schema.tables
      WHERE table_type = 'BASE TABLE' AND table_schema = ANY (current_schemas(false)) ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}
