/** What a request gets. */
import pg from 'pg'
import { beforeEach, describe, expect, it } from 'vitest'
import { ClientDisposedError, InvalidTenantIdError, Secret } from '../../../src/runtime/index.ts'
import { pgClients } from '../../../src/runtime/pg/index.ts'
import { eventually } from '../support/eventually.ts'
import { usePostgres } from '../support/postgres.ts'
import { ownerOf, type Setup, setUp } from '../support/tenants.ts'

const databases = usePostgres()

describe('a request', () => {
  let setup: Setup
  beforeEach(async () => {
    setup = await setUp(databases)
  })

  it('gets the client of its tenant', async () => {
    expect(await setup.tenants.withTenant('a', ownerOf)).toBe('A')
    expect(await setup.tenants.withTenant('b', ownerOf)).toBe('B')
  })

  it('returns what the work returns and throws what it throws', async () => {
    expect(await setup.tenants.withTenant('a', () => 42)).toBe(42)
    const failure = new Error('of the work')
    await expect(setup.tenants.withTenant('a', () => Promise.reject(failure))).rejects.toBe(failure)
    expect(setup.tenants.getCacheStats().leases).toBe(0)
  })

  it('is one question and one client for a thousand at a time', async () => {
    const owners = await Promise.all(
      Array.from({ length: 1_000 }, () => setup.tenants.withTenant('a', ownerOf)),
    )
    expect(new Set(owners)).toEqual(new Set(['A']))
    expect(setup.directory.lookups).toBe(1)
    expect(setup.of('client-created')).toHaveLength(1)
    expect(setup.tenants.getCacheStats()).toMatchObject({ loads: 1, created: 1, misses: 1_000, leases: 0 })
  })

  it('asks nothing when it comes later', async () => {
    await setup.tenants.withTenant('a', ownerOf)
    await setup.tenants.withTenant('a', ownerOf)
    expect(setup.directory.lookups).toBe(1)
    expect(setup.tenants.getCacheStats()).toMatchObject({
      hits: 1,
      misses: 1,
      clientCacheSize: 1,
      configCacheSize: 1,
    })
  })

  it('knows the id that the tenant has in its own database', async () => {
    await databases.query(
      "UPDATE tenants SET tenant_id_in_data_source = 'A1' WHERE id = 'a'",
      databases.application.url,
    )
    await using lease = await setup.tenants.acquire('a')
    expect(lease).toMatchObject({ tenantId: 'a', tenantIdInDatabase: 'A1', database: 'tenant' })
  })

  it('loses its client with its lease', async () => {
    const lease = await setup.tenants.acquire('a')
    const { client } = lease
    expect(await ownerOf(client)).toBe('A')
    lease.release()
    lease.release()
    expect(() => client.query('SELECT 1')).toThrow(ClientDisposedError)
    expect(() => lease.client).toThrow(ClientDisposedError)
    // Somebody else's lease of the same client is not touched.
    expect(await setup.tenants.withTenant('a', ownerOf)).toBe('A')
  })

  it('gives up waiting when its signal says so, and leaves nothing behind', async () => {
    let open!: () => void
    setup.directory.gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const controller = new AbortController()
    const given = setup.tenants.acquire('a', { signal: controller.signal })
    const other = setup.tenants.acquire('a')
    controller.abort(new Error('the browser went away'))
    await expect(given).rejects.toThrow('the browser went away')
    open()
    const lease = await other
    expect(setup.tenants.getCacheStats().leases).toBe(1)
    lease.release()
    expect(setup.tenants.getCacheStats()).toMatchObject({ leases: 0, idle: 1 })
  })

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['an object', { toString: () => 'a' }],
    ['an empty text', ''],
    ['a path', '../b'],
    ['SQL', "a' OR '1'='1"],
    ['a line break', 'a\nb'],
    ['a look-alike', 'а'],
    ['a long text', 'a'.repeat(129)],
  ])('is refused with %s for an id, before anything is asked', async (_, id) => {
    await expect(setup.tenants.withTenant(id as string, () => 1)).rejects.toThrow(InvalidTenantIdError)
    await expect(setup.tenants.acquire(id as string)).rejects.toThrow(InvalidTenantIdError)
    expect(setup.directory.lookups).toBe(0)
  })
})

describe('errors tell what is wrong', () => {
  it('no such tenant', async () => {
    const { tenants } = await setUp(databases)
    await expect(tenants.acquire('nobody')).rejects.toMatchObject({
      name: 'TenantNotFoundError',
      code: 'TENANT_NOT_FOUND',
      tenantId: 'nobody',
    })
  })

  it('suspended', async () => {
    const { tenants, directory } = await setUp(databases)
    await directory.put('s', databases.tenantA.url, 'suspended')
    await expect(tenants.acquire('s')).rejects.toMatchObject({ name: 'TenantSuspendedError' })
  })

  it('not provisioned yet', async () => {
    const { tenants, directory } = await setUp(databases)
    await directory.put('p', null, 'pending')
    await expect(tenants.acquire('p')).rejects.toMatchObject({
      name: 'TenantNotProvisionedError',
      status: 'pending',
    })
  })

  it('a credential that is missing, malformed, or encrypted without a key', async () => {
    const { tenants, directory } = await setUp(databases)
    await directory.put('none', null)
    await directory.put('http', 'https://abc.supabase.co')
    await expect(tenants.acquire('none')).rejects.toMatchObject({ name: 'CredentialError', field: 'url' })
    await expect(tenants.acquire('http')).rejects.toMatchObject({ name: 'CredentialError', field: 'url' })
    directory.lookup = async (tenantId) => ({
      tenantId,
      status: 'active',
      credentials: { url: { encrypted: 'x:y:z', field: 'data_source_url' } },
    })
    await expect(tenants.acquire('encrypted')).rejects.toMatchObject({
      name: 'CredentialError',
      field: 'url',
    })
  })

  it('a database that does not answer', async () => {
    const { tenants, directory } = await setUp(databases)
    await directory.put('gone', 'postgres://u:canary-password@127.0.0.1:1/gone')
    const error = await tenants.acquire('gone').catch((caught) => caught)
    expect(error).toMatchObject({
      name: 'TenantUnreachableError',
      retryable: true,
      cause: { code: 'ECONNREFUSED' },
    })
    // What was opened for the attempt is ended first.
    await eventually(() => {
      expect(tenants.getCacheStats()).toMatchObject({ connections: 0, clientCacheSize: 0 })
    })
  })

  it('a directory that answers for another tenant', async () => {
    const { tenants, directory } = await setUp(databases)
    directory.lookup = async () => ({
      tenantId: 'b',
      status: 'active',
      credentials: { url: new Secret(databases.tenantB.url) },
    })
    await expect(tenants.acquire('a')).rejects.toMatchObject({ name: 'ConfigurationError' })
  })

  it('a client that holds connections is not handed out without a lease', async () => {
    const { tenants } = await setUp(databases)
    await expect(tenants.get('a')).rejects.toMatchObject({ name: 'ConfigurationError' })
  })

  it('settings that can not work', async () => {
    const client = pgClients({ Pool: pg.Pool })
    await expect(setUp(databases, { client, cache: { clientTtl: -1 } })).rejects.toThrow('cache.clientTtl')
    await expect(setUp(databases, { limits: { maxClient: 3 } as object })).rejects.toThrow('limits.maxClient')
    await expect(setUp(databases, { fallback: 'main' })).rejects.toThrow('option "main"')
  })
})

describe('two tenants in a thousand interleaved requests', () => {
  it('never see a row of the other, in queries and in transactions', async () => {
    const { tenants } = await setUp(databases, { limits: { maxClients: 2 } })
    const wrong: string[] = []
    const request = async (index: number) => {
      const tenant = index % 2 === 0 ? 'a' : 'b'
      const expected = tenant.toUpperCase()
      await tenants.withTenant(tenant, async (pool) => {
        const id = (index % 50) + 1
        if (index % 3 > 0) {
          const { rows } = await pool.query('SELECT owner FROM accounts WHERE id = $1', [id])
          if (rows[0].owner !== expected) wrong.push(`${index}: ${rows[0].owner}`)
          return
        }
        const client = await pool.connect()
        try {
          await client.query('BEGIN')
          await client.query('UPDATE accounts SET name = $1 WHERE id = $2', [`by ${tenant}`, id])
          const { rows } = await client.query('SELECT owner FROM accounts WHERE id = $1', [id])
          if (rows[0].owner !== expected) wrong.push(`${index}: ${rows[0].owner}`)
          await client.query('COMMIT')
        } finally {
          client.release()
        }
      })
    }
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => request(index)))
    expect(wrong).toEqual([])
    for (const [url, names] of [
      [databases.tenantA.url, 'by b'],
      [databases.tenantB.url, 'by a'],
    ] as const) {
      const { rows } = await databases.query('SELECT id FROM accounts WHERE name = $1', url, [names])
      expect(rows).toEqual([])
    }
  })
})
