import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { qualified, quoted } from '../../directories/sql-names.ts'
import { ConfigurationError } from '../../errors.ts'
import type { Connection } from '../connection.ts'

/** What the migration tool has written into a tenant's database. */
export interface Applied {
  readonly applied: readonly string[]
  /** Begun and not ended: the tool refuses to go on until a person has looked. */
  readonly unfinished: readonly string[]
}

/** The tool's own ledger, by which a tenant is known to be current and a migration to have happened. */
export interface MigrationLedger {
  /** Its table, for messages. */
  readonly table: string
  /** What a current tenant has applied, in order; undefined when that is not known. */
  readonly expected: readonly string[] | undefined
  /** @param url of the database that the connection is to */
  read(connection: Connection, url: string): Promise<Applied>
}

/** How the ledger is configured: by the tool, or by a table of one's own. */
export type LedgerOptions =
  | {
      readonly tool: 'prisma' | 'drizzle' | 'supabase'
      readonly migrations?: string
      readonly schema?: string
    }
  | {
      readonly table: string
      readonly column: string
      /** A folder whose entries, without their extensions, are what the column holds. */
      readonly migrations?: string
    }

const folders = { prisma: 'prisma/migrations', drizzle: 'drizzle', supabase: 'supabase/migrations' }

/**
 * @param root what folders are relative to
 * @throws ConfigurationError when a folder of migrations can't be read
 */
export function migrationLedger(options: LedgerOptions, root: string): MigrationLedger {
  if (!('tool' in options)) {
    const { table, column, migrations } = options
    return {
      table,
      expected:
        migrations === undefined
          ? undefined
          : entries(join(root, migrations)).map((name) => name.replace(/\.[^.]+$/, '')),
      read: (connection) => read(connection, table, `${quoted(column)}::text AS name`),
    }
  }
  const folder = join(root, options.migrations ?? folders[options.tool])
  switch (options.tool) {
    case 'prisma':
      return {
        table: '_prisma_migrations',
        expected: entries(folder, 'folder'),
        read: (connection, url) => {
          // Prisma alone takes the schema from the URL.
          const schema = options.schema ?? new URL(url).searchParams.get('schema') ?? 'public'
          const columns = 'migration_name AS name, finished_at IS NULL AS unfinished'
          return read(connection, `${schema}._prisma_migrations`, columns, 'WHERE rolled_back_at IS NULL')
        },
      }
    case 'drizzle': {
      const table = `${options.schema ?? 'drizzle'}.__drizzle_migrations`
      return {
        table,
        expected: journal(folder),
        read: (connection) => read(connection, table, 'created_at::text AS name'),
      }
    }
    case 'supabase': {
      const table = `${options.schema ?? 'supabase_migrations'}.schema_migrations`
      return {
        table,
        expected: entries(folder).flatMap((name) => /^(\d+)_.*\.sql$/.exec(name)?.[1] ?? []),
        read: (connection) => read(connection, table, 'version AS name'),
      }
    }
  }
}

async function read(connection: Connection, table: string, columns: string, where = ''): Promise<Applied> {
  const name = qualified(table)
  const { rows: found } = await connection.query('SELECT to_regclass($1) IS NOT NULL AS exists', [name])
  if (found[0]?.exists !== true) return { applied: [], unfinished: [] }
  const { rows } = await connection.query<{ name: string; unfinished?: boolean }>(
    `SELECT ${columns} FROM ${name} ${where}`,
  )
  const names = (unfinished: boolean) =>
    rows.filter((row) => (row.unfinished ?? false) === unfinished).map((row) => row.name)
  return { applied: names(false).sort(), unfinished: names(true).sort() }
}

/** What is expected and not applied. */
export const missingFrom = ({ expected = [] }: MigrationLedger, { applied }: Applied): string[] =>
  expected.filter((name) => !applied.includes(name))

/** One word for how far a database is: the last migration, in the order of the names. */
export const versionOf = ({ applied }: Applied): string | undefined => applied.at(-1)

/** The entries of a folder of migrations, sorted; files, or folders as Prisma has them. */
function entries(folder: string, kind: 'file' | 'folder' = 'file'): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(
        (entry) => (kind === 'folder' ? entry.isDirectory() : entry.isFile()) && !entry.name.startsWith('.'),
      )
      .map(({ name }) => name)
      .sort()
  } catch (error) {
    throw new ConfigurationError(
      `the folder of migrations can't be read: ${folder} (${(error as NodeJS.ErrnoException).code})`,
    )
  }
}

/** drizzle-kit's list of migrations; the ledger holds its `when`. */
function journal(folder: string): string[] {
  const file = join(folder, 'meta', '_journal.json')
  try {
    const { entries: listed } = JSON.parse(readFileSync(file, 'utf8')) as { entries: { when: number }[] }
    return listed.map(({ when }) => String(when))
  } catch (error) {
    throw new ConfigurationError(`the list of migrations can't be read: ${file} (${(error as Error).name})`)
  }
}
