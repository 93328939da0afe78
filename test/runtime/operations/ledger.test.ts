import { describe, expect, it } from 'vitest'
import { type Connection, connect } from '../../../src/runtime/operations/connection.ts'
import {
  type LedgerOptions,
  migrationLedger,
  missingFrom,
  versionOf,
} from '../../../src/runtime/operations/migrate/ledger.ts'
import { folder } from '../../support/cli.ts'
import { usePostgres } from '../support/postgres.ts'

const postgres = usePostgres()

/** What a ledger says of a database with these tables. */
async function read(options: LedgerOptions, files: Record<string, string>, sql: string, parameters = '') {
  const database = await postgres.create()
  const ledger = migrationLedger(options, folder(files))
  let connection: Connection | undefined
  try {
    connection = await connect(database.url)
    const before = await ledger.read(connection, database.url + parameters)
    expect(before).toEqual({ applied: [], unfinished: [] })
    await postgres.query(sql, database.url)
    const found = await ledger.read(connection, database.url + parameters)
    return { ...found, missing: missingFrom(ledger, found), version: versionOf(found), table: ledger.table }
  } finally {
    await connection?.end()
  }
}

describe('the ledger of a migration tool', () => {
  it('of Prisma, with a migration that failed and one that was rolled back', async () => {
    const files = Object.fromEntries(
      ['1_a', '2_b', '3_c', '4_d'].map((name) => [`prisma/migrations/${name}/migration.sql`, '']),
    )
    const sql = `CREATE TABLE _prisma_migrations (migration_name text, finished_at timestamptz, rolled_back_at timestamptz);
      INSERT INTO _prisma_migrations VALUES ('1_a', now(), NULL), ('2_b', NULL, now()), ('2_b', now(), NULL), ('3_c', NULL, NULL)`
    expect(await read({ tool: 'prisma' }, files, sql)).toEqual({
      applied: ['1_a', '2_b'],
      unfinished: ['3_c'],
      missing: ['3_c', '4_d'],
      version: '2_b',
      table: '_prisma_migrations',
    })
  })

  it('of Prisma, in the schema that the URL names', async () => {
    const sql = `CREATE SCHEMA crm; CREATE TABLE crm._prisma_migrations (migration_name text, finished_at timestamptz, rolled_back_at timestamptz);
      INSERT INTO crm._prisma_migrations VALUES ('1_a', now(), NULL)`
    const files = { 'prisma/migrations/1_a/migration.sql': '' }
    expect(await read({ tool: 'prisma' }, files, sql, '?schema=crm')).toMatchObject({
      applied: ['1_a'],
      missing: [],
    })
  })

  it('of drizzle-kit', async () => {
    const journal = { entries: [{ when: 1700000000001 }, { when: 1700000000002 }] }
    const sql = `CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial, hash text, created_at bigint);
      INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('x', 1700000000001)`
    expect(
      await read({ tool: 'drizzle' }, { 'drizzle/meta/_journal.json': JSON.stringify(journal) }, sql),
    ).toMatchObject({
      applied: ['1700000000001'],
      missing: ['1700000000002'],
    })
  })

  it('of Supabase', async () => {
    const files = { 'db/20260101_a.sql': '', 'db/20260102_b.sql': '', 'db/notes.md': '' }
    const sql = `CREATE SCHEMA supabase_migrations; CREATE TABLE supabase_migrations.schema_migrations (version text);
      INSERT INTO supabase_migrations.schema_migrations VALUES ('20260101')`
    expect(await read({ tool: 'supabase', migrations: 'db' }, files, sql)).toMatchObject({
      applied: ['20260101'],
      missing: ['20260102'],
    })
  })

  it('of one’s own', async () => {
    const sql = `CREATE SCHEMA ops; CREATE TABLE ops."Done" (what text); INSERT INTO ops."Done" VALUES ('002_b'), ('001_a')`
    const options = { table: 'ops.Done', column: 'what', migrations: 'm' }
    expect(
      await read(options, { 'm/001_a.sql': '', 'm/002_b.js': '', 'm/003_c.sql': '' }, sql),
    ).toMatchObject({
      applied: ['001_a', '002_b'],
      missing: ['003_c'],
      version: '002_b',
    })
  })

  it('is refused when its migrations can’t be read', () => {
    expect(() => migrationLedger({ tool: 'prisma' }, folder())).toThrow(
      /can't be read: .*prisma\/migrations \(ENOENT\)/,
    )
    expect(() => migrationLedger({ tool: 'drizzle' }, folder({ 'drizzle/meta/_journal.json': '{' }))).toThrow(
      "the list of migrations can't be read",
    )
  })
})
