import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { TenantOutcome } from '../../../src/runtime/operations/migrate/result.ts'
import { usePostgres } from '../support/postgres.ts'
import { Fleet } from './support/fleet.ts'

const postgres = usePostgres()
const command = ['--', process.execPath, 'migrator.mjs']
let fleet: Fleet

afterEach(async () => {
  rmSync(fleet.folder, { recursive: true, force: true })
  const emptied =
    'TRUNCATE tenants; DROP TABLE IF EXISTS tenantize_run_tenants, tenantize_runs, schema_migrations, notes'
  await postgres.query(emptied, postgres.application.url)
})

const outcomes = (tenants: readonly TenantOutcome[]) =>
  Object.fromEntries(tenants.map(({ tenantId, outcome }) => [tenantId, outcome]))

/** Whether a tenant's database has the table of the first migration. */
const isMigrated = async (url: string): Promise<boolean> =>
  (await postgres.query("SELECT to_regclass('notes') IS NOT NULL AS is", url)).rows[0].is

/** Tenants of which some fail, because the table of the migration is there already. */
async function fleetOf(
  prefix: string,
  count: number,
  failing: readonly number[] = [],
  config = {},
): Promise<string[]> {
  fleet = new Fleet(postgres, config)
  const ids = Array.from({ length: count }, (_, at) => `${prefix}${at + 1}`)
  await fleet.add(...ids)
  for (const number of failing)
    await postgres.query('CREATE TABLE notes (id int)', fleet.databases.get(`${prefix}${number}`)!.url)
  return ids
}

describe('a migration that goes wrong', () => {
  it('at a canary begins no other tenant', async () => {
    await fleetOf('canary', 3, [1])
    const { status, result } = await fleet.json(['migrate', '--canary', '1', ...command])
    expect(outcomes(result.tenants)).toEqual({
      canary1: 'failed',
      canary2: 'not-begun',
      canary3: 'not-begun',
    })
    expect(result.summary.stopped).toBe('a tenant that went first has failed')
    expect(status).toBe(1)
    await postgres.query('DROP TABLE notes', fleet.databases.get('canary1')!.url)
    const again = await fleet.json(['migrate', '--canary', '1', ...command])
    expect(again.result.summary).toMatchObject({ done: 3, resumed: true })
    expect(again.status).toBe(0)
  })

  it('too often is stopped', async () => {
    await fleetOf('often', 4, [1, 2, 3])
    const args = ['migrate', '--max-failures', '2', '--concurrency', '1', ...command]
    const gone = fleet.databases.get('often1')!.url
    await fleet.list('often1', `${gone}_gone`)
    await fleet.list('often2', `${gone}_gone`)
    const dry = await fleet.json(['migrate', '--dry-run', ...args.slice(1)])
    expect(dry.result.summary).toMatchObject({ failed: 2, planned: 2, dryRun: true })
    const { status, stdout } = await fleet.run(args)
    expect(stdout).toContain('4 tenants: 2 failed · 2 not begun\nstopped: 2 tenants have failed\n')
    expect(status).toBe(1)
    const { rows } = await postgres.query(
      'SELECT state, count(*)::int FROM tenantize_run_tenants GROUP BY 1 ORDER BY 1',
      postgres.application.url,
    )
    expect(rows).toEqual([
      { state: 'failed', count: 2 },
      { state: 'pending', count: 2 },
    ])
  })

  it('for too long is ended', async () => {
    await fleetOf('long', 1)
    const { status, result } = await fleet.json(['migrate', '--timeout', '1', ...command, 'slow'])
    expect(result.tenants[0]).toMatchObject({ outcome: 'failed', problem: 'it took longer than 1 s' })
    expect(status).toBe(1)
  })
})

describe('a database that must not be migrated', () => {
  it('is another tenant’s, the application’s, or nobody’s yet', async () => {
    await fleetOf('own', 2)
    const [one, two] = [fleet.databases.get('own1')!, fleet.databases.get('own2')!]
    await postgres.query("UPDATE tenant_marker SET tenant_id = 'own2'", one.url)
    await fleet.list('application', postgres.application.url)
    await fleet.list('new', two.url, 'pending')
    await fleet.list('off', two.url, 'suspended')
    const { result } = await fleet.json(['migrate', ...command])
    expect(result.tenants).toMatchObject([
      { tenantId: 'application', problem: 'its URL is that of the application database' },
      { tenantId: 'new', outcome: 'left-out', problem: 'its status is pending' },
      { tenantId: 'off', problem: expect.stringContaining('it is the database of another tenant') },
      { tenantId: 'own1', problem: expect.stringContaining('tenant_marker says "own2", not "own1"') },
      { tenantId: 'own2', outcome: 'done' },
    ])
    expect(await isMigrated(one.url)).toBe(false)
    expect(await isMigrated(postgres.application.url)).toBe(false)
  })

  it('is the one that a file beside the command names', async () => {
    const ids = await fleetOf('else', 3)
    writeFileSync(join(fleet.folder, '.env'), `HIDDEN_ADDRESS=${postgres.application.url}\n`)
    const { status, stdout, stderr, result } = await fleet.json([
      'migrate',
      '--concurrency',
      '1',
      ...command,
      'elsewhere',
    ])
    expect(outcomes(result.tenants)).toEqual({ else1: 'failed', else2: 'not-begun', else3: 'not-begun' })
    expect(result.tenants[0].problem).toContain('public.schema_migrations of this tenant has not moved')
    expect(status).toBe(1)
    // The harm is done once, and seen; not three times, and reported as success.
    expect(fleet.starts()).toHaveLength(1)
    for (const id of ids) expect(await isMigrated(fleet.databases.get(id)!.url)).toBe(false)
    for (const secret of fleet.secrets()) expect((stdout + stderr).includes(secret)).toBe(false)
  })
})

describe('a command', () => {
  it('that reads no URL finds the database by libpq’s variables', async () => {
    await fleetOf('libpq', 1)
    const { status } = await fleet.run(['migrate', ...command, 'libpq'])
    expect([status, await isMigrated(fleet.databases.get('libpq1')!.url)]).toEqual([0, true])
  })

  it('that is not there is reported for each tenant', async () => {
    await fleetOf('none', 2)
    const { status, result } = await fleet.json(['migrate', '--', 'no-such-program', 'deploy'])
    expect(result.tenants[1]).toMatchObject({ problem: 'there is no program "no-such-program"' })
    expect(status).toBe(1)
  })

  it('gets a variable of the application only by name', async () => {
    await fleetOf('pass', 1, [], { migrate: { pass: ['LICENCE'], variables: ['MY_DATABASE'] } })
    await fleet.run(['migrate', ...command], { LICENCE: 'x', OTHER_SECRET: 'y' })
    const [{ names } = { names: [] }] = fleet.starts()
    expect(names).toEqual(expect.arrayContaining(['LICENCE', 'MY_DATABASE', 'DATABASE_URL']))
    expect(names).not.toContain('OTHER_SECRET')
  })

  it('without a ledger is said not to be verified', async () => {
    await fleetOf('blind', 1, [], { ledger: undefined })
    const { status, stdout } = await fleet.run(['migrate', ...command])
    expect([status, stdout]).toEqual([0, expect.stringContaining('1 tenant: 1 done\nnot verified:')])
  })

  it('whose migrations are not known must move the ledger', async () => {
    await fleetOf('moves', 1, [], { ledger: { table: 'public.schema_migrations', column: 'name' } })
    expect((await fleet.run(['migrate', ...command])).status).toBe(0)
    const { status, result } = await fleet.json(['migrate', ...command])
    expect(result.tenants[0].problem).toContain('has not moved')
    expect(status).toBe(1)
  })
})

describe('where tenants are listed', () => {
  it('may be a table of companies, whose databases are on one server', async () => {
    fleet = new Fleet(postgres, {
      directory: { table: 'Company', columns: { databaseName: 'dbName' }, baseUrl: 'POSTGRES_BASE_URL' },
      marker: undefined,
    })
    const [one, two] = [await postgres.create(), await postgres.create()]
    await postgres.query(
      `CREATE TABLE "Company" (id int PRIMARY KEY, "dbName" text);
       INSERT INTO "Company" VALUES (1, '${one.name}'), (2, '${two.name}'), (3, 'template1'), (4, NULL), (5, 'a?b')`,
      postgres.application.url,
    )
    const env = { POSTGRES_BASE_URL: postgres.baseUrl }
    const { result, stdout, stderr } = await fleet.json(['migrate', ...command], env)
    await postgres.query('DROP TABLE "Company"', postgres.application.url)
    expect(result.tenants, stderr).toMatchObject([
      { tenantId: '1', outcome: 'done', after: '1_notes' },
      { tenantId: '2', outcome: 'done' },
      { tenantId: '3', outcome: 'failed', problem: expect.stringContaining('belongs to the server') },
      { tenantId: '4', outcome: 'left-out', problem: 'its status is pending' },
      {
        tenantId: '5',
        outcome: 'failed',
        problem: expect.stringContaining('the name of its database must be'),
      },
    ])
    expect([await isMigrated(one.url), await isMigrated(two.url)]).toEqual([true, true])
    const password = new URL(postgres.baseUrl).password
    for (const text of [stdout, stderr, await fleet.ledger(), JSON.stringify(fleet.starts())])
      expect(text.includes(password)).toBe(false)
  })

  it('may not be a program that fails', async () => {
    fleet = new Fleet(postgres, {}, { 'own.config.mjs': "throw new Error('not today')" })
    const { status, stderr } = await fleet.run(['list', '--config', 'own.config.mjs'])
    expect([status, stderr]).toEqual([2, "own.config.mjs: it can't be loaded: not today\n"])
  })

  it('may be a program, which brings a directory and keys of its own', async () => {
    await fleetOf('program', 2)
    writeFileSync(
      join(fleet.folder, 'own.config.mjs'),
      `import { fileDirectory, keyOf, createKeySet } from '${new URL('../../../dist/runtime/index.js', import.meta.url).href}'
       export default {
         application: 'APPLICATION_URL',
         directory: fileDirectory({ path: 'tenants.json' }),
         keys: { keys: async () => createKeySet(keyOf(Buffer.from(process.env.OWN_KEY, 'hex'))) },
         ledger: { table: 'public.schema_migrations', column: 'name', migrations: 'migrations' },
       }`,
    )
    const url = await fleet.keys.encrypt(fleet.databases.get('program2')!.url, {
      tenantId: 'program2',
      field: 'url',
    })
    writeFileSync(join(fleet.folder, 'tenants.json'), JSON.stringify({ program2: { url } }))
    const args = ['migrate', '--config', 'own.config.mjs', ...command]
    const { status, stdout, stderr } = await fleet.run(args, {
      OWN_KEY: fleet.key.toString('hex'),
      ENCRYPTION_KEY: '',
    })
    expect([stderr, stdout, status]).toEqual(['', '1 tenant: 1 done\nNext: tenantize tenants check\n', 0])
  })
})

describe('an operator', () => {
  it('who is killed leaves a run that the next one takes up', async () => {
    await fleetOf('killed', 3)
    const { child, ended } = fleet.start(['migrate', '--concurrency', '1', ...command, 'slow'])
    await expect.poll(() => fleet.starts().length, { timeout: 20_000 }).toBe(1)
    await expect.poll(() => isMigrated(fleet.databases.get('killed1')!.url), { timeout: 20_000 }).toBe(true)
    child.kill('SIGKILL')
    await ended
    expect(JSON.parse(await fleet.ledger())[0].tenant.state).toBe('running')
    // The command is another one, but the migrations are the same: the first tenant is seen to be current.
    const { status, result } = await fleet.json(['migrate', ...command])
    expect(outcomes(result.tenants)).toEqual({ killed1: 'current', killed2: 'done', killed3: 'done' })
    expect(status).toBe(0)
  })

  it('who interrupts ends what is under way', async () => {
    await fleetOf('stopped', 2)
    const { child, ended } = fleet.start(['migrate', '--json', '--concurrency', '1', ...command, 'slow'])
    await expect.poll(() => fleet.starts().length, { timeout: 20_000 }).toBe(1)
    child.kill('SIGINT')
    const { status, stdout } = await ended
    expect(JSON.parse(stdout).tenants).toMatchObject([
      { tenantId: 'stopped1', outcome: 'failed', problem: 'it was interrupted' },
      { tenantId: 'stopped2', outcome: 'not-begun' },
    ])
    expect(status).toBe(1)
  })

  it('does not do what another one does', async () => {
    const ids = await fleetOf('both', 6)
    const runs = await Promise.all(
      [1, 2, 3].map(() => fleet.json(['migrate', '--concurrency', '2', ...command])),
    )
    const databases = fleet.starts().map(({ database }) => database)
    expect(databases.sort()).toEqual(ids.map((id) => fleet.databases.get(id)!.name))
    for (const { result } of runs)
      for (const { outcome, problem } of result.tenants)
        if (outcome === 'failed') expect(problem).toBe('another session is migrating it')
    const { result } = await fleet.json(['migrate', ...command])
    expect(result.summary.failed).toBe(0)
  })
})
