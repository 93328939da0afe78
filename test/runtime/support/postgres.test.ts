import pg from 'pg'
import { expect, it } from 'vitest'
import { usePostgres } from './postgres.ts'

const databases = usePostgres()

it('gives an application database and two tenants with the same keys and other rows', async () => {
  const owners = []
  for (const { url } of [databases.application, databases.tenantA, databases.tenantB]) {
    const { rows } = await databases.query('SELECT id, owner FROM accounts ORDER BY id LIMIT 1', url)
    owners.push(rows[0])
  }
  expect(owners).toEqual([
    { id: 1, owner: 'application' },
    { id: 1, owner: 'A' },
    { id: 1, owner: 'B' },
  ])
})

it("a tenant's user can't connect to the other tenant's database", async () => {
  const url = new URL(databases.tenantA.url)
  url.pathname = databases.tenantB.name
  await expect(databases.query('SELECT 1', url.href)).rejects.toMatchObject({ code: '42501' })
})

it('counts connections and cuts them', async () => {
  const client = new pg.Client({ connectionString: databases.tenantA.url })
  const cut = new Promise((resolve) => client.on('error', resolve))
  await client.connect()
  expect(await databases.connections(databases.tenantA)).toBe(1)
  await databases.disconnect(databases.tenantA)
  expect(await cut).toMatchObject({ code: '57P01' })
  expect(await databases.connections(databases.tenantA)).toBe(0)
})
