import { qualified, quoted } from '../directories/sql-names.ts'
import type { Connection } from './connection.ts'

/** The row of a tenant's database that says whose it is. */
export interface Marker {
  readonly table: string
  readonly column: string
}

/** @returns what is wrong with the marker of a database; undefined when it is this tenant's */
export async function markerProblem(
  connection: Connection,
  { table, column }: Marker,
  tenantId: string,
): Promise<string | undefined> {
  const { rows: found } = await connection.query('SELECT to_regclass($1) IS NOT NULL AS exists', [
    qualified(table),
  ])
  if (found[0]?.exists !== true) return `it has no table ${table}, which would say whose it is`
  const { rows } = await connection.query<{ marker: string | null }>(
    `SELECT DISTINCT ${quoted(column)}::text AS marker FROM ${qualified(table)} LIMIT 2`,
  )
  return judgeMarkers(
    rows.map(({ marker }) => marker),
    table,
    tenantId,
  )
}

/** @param markers the different values of the marker column, two at most */
export function judgeMarkers(
  markers: readonly (string | null)[],
  table: string,
  tenantId: string,
): string | undefined {
  if (markers.length === 0) return `its table ${table} is empty, so nothing says whose it is`
  if (markers.length > 1) return `its table ${table} names more than one tenant`
  return markers[0] === tenantId
    ? undefined
    : `it is the database of another tenant: ${table} says ${JSON.stringify(markers[0])}, not ${JSON.stringify(tenantId)}`
}
