import type { Pool } from 'pg'
import { beforeEach, describe, expect, it } from 'vitest'
import { type DebugAnswer, debugEndpoint, health } from '../../../src/runtime/index.ts'
import { usePostgres } from '../support/postgres.ts'
import { ownerOf, type Setup, setUp } from '../support/tenants.ts'

const databases = usePostgres()
let setup: Setup

beforeEach(async () => {
  setup = await setUp(databases)
})

const request = (tenant?: string) =>
  new Request('http://localhost/api/debug/tenant-connection', { headers: tenant ? { 'x-user': tenant } : {} })

const endpoint = (options: { enabled?: boolean; table?: string } = {}) =>
  debugEndpoint({
    tenants: setup.tenants,
    directory: setup.directory,
    enabled: options.enabled ?? true,
    authenticate: async ({ headers }) => {
      const tenantId = headers.get('x-user')
      return tenantId === null ? null : { tenantId }
    },
    count: async (pool: Pool) =>
      (await pool.query(`SELECT count(*)::int FROM ${options.table ?? 'accounts'}`)).rows[0].count,
  })

describe('the debug endpoint', () => {
  it('is off unless it is switched on, and refuses whoever is not signed in', async () => {
    expect((await endpoint({ enabled: false })(request('a'))).status).toBe(404)
    expect((await endpoint()(request())).status).toBe(401)
  })

  it('answers as the one it takes the place of did, without an address, a key or a row', async () => {
    await setup.tenants.withTenant('a', ownerOf)
    const response = await endpoint()(request('a'))
    const text = await response.text()
    expect(JSON.parse(text) as DebugAnswer).toMatchObject({
      status: 'success',
      tenantId: 'a',
      connectionInfo: {
        status: 'active',
        region: null,
        poolConfig: { max: 3 },
        hasUrl: true,
        hasServiceKey: false,
      },
      connectionTest: { success: true },
      queryTest: { success: true, recordCount: 50 },
      cacheStats: { configCacheSize: 1, clientCacheSize: 1 },
      checks: { hasConnectionInfo: true, canConnect: true, canQuery: true, cacheWorking: true },
    })
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(text).not.toContain('postgres://')
    expect(text).not.toContain(databases.tenantA.password)
  })

  it('tells which check failed, by code', async () => {
    const queried = (await (await endpoint({ table: 'canary' })(request('a'))).json()) as DebugAnswer
    expect(queried).toMatchObject({ status: 'error', checks: { canConnect: true, canQuery: false } })
    expect(JSON.stringify(queried)).not.toContain('canary')
    const unknown = (await (await endpoint()(request('nobody'))).json()) as DebugAnswer
    expect(unknown).toMatchObject({
      connectionInfo: null,
      connectionTest: { success: false, error: 'TENANT_NOT_FOUND' },
      checks: { hasConnectionInfo: false, canConnect: false, canQuery: false },
    })
  })
})

describe('health', () => {
  it('is ok, with the rate of hits', async () => {
    expect(await health(setup.tenants)).toMatchObject({ status: 'ok', hitRate: null, unreachable: [] })
    for (let time = 0; time < 4; time++) await setup.tenants.withTenant('a', ownerOf)
    expect(await health(setup.tenants)).toMatchObject({ hitRate: 0.75, clients: 1 })
  })

  it('names the tenants that do not answer', async () => {
    await setup.directory.put('broken', 'postgres://nobody:canary@127.0.0.1:1/none')
    const found = await health(setup.tenants, { tenants: ['a', 'broken', 'missing', 'b'] })
    expect(found).toMatchObject({
      status: 'degraded',
      unreachable: [
        { tenantId: 'broken', code: 'TENANT_UNREACHABLE' },
        { tenantId: 'missing', code: 'TENANT_NOT_FOUND' },
      ],
    })
    expect(JSON.stringify(found)).not.toContain('canary')
  })

  it('says that it is closed', async () => {
    await setup.tenants.close()
    expect((await health(setup.tenants, { tenants: ['a'] })).status).toBe('closed')
  })
})
