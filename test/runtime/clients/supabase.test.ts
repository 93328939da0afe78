import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { ConfigurationError, CredentialError, createTenantDatabases } from '../../../src/runtime/index.ts'
import { type SupabaseClientsOptions, supabaseClients } from '../../../src/runtime/supabase/index.ts'
import { listed, strangers } from '../support/listed.ts'
import { usePostgres } from '../support/postgres.ts'
import { type Rest, startRest } from '../support/postgrest.ts'

const databases = usePostgres()
let a: Rest
let b: Rest

beforeAll(async () => {
  a = await startRest('a', databases.tenantA.url)
  b = await startRest('b', databases.tenantB.url)
})
afterAll(async () => {
  await Promise.all([a.close(), b.close()])
})

function manager(options: SupabaseClientsOptions = {}, more = {}) {
  const tenants = createTenantDatabases({
    directory: listed({ a: { ...a }, b: { ...b } } as never, more),
    client: supabaseClients(options),
    closeOn: [],
  })
  onTestFinished(async () => void (await tenants.close()))
  return tenants
}

it('never shows a row of the other tenant', async () => {
  const tenants = manager()
  const found = await strangers(async (tenantId, id) => {
    const client = await tenants.get(tenantId)
    const { data, error } = await client.from('accounts').select('owner').eq('id', id).single()
    if (error) throw error
    return data.owner as string
  })
  expect(found).toEqual([])
  expect(tenants.getCacheStats()).toMatchObject({ created: 2, loads: 2 })
})

it('writes into the database of its tenant only', async () => {
  const tenants = manager()
  const row = { id: 1001, name: 'New', owner: 'A' }
  await tenants.withTenant('a', async (client) =>
    expect((await client.from('accounts').insert(row)).error).toBeNull(),
  )
  const count = async (url: string) =>
    (await databases.query('SELECT count(*)::int FROM accounts WHERE id = 1001', url)).rows[0].count
  expect([
    await count(databases.application.url),
    await count(databases.tenantA.url),
    await count(databases.tenantB.url),
  ]).toEqual([0, 1, 0])
})

it('says who the tenant is, and carries the key of its role', async () => {
  await manager().withTenant('b', (client) => client.from('accounts').select('id').limit(1))
  expect(b.requests.at(-1)).toMatchObject({ 'x-tenant-id': 'b', apikey: b.serviceKey })
  await manager({ role: 'anon', tenantHeader: 'x-shop' }).withTenant('b', async (client) => {
    expect((await client.from('accounts').select('id').limit(1)).error).toBeNull()
    expect((await client.from('accounts').delete().eq('id', 1)).error).toMatchObject({ code: '42501' })
  })
  expect(b.requests.at(-1)).toMatchObject({ 'x-shop': 'b', apikey: b.anonKey })
})

it('lets nobody sign in on the client that a tenant’s requests share', async () => {
  const client = await manager().get('a')
  const credentials = { email: 'a@example.com', password: 'secret' }
  expect(() => client.auth.signInWithPassword(credentials)).toThrow(ConfigurationError)
  expect(() => client.auth.setSession({ access_token: 'x', refresh_token: 'y' })).toThrow(
    /each request a client of its own/,
  )
  expect(typeof client.auth.admin.listUsers).toBe('function')
})

it('gives each request of role anon a client of its own', async () => {
  const tenants = manager({ role: 'anon' })
  const [one, other] = [await tenants.get('a'), await tenants.get('a')]
  expect(one.auth).not.toBe(other.auth)
  expect(tenants.getCacheStats().created).toBe(1)
})

it('has no more requests under way than the tenant’s pool allows', async () => {
  const rest = await startRest('bounded', databases.tenantA.url)
  onTestFinished(() => rest.close())
  const tenants = createTenantDatabases({
    directory: listed({ a: { ...rest } } as never, { pool: { max: 3 } }),
    client: supabaseClients(),
    closeOn: [],
  })
  onTestFinished(async () => void (await tenants.close()))
  const client = await tenants.get('a')
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => client.from('accounts').select('owner').limit(1)),
  )
  expect(answers.every(({ data }) => data?.[0]?.owner === 'A')).toBe(true)
  expect(rest.most).toBeLessThanOrEqual(3)
  expect(rest.most).toBeGreaterThan(1)
})

it('gives up its place when it is aborted, and leaves it to the next', async () => {
  const client = await manager({}, { pool: { max: 1 } }).get('a')
  const abort = new AbortController()
  const first = client.from('accounts').select('owner').eq('id', 1).single()
  const [one, aborted, last] = await Promise.all([
    first,
    client
      .from('accounts')
      .select('owner')
      .abortSignal(abort.signal)
      .then(
        (answer) => answer,
        () => ({ error: true }),
      ),
    client.from('accounts').select('owner').eq('id', 2).single(),
    abort.abort(),
  ])
  expect(one.data?.owner).toBe('A')
  expect(aborted.error).toBeTruthy()
  expect(last.data?.owner).toBe('A')
})

it('prints no key, and says which credential is wrong without showing it', async () => {
  const client = await manager().get('a')
  expect(inspect(client, { depth: 8, showHidden: true })).not.toContain(a.serviceKey)
  const broken = createTenantDatabases({
    directory: listed({ a: { url: 'canary-not-a-url', serviceKey: 'canary-key' } }),
    client: supabaseClients(),
    closeOn: [],
  })
  onTestFinished(async () => void (await broken.close()))
  const error = await broken.get('a').catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(CredentialError)
  expect(inspect(error, { depth: 8 })).not.toContain('canary')
})
