import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { usePostgres } from '../support/postgres.ts'
import { Fleet } from './support/fleet.ts'

const postgres = usePostgres()
const command = ['--', process.execPath, 'migrator.mjs']

describe('a migration of fifty tenants, three of them broken', () => {
  let fleet: Fleet
  const ids = Array.from({ length: 50 }, (_, at) => `t${String(at + 1).padStart(2, '0')}`)
  const broken = ['t07', 't23', 't41']
  const whole = ids.filter((id) => !broken.includes(id))

  beforeAll(async () => {
    fleet = new Fleet(postgres)
    await fleet.add(...ids)
    const { url, password } = fleet.databases.get('t07')!
    await fleet.list('t07', url.replace(password, 'wrong-password-canary'))
    await fleet.list('t23', fleet.databases.get('t23')!.url.replace(/_t23$/, '_gone'))
    await postgres.query('CREATE TABLE notes (id int)', fleet.databases.get('t41')!.url)
  })
  afterAll(() => rmSync(fleet.folder, { recursive: true, force: true }))

  it('looks at all of them first, and changes nothing', async () => {
    const { status, result } = await fleet.json(['migrate', '--dry-run', '--concurrency', '8', ...command])
    expect(result.summary).toMatchObject({ tenants: 50, planned: 48, failed: 2, dryRun: true })
    expect(status).toBe(1)
    expect(fleet.starts()).toEqual([])
    const { rows } = await postgres.query("SELECT to_regclass('tenantize_runs')", postgres.application.url)
    expect(rows).toEqual([{ to_regclass: null }])
  })

  it('does forty-seven and reports three', async () => {
    const { status, stdout, stderr, result } = await fleet.json(['migrate', '--concurrency', '4', ...command])
    expect(result.summary, stderr).toMatchObject({ tenants: 50, done: 47, failed: 3, verified: true })
    expect(status).toBe(1)
    const failed = result.tenants.filter(({ outcome }: { outcome: string }) => outcome === 'failed')
    expect(failed).toMatchObject([
      { tenantId: 't07', problem: 'its database refuses the user or the password' },
      { tenantId: 't23', problem: 'its database does not exist, and is not created here' },
      {
        tenantId: 't41',
        problem: 'it ended with status 1',
        output: expect.stringContaining('relation "notes" already exists'),
      },
    ])
    for (const secret of [...fleet.secrets(), 'wrong-password-canary'])
      for (const text of [stdout, stderr, await fleet.ledger(), JSON.stringify(fleet.starts())])
        expect(text.includes(secret)).toBe(false)
  })

  it('gives a command the tenant’s database under every name, and nothing of the application’s', () => {
    for (const { names } of fleet.starts()) {
      expect(names).toEqual(expect.arrayContaining(['DATABASE_URL', 'DIRECT_URL', 'PGPASSWORD', 'PATH']))
      expect(names).not.toContain('APPLICATION_URL')
      expect(names).not.toContain('ENCRYPTION_KEY')
    }
  })

  it('created no database', async () => {
    const { rows } = await postgres.query("SELECT datname FROM pg_database WHERE datname LIKE '%gone'")
    expect(rows).toEqual([])
  })

  it('takes the run up again and does the three, and nothing twice', async () => {
    await fleet.list('t07', fleet.databases.get('t07')!.url)
    await fleet.list('t23', fleet.databases.get('t23')!.url)
    await postgres.query('DROP TABLE notes', fleet.databases.get('t41')!.url)
    const { status, result } = await fleet.json(['migrate', ...command])
    expect(result.summary).toMatchObject({ done: 3, 'done-before': 47, failed: 0, resumed: true })
    expect(status).toBe(0)
    const counts = new Map<string, number>()
    for (const { database } of fleet.starts()) counts.set(database, (counts.get(database) ?? 0) + 1)
    const startsOf = (id: string) => counts.get(fleet.databases.get(id)!.name)
    expect(whole.map(startsOf)).toEqual(whole.map(() => 1))
    // Of the broken ones only the third had got as far as being started.
    expect(broken.map(startsOf)).toEqual([1, 1, 2])
  })

  it('starts nothing for tenants that are current', async () => {
    const before = fleet.starts().length
    const { status, result } = await fleet.json(['migrate', ...command])
    expect(result.summary).toMatchObject({ tenants: 50, current: 50, resumed: false })
    expect([status, fleet.starts().length]).toEqual([0, before])
  })
})
