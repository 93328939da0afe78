import { randomBytes } from 'node:crypto'
import { ConvexHttpClient } from 'convex/browser'
import { makeFunctionReference } from 'convex/server'
import { beforeAll, describe, expect, it } from 'vitest'
import { convexDirectory } from '../../../src/runtime/directories/index.ts'
import { isCredentialStore } from '../../../src/runtime/directories/store.ts'
import { createKeyRing, createKeySet, keyOf, splitFields } from '../../../src/runtime/keys/index.ts'
import { rewriteCredentials } from '../../../src/runtime/operations/rewrite.ts'
import { useConvex } from '../support/convex/start.ts'

const deployments = useConvex('main')
const { signal } = new AbortController()
const old = keyOf(randomBytes(32))
const keys = createKeyRing(createKeySet(old))
const credentials = { url: 'https://happy-otter-123.convex.cloud', deployKey: 'prod:happy|canary' }
let client: ConvexHttpClient

const directory = () =>
  convexDirectory({
    client,
    config: makeFunctionReference('byod:getConfig'),
    configs: makeFunctionReference('byod:listConfigs'),
    replace: makeFunctionReference('byod:replaceConfig'),
  })

/** What a user's row opens to. */
async function opened(userId: string, ring = keys): Promise<Record<string, string>> {
  const found = await directory().lookup(userId, { signal })
  const texts: Record<string, string> = {}
  for (const [name, stored] of Object.entries(found!.credentials))
    if ('encrypted' in stored)
      texts[name] = await ring.decrypt(stored.encrypted, { tenantId: userId, field: stored.field })
  return texts
}

beforeAll(async () => {
  client = new ConvexHttpClient(deployments.main.url)
  const put = makeFunctionReference<'mutation'>('byod:putConfig')
  const seal = (text: string) =>
    keys.encrypt(text, { tenantId: 'any', field: 'any' }, 'iv:authTag:ciphertext')
  for (const [userId, connectionStatus, encoding] of [
    ['ada', 'connected', 'hex'],
    ['bob', 'connected', 'base64'],
    ['cyd', 'pending', 'hex'],
    ['dan', 'paused', 'hex'],
  ] as const) {
    const joined = {
      deploymentUrl: await seal(credentials.url),
      deployKey: await seal(credentials.deployKey),
    }
    await client.mutation(put, { userId, connectionStatus, ...splitFields(joined, encoding) })
  }
})

describe('users with a deployment of their own, over Convex', () => {
  it('have credentials in four fields, in hexadecimal or base64', async () => {
    expect(await opened('ada')).toEqual(credentials)
    expect(await opened('bob')).toEqual(credentials)
    expect(await directory().lookup('nobody', { signal })).toBeNull()
  })

  it('are in the state that their connection is in', async () => {
    expect(await directory().lookup('cyd', { signal })).toMatchObject({ status: 'pending', credentials: {} })
    await expect(directory().lookup('dan', { signal })).rejects.toThrow('the connectionStatus of user "dan"')
    const found = []
    for await (const { tenantId, status } of directory().list!({ signal })) found.push([tenantId, status])
    expect(found).toEqual([
      ['ada', 'active'],
      ['bob', 'active'],
      ['cyd', 'pending'],
      ['dan', 'error'],
    ])
  })

  it('refuses an answer about another user', async () => {
    const confused = convexDirectory({
      client,
      config: makeFunctionReference('byod:getConfig'),
      args: () => ({ userId: 'bob' }),
    })
    await expect(confused.lookup('ada', { signal })).rejects.toThrow('the configuration of another user')
  })

  it('throws when the deployment does not answer', async () => {
    const nowhere = convexDirectory({
      client: new ConvexHttpClient('http://127.0.0.1:1'),
      config: makeFunctionReference('byod:getConfig'),
    })
    await expect(nowhere.lookup('ada', { signal })).rejects.toThrow('fetch failed')
  })

  it.each(['iv:authTag:ciphertext', 'tenantize1'] as const)('are rewritten as %s', async (form) => {
    const store = directory()
    if (!isCredentialStore(store)) throw new Error('it can be written to')
    const nextKeys = createKeySet(keyOf(randomBytes(32)), [old])
    const next = createKeyRing(nextKeys)
    const options = { store, keys: next, mode: 'rotate', form, signal, only: ['ada'] } as const
    const before = await client.query(makeFunctionReference<'query'>('byod:getConfig'), { userId: 'ada' })
    expect((await rewriteCredentials({ ...options, dryRun: true })).tenants[0]!.outcome).toBe('written')
    expect((await rewriteCredentials(options)).tenants).toMatchObject([
      { tenantId: 'ada', outcome: 'written' },
    ])
    const after = await client.query(makeFunctionReference<'query'>('byod:getConfig'), { userId: 'ada' })
    expect(after.encryptionIV === '').toBe(form === 'tenantize1')
    expect(after.encryptedDeployKey).not.toBe(before.encryptedDeployKey)
    expect(await opened('ada', next)).toEqual(credentials)
    expect((await rewriteCredentials(options)).tenants[0]!.outcome).toBe('unchanged')
    // Back to the first key, for the next form.
    const back = createKeyRing(createKeySet(old, nextKeys.keys))
    await rewriteCredentials({ ...options, keys: back, form: 'iv:authTag:ciphertext' })
  })
})
