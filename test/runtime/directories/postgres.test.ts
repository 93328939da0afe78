import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  companyColumns,
  dataSourceColumns,
  postgresDirectory,
} from '../../../src/runtime/directories/index.ts'
import { createKeyRing, createKeySet, keyOf } from '../../../src/runtime/keys/index.ts'
import type { TenantConfiguration } from '../../../src/runtime/types.ts'
import { usePostgres } from '../support/postgres.ts'

const postgres = usePostgres()
const { signal } = new AbortController()
const canary = 'canary-never-to-be-shown'
let pool: pg.Pool

beforeAll(() => {
  pool = new pg.Pool({ connectionString: postgres.application.url })
})
afterAll(() => pool.end())

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

describe('the table of tenants', () => {
  const keys = createKeyRing(createKeySet(keyOf(randomBytes(32))))
  const columns = { ...dataSourceColumns, status: 'status' }
  const directory = () => postgresDirectory({ pool, columns, statuses: { trial: 'active' } })

  beforeAll(async () => {
    const serviceKey = await keys.encrypt(canary, { tenantId: 'acme', field: 'data_source_service_key' })
    await pool.query(
      `INSERT INTO tenants (id, status, data_source_url, data_source_service_key, data_source_region,
         connection_pool_config, tenant_id_in_data_source) VALUES
       ('acme', 'active', 'https://acme.example.com', $1, 'eu-central-1', '{"min":1,"max":4}', 'acme-inside'),
       ('globex', 'suspended', 'https://globex.example.com', $1, NULL, NULL, NULL),
       ('hooli', 'trial', NULL, NULL, NULL, NULL, NULL),
       ('initech', 'closing', 'https://initech.example.com', NULL, NULL, NULL, NULL),
       ('umbrella', 'active', 'https://umbrella.example.com', $1, NULL, '{"max":"many"}', NULL)`,
      [serviceKey],
    )
  })

  it('gives what a row says, the keys as they are stored', async () => {
    const found = (await directory().lookup('acme', { signal }))!
    expect(found).toMatchObject({
      tenantId: 'acme',
      status: 'active',
      region: 'eu-central-1',
      pool: { min: 1, max: 4 },
      tenantIdInDatabase: 'acme-inside',
    })
    expect(reveal(found, 'url')).toBe('https://acme.example.com')
    const { serviceKey } = found.credentials as Record<string, { encrypted: string; field: string }>
    expect(serviceKey!.field).toBe('data_source_service_key')
    expect(await keys.decrypt(serviceKey!.encrypted, { tenantId: 'acme', field: serviceKey!.field })).toBe(
      canary,
    )
  })

  it('knows the defaults, the states and the words that are explained', async () => {
    expect(await directory().lookup('globex', { signal })).toMatchObject({
      status: 'suspended',
      pool: { min: 2, max: 10 },
    })
    // Active by its word, but there is no database yet.
    expect(await directory().lookup('hooli', { signal })).toMatchObject({
      status: 'pending',
      credentials: {},
    })
    expect(await directory().lookup('nobody', { signal })).toBeNull()
  })

  it('refuses a row that it does not understand, by name', async () => {
    await expect(directory().lookup('initech', { signal })).rejects.toThrow(
      'the status "closing" of tenant "initech" is not known',
    )
    await expect(directory().lookup('umbrella', { signal })).rejects.toMatchObject({
      code: 'CREDENTIAL',
      field: 'connection_pool_config',
    })
  })

  it('lists every tenant, and those it does not understand with the reason', async () => {
    const found = await all(directory().list!({ signal }))
    expect(found.map(({ tenantId, status }) => [tenantId, status])).toEqual([
      ['acme', 'active'],
      ['globex', 'suspended'],
      ['hooli', 'pending'],
      ['initech', 'error'],
      ['umbrella', 'error'],
    ])
    expect(found[3]!.settings).toEqual({
      problem: expect.stringContaining('the status "closing" of tenant "initech" is not known'),
    })
  })

  it('writes a credential only in the place of the one that was read', async () => {
    const stored = (await all(directory().credentials({ signal }))).find(
      ({ tenantId }) => tenantId === 'globex',
    )!
    const from = { data_source_service_key: stored.texts.data_source_service_key! }
    expect(await directory().replaceCredentials('globex', from, { data_source_service_key: 'new' })).toBe(
      true,
    )
    expect(await directory().replaceCredentials('globex', from, { data_source_service_key: 'other' })).toBe(
      false,
    )
    const { rows } = await pool.query("SELECT data_source_service_key FROM tenants WHERE id = 'globex'")
    expect(rows).toEqual([{ data_source_service_key: 'new' }])
  })

  it('throws when the database does not answer, and stops waiting when it is told to', async () => {
    const nowhere = new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' })
    await expect(postgresDirectory({ pool: nowhere }).lookup('acme', { signal })).rejects.toThrow(
      'ECONNREFUSED',
    )
    const controller = new AbortController()
    const locked = await pool.connect()
    try {
      await locked.query('BEGIN')
      await locked.query('LOCK TABLE tenants IN ACCESS EXCLUSIVE MODE')
      const waiting = directory().lookup('acme', { signal: controller.signal })
      controller.abort(new Error('no longer wanted'))
      await expect(waiting).rejects.toThrow('no longer wanted')
    } finally {
      await locked.query('ROLLBACK')
      locked.release()
    }
  })
})

describe('the table of companies', () => {
  const base = 'postgres://root:canary-password@db.example.com:5432?sslmode=require'
  const directory = (baseUrl: string | undefined = base) =>
    postgresDirectory({ pool, table: 'public.Company', columns: companyColumns, baseUrl: () => baseUrl })

  beforeAll(async () => {
    await pool.query('CREATE TABLE "Company" (id int PRIMARY KEY, slug text, "dbName" text)')
    await pool.query(
      `INSERT INTO "Company" SELECT id, 'company-' || id, 'company_' || id FROM generate_series(1, 1200) AS id`,
    )
    await pool.query(`UPDATE "Company" SET "dbName" = CASE id
      WHEN 2 THEN NULL WHEN 3 THEN '../master?sslmode=disable' WHEN 4 THEN 'postgres' END WHERE id IN (2, 3, 4)`)
  })

  it('makes the URL of the server’s and the name', async () => {
    const found = (await directory().lookup('1', { signal }))!
    expect(reveal(found, 'url')).toBe(
      'postgres://root:canary-password@db.example.com:5432/company_1?sslmode=require',
    )
    expect(JSON.stringify(found)).not.toContain('canary')
    expect(await directory().lookup('2', { signal })).toMatchObject({ status: 'pending' })
  })

  it('refuses a name that leads elsewhere', async () => {
    await expect(directory().lookup('3', { signal })).rejects.toThrow('the name of its database must be')
    await expect(directory().lookup('4', { signal })).rejects.toThrow('belongs to the server')
  })

  it('takes an id only as the table writes it', async () => {
    for (const id of ['01', '1.0', ' 1', 'one', '99999999999', '0'])
      expect(await directory().lookup(id, { signal })).toBeNull()
  })

  it.each([
    [undefined, 'POSTGRES_BASE_URL'],
    ['https://canary@db.example.com', 'does not begin|begins with postgres'],
    ['postgres://canary@db.example.com/master', 'must not name a database'],
    ['canary', 'is not a URL'],
  ])('says what is wrong with the server’s URL %s', async (url, problem) => {
    const missing = postgresDirectory({ pool, table: 'Company', columns: companyColumns, baseUrl: () => url })
    const refused = missing.lookup('1', { signal })
    await expect(refused).rejects.toThrow(new RegExp(problem))
    await expect(refused).rejects.not.toThrow('canary')
  })

  it('lists more than a page', async () => {
    const found = await all(directory().list!({ signal }))
    expect(found.map(({ tenantId }) => tenantId)).toEqual(
      Array.from({ length: 1200 }, (_, at) => String(at + 1)),
    )
    expect(found.filter(({ status }) => status !== 'active').map(({ tenantId }) => tenantId)).toEqual([
      '2',
      '3',
      '4',
    ])
  })

  it('takes another column for the id', async () => {
    const bySlug = postgresDirectory({
      pool,
      table: 'Company',
      columns: { id: 'slug', databaseName: 'dbName' },
      baseUrl: base,
    })
    expect(await bySlug.lookup('company-7', { signal })).toMatchObject({ tenantId: 'company-7' })
  })
})

function reveal({ credentials }: TenantConfiguration, name: string): string | undefined {
  const stored = credentials[name]
  return stored && 'reveal' in stored ? stored.reveal() : undefined
}
