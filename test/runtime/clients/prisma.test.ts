import { inspect } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { ClientDisposedError, CredentialError, createTenantDatabases } from '../../../src/runtime/index.ts'
import { prismaClients } from '../../../src/runtime/prisma/index.ts'
import { listed, strangers } from '../support/listed.ts'
import { usePostgres } from '../support/postgres.ts'
import { usePrisma } from '../support/prisma.ts'

const databases = usePostgres()
const generated = usePrisma()

function manager(suffix = '', more = {}) {
  const tenants = createTenantDatabases({
    directory: listed(
      { a: { url: databases.tenantA.url + suffix }, b: { url: databases.tenantB.url + suffix } },
      more,
    ),
    client: prismaClients({ PrismaClient: generated.PrismaClient }),
    closeOn: [],
  })
  onTestFinished(async () => void (await tenants.close()))
  return tenants
}

it('never shows a row of the other tenant', async () => {
  const tenants = manager()
  const found = await strangers((tenantId, id) =>
    tenants.withTenant(
      tenantId,
      async (prisma) => (await prisma.account.findUniqueOrThrow({ where: { id } })).owner,
    ),
  )
  expect(found).toEqual([])
  expect(tenants.getCacheStats()).toMatchObject({ created: 2, leases: 0 })
})

it('keeps its tenant through transactions of both kinds', async () => {
  const tenants = manager()
  const owners = await tenants.withTenant('b', async (prisma) => {
    const [many, count] = (await prisma.$transaction([
      prisma.account.findMany({ take: 2 }),
      prisma.account.count(),
    ])) as [{ owner: string }[], number]
    const inside = await prisma.$transaction((tx) => tx.account.findUniqueOrThrow({ where: { id: 3 } }))
    return [...many.map(({ owner }) => owner), inside.owner, count]
  })
  expect(owners).toEqual(['B', 'B', 'B', 50])
})

it('honours connection_limit and schema of the URL', async () => {
  await databases.query(
    'CREATE SCHEMA IF NOT EXISTS "own schema"; CREATE TABLE "own schema".accounts AS SELECT id, name, \'schema\' AS owner FROM public.accounts',
    databases.tenantA.url,
  )
  const tenants = manager('?connection_limit=2&schema=own%20schema')
  const owners = await tenants.withTenant('a', async (prisma) => {
    const found = await Promise.all(Array.from({ length: 12 }, () => prisma.account.findMany({ take: 1 })))
    const raw = await prisma.$queryRawUnsafe('SELECT owner FROM accounts LIMIT 1')
    expect(await databases.connections(databases.tenantA)).toBeLessThanOrEqual(2)
    return [...found.flat().map(({ owner }) => owner), raw[0]!.owner]
  })
  expect(new Set(owners)).toEqual(new Set(['schema']))
  expect(tenants.getCacheStats().connections).toBe(2)
})

it('is gone with its lease, and does not connect again', async () => {
  const tenants = manager()
  const lease = await tenants.acquire('a')
  const { client } = lease
  const { account } = client
  expect(await account.count()).toBe(50)
  lease.release()
  expect(() => client.account).toThrow(ClientDisposedError)
  expect(() => account.count()).toThrow(ClientDisposedError)
  await tenants.close()
  expect(await databases.connections(databases.tenantA)).toBe(0)
})

it('prints no password, and tells a wrong URL without showing it', async () => {
  const tenants = manager()
  const shown = await tenants.withTenant('a', (prisma) => inspect(prisma, { depth: 10, showHidden: true }))
  expect(shown).not.toContain(databases.tenantA.password)
  const broken = createTenantDatabases({
    directory: listed({ a: { url: 'postgres://user:canary@host/db?connection_limit=canary' } }),
    client: prismaClients({ PrismaClient: generated.PrismaClient }),
    closeOn: [],
  })
  onTestFinished(async () => void (await broken.close()))
  const error = await broken.acquire('a').catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(CredentialError)
  expect((error as Error).message).toContain('connection_limit')
  expect(inspect(error, { depth: 8 })).not.toContain('canary')
})
