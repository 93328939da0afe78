/** A row that leads to somebody else's database serves nobody. */
import type pg from 'pg'
import { expect, it, vi } from 'vitest'
import type { TenantConnection } from '../../../src/runtime/index.ts'
import { eventually } from '../support/eventually.ts'
import { usePostgres } from '../support/postgres.ts'
import { ownerOf, setUp } from '../support/tenants.ts'

const databases = usePostgres()

async function marked(pool: pg.Pool, { tenantId }: TenantConnection): Promise<boolean> {
  const { rows } = await pool.query('SELECT tenant_id FROM tenant_marker')
  return rows.length === 1 && rows[0].tenant_id === tenantId.toUpperCase()
}

it('the database of another tenant is refused before anybody gets its client', async () => {
  const { tenants, directory } = await setUp(databases, { verify: marked })
  expect(await tenants.withTenant('a', ownerOf)).toBe('A')
  await directory.put('b', databases.tenantA.url)
  const work = vi.fn()
  await expect(tenants.withTenant('b', work)).rejects.toMatchObject({ code: 'CREDENTIAL', tenantId: 'b' })
  expect(work).not.toHaveBeenCalled()
  await directory.put('b', databases.tenantB.url)
  tenants.clearTenantCache('b')
  expect(await tenants.withTenant('b', ownerOf)).toBe('B')
})

it('the application database is refused as well, where a tenant has none of its own', async () => {
  const { tenants, directory } = await setUp(databases, { verify: marked })
  await directory.put('a', databases.application.url)
  // It has no such table at all.
  await expect(tenants.withTenant('a', ownerOf)).rejects.toMatchObject({ code: 'TENANT_UNREACHABLE' })
  await tenants.close()
  await eventually(async () => expect(await databases.connections(databases.application)).toBe(0))
})

it('is asked once for each client', async () => {
  const verify = vi.fn(marked)
  const { tenants } = await setUp(databases, { verify })
  await Promise.all(Array.from({ length: 50 }, () => tenants.withTenant('a', ownerOf)))
  await tenants.withTenant('a', ownerOf)
  expect(verify).toHaveBeenCalledTimes(1)
  tenants.clearTenantCache('a')
  await tenants.withTenant('a', ownerOf)
  expect(verify).toHaveBeenCalledTimes(2)
})
