import { abortable } from '../abortable.ts'
import type { Directory } from '../types.ts'
import { columnNames, dataSourceColumns, type TenantColumns } from './columns.ts'
import { type ListenOptions, listenForChanges } from './listen.ts'
import { idOf, type Row, type RowOptions, readListedRow, readRow } from './row.ts'
import { qualified, quoted } from './sql-names.ts'
import { type CredentialStore, storedTexts } from './store.ts'

/** What is needed of a `pg.Pool` or `pg.Client` of the application database. */
export interface Queryable {
  query(
    text: string,
    values: unknown[],
  ): PromiseLike<{ readonly rows: Row[]; readonly rowCount?: number | null }>
}

export interface PostgresDirectoryOptions extends Partial<RowOptions> {
  readonly pool: Queryable
  /** `tenants` by default; with a schema, `public.tenants`. */
  readonly table?: string
  readonly columns?: TenantColumns
  /** Where to hear of changes, when the table tells of them (`notifyTriggerSql`). */
  readonly listen?: ListenOptions
}

const PAGE = 500

/** Tenants in a table of a PostgreSQL application database; by default with the columns of the Supabase system. */
export function postgresDirectory({
  pool,
  table = 'tenants',
  columns = dataSourceColumns,
  listen,
  ...reading
}: PostgresDirectoryOptions): Directory & CredentialStore {
  const options = { columns, ...reading }
  const id = quoted(columns.id)
  const select = `SELECT ${columnNames(columns).map(quoted).join(', ')} FROM ${qualified(table)}`

  async function* rows(signal: AbortSignal): AsyncIterable<Row> {
    for (let after: unknown; ; ) {
      const page =
        after === undefined
          ? pool.query(`${select} ORDER BY ${id} LIMIT ${PAGE}`, [])
          : pool.query(`${select} WHERE ${id} > $1 ORDER BY ${id} LIMIT ${PAGE}`, [after])
      const found = (await abortable(page, signal)).rows
      yield* found
      if (found.length < PAGE) return
      after = found.at(-1)![columns.id]
    }
  }

  return {
    name: `table ${table}`,
    ...(listen === undefined ? {} : { watch: listenForChanges(listen) }),

    async lookup(tenantId, { signal }) {
      const asked = pool.query(`${select} WHERE ${id} = $1`, [tenantId])
      const found = await abortable(asked, signal).catch((error: unknown) => {
        if (isNoSuchValue(error)) return { rows: [] }
        throw error
      })
      const row = found.rows[0]
      // The database takes `007` for 7: two ids would share a tenant, and its cache would not know.
      return row !== undefined && idOf(row, columns) === tenantId ? readRow(row, options) : null
    },

    async *list({ signal }) {
      for await (const row of rows(signal)) yield readListedRow(row, options)
    },

    async *credentials({ signal }) {
      for await (const row of rows(signal)) yield storedTexts(row, columns)
    },

    async replaceCredentials(tenantId, from, to) {
      const values: unknown[] = [tenantId]
      const place = (text: string) => `$${values.push(text)}`
      const set = Object.entries(to).map(([column, text]) => `${quoted(column)} = ${place(text)}`)
      const same = Object.entries(from).map(([column, text]) => `${quoted(column)} = ${place(text)}`)
      const { rowCount } = await pool.query(
        `UPDATE ${qualified(table)} SET ${set.join(', ')} WHERE ${[`${id} = $1`, ...same].join(' AND ')}`,
        values,
      )
      return rowCount === 1
    },
  }
}

/** No uuid or number can be made of the id that was asked for: there is no such tenant. */
const isNoSuchValue = (error: unknown): boolean =>
  ['22P02', '22003'].includes((error as { code?: string } | null)?.code ?? '')
