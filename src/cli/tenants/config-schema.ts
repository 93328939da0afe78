import * as z from 'zod/mini'
import { text } from '../../rules/schema-parts.ts'

const variable = (description: string) =>
  text(`${description} The name of an environment variable: no secret stands in this file.`).check(
    z.regex(/^[A-Za-z_]\w*$/, { error: 'this is not the name of an environment variable' }),
  )

const column = z.optional(text('The name of a column.'))
const status = z.enum(['active', 'suspended', 'pending', 'error', 'disconnected'])

const columns = z.strictObject({
  id: column,
  status: column,
  url: column,
  databaseName: column,
  databaseUrl: column,
  anonKey: column,
  serviceKey: column,
  region: column,
  pool: column,
  tenantIdInDatabase: column,
})

const table = z.strictObject({
  table: text(
    'The table of tenants in the application database; with its schema, if that is not on the search path.',
  ),
  columns: z.optional(columns),
  statuses: z.optional(z.record(z.string(), status)),
  baseUrl: z.optional(variable('The server with the tenants’ databases, for `columns.databaseName`.')),
})

const file = z.strictObject({
  file: text('A JSON file of tenants, for development.'),
  statuses: z.optional(z.record(z.string(), status)),
  baseUrl: z.optional(variable('The server with the tenants’ databases.')),
})

const tool = z.strictObject({
  tool: z.enum(['prisma', 'drizzle', 'supabase']),
  migrations: z.optional(text('The folder of migrations, relative to this file.')),
  schema: z.optional(text('The schema of the tool’s ledger.')),
})

const ownLedger = z.strictObject({
  table: text('The table in a tenant’s database that lists its migrations.'),
  column: text('The column with their names.'),
  migrations: z.optional(text('A folder whose entries, without extensions, are those names.')),
})

/** `tenants.config.json`: where tenants are listed, and how operations reach them. */
export const configSchema = z.strictObject({
  application: z.optional(variable('The PostgreSQL URL of the application database.')),
  directory: z.union([table, file]),
  keys: z.optional(
    z.strictObject({
      variable: z.optional(variable('The primary key.')),
      old: z.optional(variable('Keys that only decrypt.')),
    }),
  ),
  marker: z.optional(z.strictObject({ table: text('A table.'), column: text('A column.') })),
  ledger: z.optional(z.union([tool, ownLedger])),
  migrate: z.optional(
    z.strictObject({
      variables: z.optional(z.array(variable('Set to the tenant’s URL.'))),
      pass: z.optional(z.array(variable('Passed on to the command.'))),
    }),
  ),
  check: z.optional(
    z.strictObject({
      timestamps: z.optional(z.array(text('A column that says when a row was written.'))),
    }),
  ),
})

export type TenantsConfig = z.infer<typeof configSchema>
