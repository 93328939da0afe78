import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, usePostgres } from '../support/postgres.ts'
import { Fleet } from './support/fleet.ts'

const postgres = usePostgres()
const env = {
  PRISMA_SCHEMA_ENGINE_BINARY: fileURLToPath(new URL('../support/schema-engine.mjs', import.meta.url)),
  CHECKPOINT_DISABLE: '1',
}
const command = ['--', process.execPath, 'node_modules/prisma/build/index.js', 'migrate', 'deploy']

/** What people write to migrate past a pooler. `.env` holds the address of another database. */
const trap = `export default {
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DIRECT_URL ?? process.env.DATABASE_URL },
}`
const files = {
  'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n}\n',
  'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
  'prisma/migrations/20260101000000_notes/migration.sql': 'CREATE TABLE notes (id int PRIMARY KEY);',
}
let fleet: Fleet
let other: Database

beforeAll(async () => {
  other = await postgres.create({ name: 'other' })
  fleet = new Fleet(
    postgres,
    { ledger: { tool: 'prisma' }, migrate: { pass: Object.keys(env) }, marker: undefined },
    { ...files, '.env': `DIRECT_URL=${other.url}\n` },
  )
  await fleet.add('one', 'two')
})
afterAll(() => rmSync(fleet.folder, { recursive: true, force: true }))

const migrationsOf = async (url: string): Promise<string[]> => {
  const { rows } = await postgres.query("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS is", url)
  if (!rows[0].is) return []
  const found = await postgres.query('SELECT migration_name AS name FROM _prisma_migrations ORDER BY 1', url)
  return found.rows.map(({ name }) => name)
}

describe('prisma migrate deploy, with DIRECT_URL ?? DATABASE_URL', () => {
  it('is caught when the configuration puts another address over the tenant’s', async () => {
    const overridden = `import { readFileSync } from 'node:fs'
      for (const line of readFileSync('.env', 'utf8').trim().split('\\n')) {
        const at = line.indexOf('=')
        process.env[line.slice(0, at)] = line.slice(at + 1)
      }\n${trap}`
    writeFileSync(join(fleet.folder, 'prisma.config.ts'), overridden)
    const { status, result } = await fleet.json(['migrate', '--concurrency', '1', ...command], env)
    expect(result.tenants).toMatchObject([
      {
        tenantId: 'one',
        outcome: 'failed',
        problem:
          'the command succeeded, but _prisma_migrations of this tenant has not moved: it has migrated another database, or none',
      },
      { tenantId: 'two', outcome: 'not-begun' },
    ])
    expect(status).toBe(1)
    // That it really did what it is accused of, and said that all was well.
    expect(await migrationsOf(other.url)).toEqual(['20260101000000_notes'])
    expect(result.tenants[0].output).toMatch(/successfully applied/i)
    expect(await migrationsOf(fleet.databases.get('one')!.url)).toEqual([])
  })

  it('migrates each tenant’s database, since both names lead there', async () => {
    writeFileSync(
      join(fleet.folder, 'prisma.config.ts'),
      `try { process.loadEnvFile('.env') } catch {}\n${trap}`,
    )
    const { status, result, stderr } = await fleet.json(['migrate', ...command], env)
    expect(result.summary, stderr).toMatchObject({ done: 2, failed: 0, resumed: true, verified: true })
    expect(status).toBe(0)
    for (const { url } of fleet.databases.values())
      expect(await migrationsOf(url)).toEqual(['20260101000000_notes'])
  })

  it('is a new run with a new migration, and makes no database', async () => {
    const name = fleet.databases.get('two')!.name
    await fleet.list('two', fleet.databases.get('two')!.url.replace(/[^/]*$/, `${name}_gone`))
    const folder = join(fleet.folder, 'prisma/migrations/20260201000000_more')
    mkdirSync(folder)
    writeFileSync(join(folder, 'migration.sql'), 'CREATE TABLE more (id int);')
    const { status, result } = await fleet.json(['migrate', ...command], env)
    expect(result.tenants).toMatchObject([
      { tenantId: 'one', outcome: 'done', before: '20260101000000_notes', after: '20260201000000_more' },
      { tenantId: 'two', outcome: 'failed', problem: 'its database does not exist, and is not created here' },
    ])
    expect([status, result.summary.resumed]).toEqual([1, false])
    const { rows } = await postgres.query('SELECT FROM pg_database WHERE datname = $1', postgres.admin, [
      `${name}_gone`,
    ])
    expect(rows).toEqual([])
  })

  it('shows what went wrong, and no password', async () => {
    await fleet.list('two', fleet.databases.get('two')!.url)
    await postgres.query('CREATE TABLE more (id int)', fleet.databases.get('two')!.url)
    const { result, stdout, stderr } = await fleet.json(['migrate', ...command], env)
    expect(result.tenants[1].output).toContain('relation "more" already exists')
    for (const secret of fleet.secrets())
      expect((stdout + stderr + (await fleet.ledger())).includes(secret)).toBe(false)
    // Prisma wants a person to look first: the database is not current, and its own words are shown.
    const again = await fleet.json(['migrate', ...command], env)
    expect(again.result.tenants[1].output).toContain('P3009')
    const check = await fleet.json(['check', '--only', 'two'], env)
    expect(check.result.tenants[0].problems[0]).toEqual({
      kind: 'unfinished-migration',
      message: 'the migration 20260201000000_more was begun and not ended',
    })
  })
})
