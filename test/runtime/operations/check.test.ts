import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TenantCheck } from '../../../src/runtime/operations/check/result.ts'
import { usePostgres } from '../support/postgres.ts'
import { Fleet } from './support/fleet.ts'

const postgres = usePostgres()
const rules = {
  databases: {
    app: { clients: [{ export: 'db#app', planned: true }], tables: ['tenants', 'users'] },
    tenant: { perTenant: true, clients: [{ export: 'db#tenant', planned: true }], tables: ['*'] },
  },
}
let fleet: Fleet

beforeAll(async () => {
  fleet = new Fleet(postgres, {}, { 'rules.json': JSON.stringify(rules) })
  await fleet.add('acme', 'behind', 'broken', 'foreign', 'stranger', 'whole')
  await fleet.run(['migrate', '--except', 'behind', '--', process.execPath, 'migrator.mjs'])
  const url = (id: string) => fleet.databases.get(id)!.url
  await fleet.list('broken', url('broken').replace(fleet.databases.get('broken')!.password, 'wrong-canary'))
  await fleet.list('pending', url('acme'), 'pending')
  await postgres.query('CREATE TABLE users (id int)', url('foreign'))
  await postgres.query("UPDATE tenant_marker SET tenant_id = 'whole'", url('stranger'))
  await fleet.list('twin', url('acme'))
  await fleet.list('ours', postgres.application.url)
})
afterAll(() => rmSync(fleet.folder, { recursive: true, force: true }))

describe('tenants check', () => {
  it('says what is wrong with each database', async () => {
    const { status, result, stdout, stderr } = await fleet.json(['check', '--concurrency', '3'])
    const problems = Object.fromEntries(
      result.tenants.map((tenant: TenantCheck) => [tenant.tenantId, tenant.problems]),
    )
    expect(problems).toEqual({
      acme: [{ kind: 'shared-database', message: 'it shares its database with tenant "twin"' }],
      behind: [{ kind: 'behind', message: '1 migration missing, the first is 1_notes' }],
      broken: [{ kind: 'unreachable', message: 'its database refuses the user or the password' }],
      foreign: [
        { kind: 'foreign-table', message: 'it has the table users, which belongs to another database' },
      ],
      ours: expect.arrayContaining([
        { kind: 'wrong-tenant', message: 'it has no table tenant_marker, which would say whose it is' },
        { kind: 'behind', message: '1 migration missing, the first is 1_notes' },
        { kind: 'foreign-table', message: 'it has the table tenants, which belongs to another database' },
        { kind: 'shared-database', message: 'its database is that of the application' },
      ]),
      pending: [],
      stranger: [
        {
          kind: 'wrong-tenant',
          message: 'it is the database of another tenant: tenant_marker says "whole", not "stranger"',
        },
      ],
      twin: expect.arrayContaining([
        { kind: 'shared-database', message: 'it shares its database with tenant "acme"' },
      ]),
      whole: [],
    })
    const whole = result.tenants.at(-1)
    expect(whole).toMatchObject({ version: '1_notes', tables: 3, latency: expect.any(Number) })
    expect(status, stderr).toBe(1)
    for (const secret of [...fleet.secrets(), 'wrong-canary']) expect(stdout.includes(secret)).toBe(false)
  })

  it('is clean for the tenants that are', async () => {
    const { status, stdout } = await fleet.run(['check', '--only', 'whole', '--only', 'pending'])
    expect(stdout).toMatch(/^pending +left out +- +- +its status is pending$/m)
    expect(stdout).toMatch(/^whole +ok +\d+ ms +1_notes +3 tables$/m)
    expect(stdout).toContain('2 tenants: all as they should be')
    expect(status).toBe(0)
  })

  it('counts what is still written into the application database', async () => {
    const run = (...args: string[]) => fleet.json(['check', '--only', 'whole', ...args])
    const application = postgres.application.url
    await postgres.query('CREATE TABLE invoices (id int, created_at timestamptz DEFAULT now())', application)
    await postgres.query("INSERT INTO invoices VALUES (1, '2026-01-01')", application)
    const moment = new Date(Date.now() - 1000).toISOString()
    const before = await run('--since', moment)
    expect(before.result.leftBehind).toEqual([
      { table: 'accounts' },
      { table: 'invoices', column: 'created_at', since: 0 },
    ])
    expect(before.status).toBe(0)

    await postgres.query('INSERT INTO invoices VALUES (2)', application)
    const after = await run('--since', moment)
    expect(after.result.summary).toMatchObject({ problems: 0, rowsLeftBehind: 1 })
    expect(after.status).toBe(1)
    const { stdout } = await fleet.run(['check', '--only', 'whole', '--since', moment])
    expect(stdout).toMatch(
      /^application database {2}invoices: 1 row since, the last \S+Z \(by created_at\)$/m,
    )
    expect(stdout).toContain('application database  accounts: belongs to tenants and is still there')
  })

  it('refuses a moment that is none', async () => {
    const { status, stderr } = await fleet.run(['check', '--since', 'yesterday'])
    expect([status, stderr]).toEqual([2, expect.stringContaining('--since: expected a moment')])
  })
})

describe('tenants check of a service', () => {
  it('asks it with its key for the marker', async () => {
    // What PostgREST answers to these requests, over the databases' own rows.
    const server = createServer(async (request, response) => {
      const id = request.url!.split('/')[1]!
      if (request.headers.apikey !== `key-canary-of-${id}`) return response.writeHead(401).end('{}')
      if (id === 'away') return response.writeHead(302, { location: 'https://elsewhere.example.com' }).end()
      const of = id === 'wrong' ? 'acme' : 'whole'
      const { rows } = await postgres.query(
        'SELECT tenant_id FROM tenant_marker',
        fleet.databases.get(of)!.url,
      )
      response.end(JSON.stringify(rows))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const insert = async (id: string, path: string, inside = 'whole') => {
      const key = await fleet.keys.encrypt(`key-canary-of-${path}`, {
        tenantId: id,
        field: 'data_source_service_key',
      })
      await postgres.query(
        'INSERT INTO tenants (id, data_source_url, data_source_service_key, tenant_id_in_data_source) VALUES ($1, $2, $3, $4)',
        postgres.application.url,
        [id, `http://127.0.0.1:${port}/${id}`, key, inside],
      )
    }
    const ids = ['right', 'wrong', 'locked', 'away']
    await insert('right', 'right')
    await insert('wrong', 'wrong')
    await insert('locked', 'other')
    await insert('away', 'away')
    const { result, stdout } = await fleet.json(['check', ...ids.flatMap((id) => ['--only', id])])
    server.close()
    expect(
      result.tenants.map((tenant: TenantCheck) => [tenant.tenantId, tenant.problems[0]?.message]),
    ).toEqual([
      ['away', 'its service answers with status 302'],
      ['locked', 'its service refuses the key'],
      ['right', undefined],
      ['wrong', 'it is the database of another tenant: tenant_marker says "acme", not "whole"'],
    ])
    expect(stdout).not.toContain('canary')
  })
})

it('a configuration with a mistake is refused at its place', async () => {
  writeFileSync(
    join(fleet.folder, 'wrong.json'),
    '{\n  "application": "postgres://canary@localhost",\n  "directory": { "tabel": "tenants" }\n}',
  )
  const { status, stderr } = await fleet.run(['list', '--config', 'wrong.json'])
  expect(status).toBe(2)
  expect(stderr).not.toContain('canary')
  expect(stderr).toContain('wrong.json:2:18 this is not the name of an environment variable')
  expect(stderr).toMatch(/wrong\.json:3:\d+ .*tabel.*did you mean "table"/)
})
