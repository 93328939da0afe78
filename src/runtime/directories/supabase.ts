import type { Directory } from '../types.ts'
import { columnNames, dataSourceColumns, type TenantColumns } from './columns.ts'
import { type PollOptions, pollForChanges } from './poll.ts'
import { idOf, type Row, type RowOptions, readListedRow, readRow } from './row.ts'
import { type CredentialStore, storedTexts } from './store.ts'

/** What is needed of a supabase-js client of the application database. It must be one with the service key. */
export interface SupabaseLike {
  // biome-ignore lint/suspicious/noExplicitAny: the builder's types differ from version to version and schema to schema
  from(table: string): any
}

export interface SupabaseDirectoryOptions extends Partial<RowOptions> {
  readonly client: SupabaseLike
  /** `tenants` by default. */
  readonly table?: string
  readonly columns?: TenantColumns
  /** Looks at the whole table from time to time, and tells the manager of changes. */
  readonly poll?: PollOptions
}

interface Answer {
  readonly data: Row[] | null
  readonly error: { readonly code?: string; readonly message: string } | null
}

const PAGE = 500

/** Tenants in a table of the application's Supabase project: the Supabase system. */
export function supabaseDirectory({
  client,
  table = 'tenants',
  columns = dataSourceColumns,
  poll,
  ...reading
}: SupabaseDirectoryOptions): Directory & CredentialStore {
  const options = { columns, ...reading }
  const select = () => client.from(table).select(columnNames(columns).join(','))

  async function* rows(signal: AbortSignal): AsyncIterable<Row> {
    for (let after: unknown; ; ) {
      const page = select().order(columns.id).limit(PAGE)
      const found = rowsOf(
        await (after === undefined ? page : page.gt(columns.id, after)).abortSignal(signal),
        table,
      )
      yield* found
      // A server may give out fewer rows than it was asked for, so only an empty page is the last.
      if (found.length === 0) return
      after = found.at(-1)![columns.id]
    }
  }

  const directory: Directory & CredentialStore = {
    name: `table ${table}`,

    async lookup(tenantId, { signal }) {
      const answer: Answer = await select().eq(columns.id, tenantId).limit(1).abortSignal(signal)
      if (answer.error && ['22P02', '22003'].includes(answer.error.code ?? '')) return null
      const [row] = rowsOf(answer, table)
      return row !== undefined && idOf(row, columns) === tenantId ? readRow(row, options) : null
    },

    async *list({ signal }) {
      for await (const row of rows(signal)) yield readListedRow(row, options)
    },

    async *credentials({ signal }) {
      for await (const row of rows(signal)) yield storedTexts(row, columns)
    },

    async replaceCredentials(tenantId, from, to) {
      let update = client.from(table).update(to).eq(columns.id, tenantId)
      for (const [column, text] of Object.entries(from)) update = update.eq(column, text)
      return rowsOf(await update.select(columns.id), table).length === 1
    },
  }
  return poll === undefined ? directory : { ...directory, watch: pollForChanges(directory, poll) }
}

/** supabase-js answers with an error instead of throwing it. */
function rowsOf({ data, error }: Answer, table: string): Row[] {
  if (error)
    throw new Error(`table ${table} did not answer${error.code ? ` (${error.code})` : ''}: ${error.message}`)
  return data ?? []
}
