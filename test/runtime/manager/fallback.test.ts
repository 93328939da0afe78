/** The main database serves a tenant only where the policy says so. */
import pg from 'pg'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { FallbackRequest } from '../../../src/runtime/index.ts'
import { usePostgres } from '../support/postgres.ts'
import { ownerOf, setUp } from '../support/tenants.ts'

const databases = usePostgres()

function mainClient(): () => pg.Pool {
  const pool = new pg.Pool({ connectionString: databases.application.url })
  onTestFinished(() => pool.end())
  return () => pool
}

describe('the main database', () => {
  it('serves nobody without a policy, even when its client is there', async () => {
    const { tenants, directory } = await setUp(databases, { main: mainClient() })
    await directory.put('p', null, 'pending')
    await expect(tenants.withTenant('p', ownerOf)).rejects.toMatchObject({ code: 'TENANT_NOT_PROVISIONED' })
    await expect(tenants.withTenant('nobody', ownerOf)).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' })
  })

  it.each(['pending', 'error', 'disconnected'])(
    'serves a tenant whose database is %s, with the policy',
    async (status) => {
      const { tenants, directory, of } = await setUp(databases, { main: mainClient(), fallback: 'main' })
      await directory.put('p', null, status)
      await tenants.withTenant('p', async (client, lease) => {
        expect(await ownerOf(client)).toBe('application')
        expect(lease).toMatchObject({ database: 'main', tenantId: 'p' })
      })
      expect(of('fallback')).toEqual([{ type: 'fallback', tenantId: 'p', status }])
      expect(await tenants.withTenant('nobody', ownerOf)).toBe('application')
      expect(await tenants.withTenant('a', ownerOf)).toBe('A')
    },
  )

  it('never serves a suspended tenant', async () => {
    const fallback = vi.fn(() => 'main' as const)
    const { tenants, directory } = await setUp(databases, { main: mainClient(), fallback })
    await directory.put('s', databases.tenantA.url, 'suspended')
    await expect(tenants.withTenant('s', ownerOf)).rejects.toMatchObject({ code: 'TENANT_SUSPENDED' })
    expect(fallback).not.toHaveBeenCalled()
  })

  it('never stands in for an outage: the directory, a credential, the tenant’s database, capacity', async () => {
    const { tenants, directory } = await setUp(databases, {
      main: mainClient(),
      fallback: 'main',
      limits: { maxClients: 1 },
    })
    await directory.put('gone', 'postgres://u:p@127.0.0.1:1/gone')
    await directory.put('bad', 'not a url')
    await expect(tenants.withTenant('gone', ownerOf)).rejects.toMatchObject({ code: 'TENANT_UNREACHABLE' })
    await expect(tenants.withTenant('bad', ownerOf)).rejects.toMatchObject({ code: 'CREDENTIAL' })
    await using held = await tenants.acquire('a')
    await expect(tenants.withTenant('b', ownerOf)).rejects.toMatchObject({ code: 'CAPACITY_EXCEEDED' })
    expect(held.database).toBe('tenant')
    directory.failing = new Error('down')
    await expect(tenants.withTenant('c', ownerOf)).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' })
  })

  it('is decided for each table and tenant, when the policy is a function', async () => {
    const asked: FallbackRequest[] = []
    const { tenants, directory } = await setUp(databases, {
      main: mainClient(),
      fallback: (request) => {
        asked.push(request)
        return request.table === 'accounts' && request.status === 'disconnected' ? 'main' : 'never'
      },
    })
    await directory.put('d', databases.tenantA.url, 'disconnected')
    expect(await tenants.withTenant('d', { table: 'accounts' }, ownerOf)).toBe('application')
    await expect(tenants.withTenant('d', { table: 'files' }, ownerOf)).rejects.toMatchObject({
      code: 'TENANT_NOT_PROVISIONED',
    })
    await expect(tenants.withTenant('nobody', { table: 'accounts' }, ownerOf)).rejects.toMatchObject({
      code: 'TENANT_NOT_FOUND',
    })
    expect(asked.map(({ table, status }) => [table, status])).toEqual([
      ['accounts', 'disconnected'],
      ['files', 'disconnected'],
      ['accounts', 'missing'],
    ])
  })
})
