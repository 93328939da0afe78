import type { Survey } from './survey.ts'
import { keyOfName, wordsOf } from './words.ts'

/** What the code base shows about one table. */
export interface TableEvidence {
  readonly name: string
  accesses: number
  readonly files: Set<string>
  readonly columns: Set<string>
  /** The tables that its foreign keys lead to, by column. */
  readonly references: Map<string, string>
  /** Tables whose queries embed it, and tables that its queries embed. */
  readonly partners: Set<string>
  /** Positions in `Survey.clients` of the clients it is reached on. */
  readonly clients: Map<number, number>
  declaredBy?: string
}

/** Everything that is known of each table, by name: declared by a schema, used by code, or both. */
export function gatherTables(survey: Survey): Map<string, TableEvidence> {
  const tables = new Map<string, TableEvidence>()
  const table = (name: string): TableEvidence => {
    let found = tables.get(name)
    if (!found)
      tables.set(
        name,
        (found = {
          name,
          accesses: 0,
          files: new Set(),
          columns: new Set(),
          references: new Map(),
          partners: new Set(),
          clients: new Map(),
        }),
      )
    return found
  }
  for (const declared of survey.declared) {
    const found = table(declared.name)
    found.declaredBy ??= declared.by
    for (const column of declared.columns) found.columns.add(column)
    for (const { column, table: target } of declared.references) found.references.set(column, target)
  }
  for (const access of survey.accesses) {
    if (access.kind !== 'table') continue
    for (const name of access.names) {
      const found = table(name)
      found.accesses++
      found.files.add(access.file)
      for (const client of access.clients) found.clients.set(client, (found.clients.get(client) ?? 0) + 1)
      // A query that may be on one of several tables says nothing about the columns of each.
      if (access.names.length === 1) for (const column of access.columns) found.columns.add(column.name)
      for (const embed of access.embeds) {
        // An embed may name a foreign-key column instead of a table.
        if (found.columns.has(embed) || /_id$/.test(embed)) continue
        found.partners.add(embed)
        table(embed).partners.add(name)
      }
    }
  }
  const byKey = new Map([...tables.keys()].map((name) => [keyOfName(name), name]))
  for (const found of tables.values()) {
    for (const column of found.columns) {
      const target =
        column === 'id' || found.references.has(column) ? undefined : byKey.get(keyOfColumn(column))
      if (target && target !== found.name) found.references.set(column, target)
    }
  }
  return tables
}

/** `quote_id`, `quoteId` → quote, the key of the table that the column must point at. */
function keyOfColumn(column: string): string {
  const words = wordsOf(column)
  return words.at(-1) === 'id' ? words.slice(0, -1).join('_') : ''
}
