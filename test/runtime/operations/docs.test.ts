import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocksOf, page, section } from '../../docs/pages.ts'
import { usePostgres } from '../support/postgres.ts'
import { Fleet } from './support/fleet.ts'

const postgres = usePostgres()
const text = section(page('docs/runtime.md'), 'Operations')
const blocks = blocksOf({ path: 'docs/runtime.md', text })
const commands = blocks
  .filter(({ language }) => language === 'bash')
  .flatMap((block) => block.text.trim().split('\n'))
const env = {
  PRISMA_SCHEMA_ENGINE_BINARY: fileURLToPath(new URL('../support/schema-engine.mjs', import.meta.url)),
  CHECKPOINT_DISABLE: '1',
}
let fleet: Fleet

function migration(name: string, sql: string): void {
  const file = join(fleet.folder, 'prisma/migrations', name, 'migration.sql')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, sql)
}

/** Runs `tenantize tenants …` with the application's URL where the example expects it. */
const run = (line: string) =>
  fleet.run(line.split(' ').slice(2), { ...env, DATABASE_URL: postgres.application.url })

beforeAll(async () => {
  const config = JSON.parse(blocks.find(({ language }) => language === 'json')!.text)
  const rules = {
    databases: {
      app: { clients: [{ export: 'db#app', planned: true }], tables: ['tenants'] },
      tenant: { perTenant: true, clients: [{ export: 'db#tenant', planned: true }], tables: ['*'] },
    },
  }
  // Only what this machine's engine needs is added to the example.
  fleet = new Fleet(
    postgres,
    { ...config, migrate: { pass: Object.keys(env) } },
    { 'rules.json': JSON.stringify(rules) },
  )
  writeFileSync(
    join(fleet.folder, 'prisma.config.ts'),
    `export default { schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' },
      datasource: { url: process.env.DATABASE_URL } }`,
  )
  migration('1_marker', 'CREATE TABLE tenant_marker (tenant_id text)')
  writeFileSync(join(fleet.folder, 'prisma/schema.prisma'), 'datasource db {\n  provider = "postgresql"\n}\n')
  writeFileSync(join(fleet.folder, 'prisma/migrations/migration_lock.toml'), 'provider = "postgresql"\n')
  for (const id of ['acme']) {
    const database = await postgres.create({ name: id })
    fleet.databases.set(id, database)
    await fleet.list(id, database.url)
  }
})
afterAll(() => rmSync(fleet.folder, { recursive: true, force: true }))

describe('the commands of the page', () => {
  it('are found', () => {
    expect(commands.length).toBeGreaterThan(6)
  })

  it('set up a new tenant, which has no marker before its first migration', async () => {
    const { status, stdout } = await run(
      'tenantize tenants migrate -- node_modules/.bin/prisma migrate deploy',
    )
    expect(stdout).toBe('1 tenant: 1 done\nNext: tenantize tenants check\n')
    expect(status).toBe(0)
    for (const [id, { url }] of fleet.databases)
      await postgres.query('INSERT INTO tenant_marker VALUES ($1)', url, [id])
    migration('2_notes', 'CREATE TABLE notes (id int)')
  })

  it.each(commands)('%s', async (line) => {
    const { status, stdout, stderr } = await run(line)
    expect(stderr).toBe('')
    // Before the migration, `check` has something to report.
    expect(status, stdout).toBe(line.includes('check') ? 1 : 0)
  })

  it('leave everything as it should be', async () => {
    const { status, stdout } = await run('tenantize tenants check')
    expect(stdout).toContain('1 tenant: all as they should be')
    expect(status).toBe(0)
  })
})

describe('the examples of the help', () => {
  it('run on the same tenant', async () => {
    const { stdout } = await fleet.run(['--help'], env)
    const examples = Array.from(stdout.matchAll(/^ {2}\$ (tenantize tenants .*)$/gm), ([, line]) => line!)
    expect(examples.length).toBeGreaterThan(2)
    for (const line of examples) {
      const outcome = await run(line)
      expect(outcome.stderr, line).toBe('')
      expect(outcome.status, `${line}\n${outcome.stdout}`).toBe(0)
    }
  })
})
