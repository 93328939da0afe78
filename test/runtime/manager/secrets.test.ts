/** A secret that was planted in a tenant's URL appears nowhere. */
import { inspect } from 'node:util'
import fc from 'fast-check'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { CredentialError, redact, revocable, Secret, sanitize } from '../../../src/runtime/index.ts'
import { pgClients } from '../../../src/runtime/pg/index.ts'
import { usePostgres } from '../support/postgres.ts'
import { ownerOf, setUp } from '../support/tenants.ts'

const databases = usePostgres()
const canary = 'Canary/7c1f+b9@d2'

/** Every way in which something may end up in a log. */
function shown(value: unknown): string {
  const texts = [
    inspect(value, { depth: 20, showHidden: true, getters: true }),
    inspect(value, { depth: 20, showProxy: true }),
    `${value instanceof Error ? value.stack : ''}`,
  ]
  try {
    texts.push(JSON.stringify(value) ?? '')
  } catch {
    // Not everything can be.
  }
  try {
    texts.push(String(value), `${Object.entries(value as object)}`)
  } catch {
    // Nor this.
  }
  return texts.join('\n')
}

/** Whether the text holds the canary, as it is, or as a URL, base64 or hex would have it. */
function leaks(text: string, secret = canary): boolean {
  const forms = [
    secret,
    encodeURIComponent(secret),
    ...['base64', 'hex'].map((form) => Buffer.from(secret).toString(form as 'hex')),
  ]
  return forms.some((form) => text.includes(form))
}

describe('a canary in a tenant’s URL', () => {
  it('is in no output of the manager, its leases, clients, statistics and events', async () => {
    await databases.query(`ALTER ROLE ${databases.tenantA.user} PASSWORD '${canary}'`)
    const url = new URL(databases.tenantA.url)
    url.password = encodeURIComponent(canary)
    const { tenants, directory, events } = await setUp(databases)
    await directory.put('a', url.href)
    const seen: unknown[] = [tenants, tenants.getCacheStats()]
    expect(leaks(inspect(new pg.Pool({ connectionString: url.href })))).toBe(true)
    const lease = await tenants.acquire('a')
    expect(await ownerOf(lease.client)).toBe('A')
    seen.push(lease, lease.client, { client: lease.client }, tenants, new Map([[lease.client, lease]]))
    const text = inspect(lease.client)
    expect(text).toBe('[pg client of tenant a]')
    lease.release()
    await tenants.withTenant('a', async (client, inner) => seen.push(client, inner))
    const failed = await tenants
      .withTenant('a', (pool) => pool.query('SELECT nothing'))
      .catch((error) => error)
    seen.push(failed)
    seen.push(await tenants.close(), tenants.getCacheStats(), events)
    expect(seen.filter((value) => leaks(shown(value)))).toEqual([])
    expect(seen.length).toBeGreaterThan(8)
  })

  it('is in no error, nor in its causes', async () => {
    const { tenants, directory, events } = await setUp(databases)
    const at = (rest: string) => `postgres://u:${encodeURIComponent(canary)}@${rest}`
    const urls = {
      refused: at('127.0.0.1:1/x'),
      wrong: databases.tenantB.url.replace(databases.tenantB.password, encodeURIComponent(canary)),
      unknown: at('no-such-host.invalid/x'),
      malformed: `postgres://u:${canary}@host:notaport/x`,
      other: `https://u:${encodeURIComponent(canary)}@host/x`,
      text: canary,
    }
    const errors: unknown[] = []
    for (const [tenantId, url] of Object.entries(urls)) {
      await directory.put(tenantId, url)
      errors.push(await tenants.acquire(tenantId).catch((error) => error))
    }
    directory.failing = new Error(`lost ${at('127.0.0.1/app')}`, {
      cause: new AggregateError([new Error(at('h/x'))]),
    })
    errors.push(await tenants.acquire('more').catch((error) => error))
    expect(errors.map((error) => (error as { code: string }).code)).toEqual([
      'TENANT_UNREACHABLE',
      'TENANT_UNREACHABLE',
      'TENANT_UNREACHABLE',
      'CREDENTIAL',
      'CREDENTIAL',
      'CREDENTIAL',
      'DIRECTORY_UNAVAILABLE',
    ])
    expect([...errors, events].filter((value) => leaks(shown(value)))).toEqual([])
  })

  it('is not in what a key ring says when it fails', async () => {
    const keys = {
      decrypt: () => JSON.parse(canary) as string,
    }
    const { tenants, directory } = await setUp(databases, { keys })
    directory.lookup = async (tenantId) => ({
      tenantId,
      status: 'active',
      credentials: { url: { encrypted: `iv:${canary}`, field: 'data_source_url' } },
    })
    const error = await tenants.acquire('a').catch((caught) => caught)
    expect(error).toBeInstanceOf(CredentialError)
    expect(leaks(shown(error))).toBe(false)
    expect(shown(error)).not.toContain('Canary')
  })

  it('is not in what the driver is given to say about idle connections', async () => {
    const client = pgClients({ Pool: pg.Pool })
    expect(leaks(shown(client))).toBe(false)
  })
})

describe('sanitize', () => {
  const secret = fc.string({ minLength: 6, maxLength: 30 })

  it('leaves no secret in a message, a cause or a stack, whatever surrounds it', () => {
    const parts = fc.array(fc.string({ maxLength: 12 }), { minLength: 2, maxLength: 4 })
    fc.assert(
      fc.property(secret, parts, (hidden, around) => {
        const cause = new Error(around.join(hidden))
        const error = sanitize(new Error(around.join(encodeURIComponent(hidden)), { cause }), [
          new Secret(hidden),
        ])
        for (const text of [error.message, error.stack!, (error.cause as Error).message]) {
          // What is left of "[secret]" may be what the secret is made of.
          const rest = text.replaceAll('[secret]', '\n')
          expect(rest.includes(hidden) && hidden.length > 2).toBe(false)
        }
      }),
    )
  })

  it('hides the password of a URL, as it is written and as it is meant', () => {
    const url = new Secret(`postgres://user:${encodeURIComponent(canary)}@h/db`)
    expect(redact(`${canary} ${encodeURIComponent(canary)} of user`, [url])).toBe(
      '[secret] [secret] of [secret]',
    )
    expect(redact('see mysql://root:pw@h/x and https://h/y?a@b')).toBe(
      'see mysql://[secret]@h/x and https://h/y?a@b',
    )
  })

  it('keeps what helps: name, code, causes, where it happened', () => {
    const cause = Object.assign(new TypeError('inner'), { code: 'E1', input: canary })
    const error = sanitize(new RangeError('outer', { cause }), [canary])
    expect(error).toMatchObject({
      name: 'RangeError',
      message: 'outer',
      cause: { name: 'TypeError', code: 'E1' },
    })
    expect(error.stack).toContain('secrets.test.ts')
    expect('input' in (error.cause as object)).toBe(false)
  })

  it('shows nothing of what is thrown without being an error', () => {
    expect(sanitize({ password: canary }).message).toBe('a thrown object')
    expect(sanitize(undefined).message).toBe('a thrown undefined')
  })
})

describe('a stand-in for a client', () => {
  class Client {
    #secret = canary
    name = 'n'
    inner = { find: () => this.#secret.length, deeper: { find: () => 1 } }
    self() {
      return this
    }
    length() {
      return this.#secret.length
    }
    get size() {
      return this.#secret.length
    }
  }
  const make = (deep = true) => {
    const state = { over: false }
    const check = () => {
      if (state.over) throw new Error('over')
    }
    const client = new Client()
    return { state, client, proxy: revocable({ client, check, label: '[a client]', deep }) }
  }

  it('does what the client does, private fields and accessors included', () => {
    const { proxy, client } = make()
    expect([proxy.length(), proxy.size, proxy.inner.find()]).toEqual([
      canary.length,
      canary.length,
      canary.length,
    ])
    expect(proxy).toBeInstanceOf(Client)
    proxy.name = 'm'
    expect(client.name).toBe('m')
    expect('name' in proxy).toBe(true)
    expect(proxy.self()).toBe(proxy)
  })

  it('does nothing when it is over: members, methods taken before, deep objects', () => {
    const { proxy, state } = make()
    const { length, inner, self } = proxy
    const { deeper } = inner
    state.over = true
    for (const use of [
      () => proxy.length(),
      () => length(),
      () => inner.find(),
      () => deeper.find(),
      () => self(),
    ]) {
      expect(use).toThrow('over')
    }
    expect(() => {
      proxy.name = 'x'
    }).toThrow('over')
    expect(inspect(proxy)).toBe('[a client]')
  })

  it('guards members only as far as it is asked to', () => {
    const { proxy, state } = make(false)
    const { inner } = proxy
    state.over = true
    expect(inner.deeper.find()).toBe(1)
    expect(() => proxy.inner).toThrow('over')
  })

  it('may be awaited, and called when the client is a function', async () => {
    expect(await make().proxy).toBeInstanceOf(Client)
    const tagged = Object.assign((text: string) => `${text}!`, { extra: 1 })
    const proxy = revocable({ client: tagged, check: () => {}, label: '', deep: false })
    expect(proxy('a')).toBe('a!')
    expect(proxy.extra).toBe(1)
  })
})
