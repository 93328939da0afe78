import { randomBytes } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { dataSourceColumns, supabaseDirectory } from '../../../src/runtime/directories/index.ts'
import { createKeyRing, createKeySet, keyOf } from '../../../src/runtime/keys/index.ts'
import { rewriteCredentials } from '../../../src/runtime/operations/rewrite.ts'
import { usePostgres } from '../support/postgres.ts'
import { type Rest, startRest } from '../support/postgrest.ts'

const postgres = usePostgres()
const { signal } = new AbortController()
const columns = { ...dataSourceColumns, status: 'status' }
let rest: Rest

const directory = (key = rest.serviceKey, options = {}) =>
  supabaseDirectory({
    client: createClient(rest.url, key, { auth: { persistSession: false } }),
    columns,
    ...options,
  })

beforeAll(async () => {
  rest = await startRest('application', postgres.application.url)
  await postgres.query(
    `INSERT INTO tenants (id, data_source_url, data_source_service_key, tenant_id_in_data_source)
       SELECT 't' || lpad(id::text, 4, '0'), 'https://t.example.com', 'plain-canary', 'inside' FROM generate_series(1, 700) id`,
    postgres.application.url,
  )
})
afterAll(() => rest.close())

describe('the table of tenants, over PostgREST', () => {
  it('gives what a row says', async () => {
    expect(await directory().lookup('t0007', { signal })).toMatchObject({
      tenantId: 't0007',
      status: 'active',
      pool: { min: 2, max: 10 },
      tenantIdInDatabase: 'inside',
      credentials: { serviceKey: { encrypted: 'plain-canary', field: 'data_source_service_key' } },
    })
    expect(await directory().lookup('nobody', { signal })).toBeNull()
  })

  it('throws what supabase-js answers, since an outage is no missing tenant', async () => {
    await expect(directory('wrong').lookup('t0007', { signal })).rejects.toThrow(
      'table tenants did not answer: Invalid API key',
    )
    const missing = directory(rest.serviceKey, { table: 'nowhere' })
    await expect(missing.lookup('t0007', { signal })).rejects.toThrow('table nowhere did not answer (42P01)')
  })

  it('lists more than a page, in order', async () => {
    const ids = []
    for await (const { tenantId } of directory().list!({ signal })) ids.push(tenantId)
    expect(ids).toHaveLength(700)
    expect(ids).toEqual([...ids].sort())
  })

  it('is encrypted by compare and set', async () => {
    const store = directory()
    const keys = createKeyRing(createKeySet(keyOf(randomBytes(32))))
    const options = { store, keys, mode: 'encrypt', form: 'tenantize1', signal, only: ['t0003'] } as const
    const { tenants } = await rewriteCredentials(options)
    expect(tenants).toMatchObject([{ tenantId: 't0003', outcome: 'written' }])
    const found = await store.lookup('t0003', { signal })
    const stored = found!.credentials.serviceKey as { encrypted: string; field: string }
    expect(await keys.decrypt(stored.encrypted, { tenantId: 't0003', field: stored.field })).toBe(
      'plain-canary',
    )
    const stale = { data_source_service_key: 'plain-canary' }
    expect(await store.replaceCredentials('t0003', stale, { data_source_service_key: 'x' })).toBe(false)
    expect(await store.replaceCredentials('t0004', stale, { data_source_service_key: 'x' })).toBe(true)
  })

  it('is looked at for changes', async () => {
    const changed = vi.fn()
    const watch = await directory(rest.serviceKey, { poll: { interval: 50 } }).watch!(
      { changed, reset: () => {}, lost: () => {} },
      { signal },
    )
    await postgres.query(
      "UPDATE tenants SET status = 'suspended' WHERE id = 't0009'",
      postgres.application.url,
    )
    await vi.waitFor(() => expect(changed).toHaveBeenCalledWith('t0009'), { timeout: 5000 })
    await watch.stop()
    expect(changed).toHaveBeenCalledTimes(1)
  })
})
