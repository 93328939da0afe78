/** A tenant's database is killed and comes back. On a server of its own. */
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTenantDatabases, Secret } from '../../../src/runtime/index.ts'
import { pgClients } from '../../../src/runtime/pg/index.ts'
import { eventually } from '../support/eventually.ts'
import type { Databases } from '../support/postgres.ts'
import { startPostgres } from '../support/postgres.ts'
import type { PostgresServer } from '../support/server.ts'
import { ownerOf } from '../support/tenants.ts'

let server: PostgresServer
let databases: Databases
beforeAll(async () => {
  const started = await startPostgres()
  server = started.server
  databases = started.databases
  // The server writes nothing in time that is not asked for, and a crash would lose it.
  await databases.query('CHECKPOINT')
})
afterAll(() => server?.remove())

const idleErrors: string[] = []

function manager() {
  const urls: Record<string, string> = { a: databases.tenantA.url, b: databases.tenantB.url }
  return createTenantDatabases({
    directory: {
      name: 'of two',
      lookup: async (tenantId) => ({
        tenantId,
        status: 'active',
        credentials: { url: new Secret(urls[tenantId]!) },
        pool: { max: 3 },
      }),
    },
    client: pgClients({ Pool: pg.Pool, onIdleError: (tenantId) => void idleErrors.push(tenantId) }),
    closeOn: [],
  })
}

it('a database that crashes in the middle of a lease fails its query, and serves the same lease when it is back', async () => {
  await using tenants = manager()
  const lease = await tenants.acquire('a')
  // One connection runs a query, another one is idle.
  await Promise.all([lease.client.query('SELECT 1'), lease.client.query('SELECT 1')])
  const running = lease.client.query('SELECT pg_sleep(60)').catch((error: Error) => error)
  await new Promise((resolve) => setTimeout(resolve, 50))
  await server.stop('immediate')
  expect(await running).toBeInstanceOf(Error)
  await expect(lease.client.query('SELECT 1')).rejects.toThrow()
  // A tenant that was not connected before can't be, and is told why.
  await expect(tenants.acquire('b')).rejects.toMatchObject({ code: 'TENANT_UNREACHABLE', retryable: true })
  await expect(tenants.check('a')).rejects.toMatchObject({ code: 'TENANT_UNREACHABLE' })
  await server.start()
  expect(await ownerOf(lease.client)).toBe('A')
  lease.release()
  expect(await tenants.withTenant('b', ownerOf)).toBe('B')
  await tenants.check('a')
  await eventually(() => expect(idleErrors).toContain('a'))
  expect(tenants.getCacheStats()).toMatchObject({ created: 2, leases: 0 })
})

it('load during a restart loses requests, never the manager', async () => {
  await using tenants = manager()
  await tenants.withTenant('a', ownerOf)
  let failed = 0
  let served = 0
  let stop = false
  const load = Array.from({ length: 10 }, async () => {
    while (!stop) {
      try {
        expect(await tenants.withTenant('a', ownerOf)).toBe('A')
        served++
      } catch {
        failed++
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  await server.stop('fast')
  await new Promise((resolve) => setTimeout(resolve, 50))
  await server.start()
  const before = served
  await eventually(() => expect(served).toBeGreaterThan(before + 50))
  stop = true
  await Promise.all(load)
  expect(failed).toBeGreaterThan(0)
  expect(tenants.getCacheStats().leases).toBe(0)
})
