import { count, eq } from 'drizzle-orm'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { expect, it, onTestFinished } from 'vitest'
import { drizzleClients } from '../../../src/runtime/drizzle/index.ts'
import { ClientDisposedError, createTenantDatabases } from '../../../src/runtime/index.ts'
import { listed, strangers } from '../support/listed.ts'
import { usePostgres } from '../support/postgres.ts'

const databases = usePostgres()
const accounts = pgTable('accounts', {
  id: integer().primaryKey(),
  name: text().notNull(),
  owner: text().notNull(),
})
const schema = { accounts }

function manager() {
  const tenants = createTenantDatabases({
    directory: listed({ a: { url: databases.tenantA.url }, b: { url: databases.tenantB.url } }),
    client: drizzleClients({ drizzle: { schema } }),
    closeOn: [],
  })
  onTestFinished(async () => void (await tenants.close()))
  return tenants
}

it('never shows a row of the other tenant', async () => {
  const tenants = manager()
  const found = await strangers((tenantId, id) =>
    tenants.withTenant(tenantId, async (db) => {
      if (id % 2 === 0) return (await db.query.accounts.findFirst({ where: eq(accounts.id, id) }))!.owner
      const [row] = await db.select({ owner: accounts.owner }).from(accounts).where(eq(accounts.id, id))
      return row!.owner
    }),
  )
  expect(found).toEqual([])
  expect(tenants.getCacheStats()).toMatchObject({ created: 2, leases: 0 })
})

it('keeps its tenant through a transaction, and undoes what fails', async () => {
  const tenants = manager()
  await expect(
    tenants.withTenant('b', (db) =>
      db.transaction(async (tx) => {
        await tx.delete(accounts)
        expect((await tx.select({ left: count() }).from(accounts))[0]!.left).toBe(0)
        throw new Error('changed its mind')
      }),
    ),
  ).rejects.toThrow('changed its mind')
  expect(await tenants.withTenant('b', (db) => db.$count(accounts))).toBe(50)
})

it('is gone with its lease, and closes its connections', async () => {
  const tenants = manager()
  const lease = await tenants.acquire('a')
  const { client } = lease
  expect(await client.$count(accounts)).toBe(50)
  lease.release()
  expect(() => client.select()).toThrow(ClientDisposedError)
  await tenants.close()
  expect(await databases.connections(databases.tenantA)).toBe(0)
})
