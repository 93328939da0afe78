import { abortable } from '../abortable.ts'
import type { Directory } from '../types.ts'
import { columnNames, companyColumns, type TenantColumns } from './columns.ts'
import { type PollOptions, pollForChanges } from './poll.ts'
import { idOf, type Row, type RowOptions, readListedRow, readRow } from './row.ts'

/** What is needed of a model of the application's Prisma client: `prismaSuperUser.company`. */
export interface PrismaModel {
  // biome-ignore lint/suspicious/noExplicitAny: the arguments' types are generated from the schema
  findFirst(args: any): PromiseLike<unknown>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  findMany(args: any): PromiseLike<unknown[]>
}

export interface PrismaDirectoryOptions extends Partial<RowOptions> {
  readonly model: PrismaModel
  /** By default `id` and `dbName`. Name `slug` as the id if that is what tenants are asked for by. */
  readonly columns?: TenantColumns
  /** Makes of an id what the model holds: `Number` for a numeric one. An id it can't be made of is no tenant. */
  readonly parseId?: (tenantId: string) => unknown
  /** Looks at all tenants from time to time, and tells the manager of changes. */
  readonly poll?: PollOptions
}

const PAGE = 500

/**
 * Tenants in a model of the master database: the Prisma system. The URL of a tenant is made of `POSTGRES_BASE_URL` and
 * the row's `dbName`, at run time.
 */
export function prismaDirectory({
  model,
  columns = companyColumns,
  parseId = (tenantId) => tenantId,
  baseUrl = () => process.env.POSTGRES_BASE_URL,
  statuses,
  poll,
}: PrismaDirectoryOptions): Directory {
  const options = { columns, baseUrl, ...(statuses ? { statuses } : {}) }
  const select = Object.fromEntries(columnNames(columns).map((name) => [name, true]))
  const { id } = columns

  const directory: Directory = {
    name: 'a Prisma model',

    async lookup(tenantId, { signal }) {
      const value = parseId(tenantId)
      if (value === undefined || Number.isNaN(value)) return null
      const row = (await abortable(model.findFirst({ where: { [id]: value }, select }), signal)) as Row | null
      return row !== null && idOf(row, columns) === tenantId ? readRow(row, options) : null
    },

    async *list({ signal }) {
      for (let after: unknown; ; ) {
        const where = after === undefined ? {} : { where: { [id]: { gt: after } } }
        const page = model.findMany({ ...where, select, orderBy: { [id]: 'asc' }, take: PAGE })
        const rows = (await abortable(page, signal)) as Row[]
        for (const row of rows) yield readListedRow(row, options)
        if (rows.length < PAGE) return
        after = rows.at(-1)![id]
      }
    },
  }
  return poll === undefined ? directory : { ...directory, watch: pollForChanges(directory, poll) }
}
