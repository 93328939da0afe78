import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  awsKmsKeys,
  createKeyRing,
  createKeySet,
  environmentKeys,
  gcpKmsKeys,
  openText,
  parseKey,
  sealText,
} from '../../../src/runtime/keys/index.ts'

const bytes = randomBytes(32)
const place = { tenantId: 'acme', field: 'key' }

describe('a key', () => {
  it('is 64 hexadecimal digits or the base64 of 32 bytes, and the same either way', () => {
    expect(parseKey(bytes.toString('hex')).id).toBe(parseKey(bytes.toString('base64')).id)
    expect(parseKey(bytes.toString('hex').toUpperCase()).id).toBe(parseKey(bytes.toString('hex')).id)
    expect(parseKey(randomBytes(32).toString('hex')).id).not.toBe(parseKey(bytes.toString('hex')).id)
  })

  const hex = bytes.toString('hex')
  it.each([
    ['', 'empty'],
    [`${hex}\n`, 'surrounded by white space'],
    [`"${hex}"`, 'in quotes'],
    [hex.slice(2), '62 hexadecimal digits'],
    [randomBytes(16).toString('base64'), 'the base64 of 16 bytes'],
    [bytes.toString('base64').replace('=', ''), 'base64 without its padding, or of the URL kind'],
    [Buffer.alloc(32, 0xfb).toString('base64url'), 'base64 without its padding, or of the URL kind'],
    ['correct horse battery staple', 'neither'],
    ['0'.repeat(64), 'one byte repeated'],
  ])('%j is refused, and the error says why and not what', (text, why) => {
    let message = ''
    try {
      parseKey(text)
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toContain(why)
    expect(message).toContain('ENCRYPTION_KEY')
    if (text.length > 8) expect(message).not.toContain(text.trim().slice(0, 8))
  })

  it('shows in no way of printing it', () => {
    const ring = createKeySet(parseKey(hex))
    const shown = [
      inspect(ring, { depth: 9, showHidden: true, getters: true }),
      JSON.stringify(ring),
      String(ring.primary.secret),
    ]
    for (const text of shown)
      for (const form of [hex, bytes.toString('base64'), bytes.toString('latin1')])
        expect(text).not.toContain(form)
  })
})

describe('keys from the environment', () => {
  it('are a primary one, and old ones that only decrypt', async () => {
    const before = await environmentKeys({ env: { ENCRYPTION_KEY: bytes.toString('hex') } }).keys()
    const text = sealText('secret', before, place)
    const after = await environmentKeys({
      env: {
        ENCRYPTION_KEY: randomBytes(32).toString('base64'),
        ENCRYPTION_KEYS_OLD: `${bytes.toString('base64')}, ${randomBytes(32).toString('hex')}`,
      },
    }).keys()
    expect(openText(text, after, place)).toMatchObject({ plaintext: 'secret', primary: false })
    expect(openText(sealText('secret', after, place), after, place).keyId).toBe(after.primary.id)
    expect(after.keys).toHaveLength(3)
  })

  it('are missed by name', async () => {
    await expect(environmentKeys({ env: {} }).keys()).rejects.toThrow('ENCRYPTION_KEY is not set')
    await expect(
      environmentKeys({
        env: { ENCRYPTION_KEY: bytes.toString('hex'), ENCRYPTION_KEYS_OLD: 'short' },
      }).keys(),
    ).rejects.toThrow('key 1 of ENCRYPTION_KEYS_OLD must be 32 bytes')
  })
})

/** A key service: real encryption under a key that never leaves it, with a context that must be the same. */
function keyService() {
  const master = randomBytes(32)
  let calls = 0
  return {
    calls: () => calls,
    wrap: (data: Buffer, context: string) => {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', master, iv).setAAD(Buffer.from(context))
      const body = Buffer.concat([cipher.update(data), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64')
    },
    unwrap: (blob: Uint8Array, context: string) => {
      calls++
      const text = Buffer.from(blob)
      const decipher = createDecipheriv('aes-256-gcm', master, text.subarray(0, 12), { authTagLength: 16 })
      decipher.setAAD(Buffer.from(context)).setAuthTag(text.subarray(12, 28))
      return Buffer.concat([decipher.update(text.subarray(28)), decipher.final()])
    },
  }
}

describe('keys from AWS KMS', () => {
  const service = keyService()
  const context = { app: 'crm' }
  const client = {
    decrypt: async (input: { CiphertextBlob: Uint8Array; EncryptionContext?: Record<string, string> }) => ({
      Plaintext: new Uint8Array(
        service.unwrap(input.CiphertextBlob, JSON.stringify(input.EncryptionContext)),
      ),
    }),
  }
  const primary = service.wrap(bytes, JSON.stringify(context))

  it('are unwrapped once', async () => {
    const old = randomBytes(32)
    const provider = awsKmsKeys({
      client,
      primary,
      decryptOnly: [service.wrap(old, JSON.stringify(context))],
      encryptionContext: context,
    })
    const [ring, again] = await Promise.all([provider.keys(), provider.keys()])
    expect(again).toBe(ring)
    expect(service.calls()).toBe(2)
    expect(ring.keys.map(({ id }) => id)).toEqual([bytes, old].map((key) => parseKey(key.toString('hex')).id))
  })

  it('are refused in another context, without a word of the request', async () => {
    const provider = awsKmsKeys({ client, primary, encryptionContext: { app: 'other' } })
    await expect(provider.keys()).rejects.toMatchObject({
      code: 'KEYS_UNAVAILABLE',
      message: 'AWS KMS did not decrypt the key (Error)',
    })
  })

  it('are asked for again after a failure', async () => {
    let down = true
    const provider = awsKmsKeys({
      client: {
        decrypt: async (input) => {
          if (down) throw Object.assign(new Error(`no route for ${primary}`), { code: 'ECONNREFUSED' })
          return client.decrypt(input)
        },
      },
      primary,
      encryptionContext: context,
    })
    await expect(provider.keys()).rejects.toThrow('AWS KMS did not decrypt the key (Error, ECONNREFUSED)')
    down = false
    expect((await provider.keys()).primary.id).toBe(parseKey(bytes.toString('hex')).id)
  })

  it('are refused when they are no keys', async () => {
    const short = service.wrap(randomBytes(16), JSON.stringify(context))
    await expect(awsKmsKeys({ client, primary: short, encryptionContext: context }).keys()).rejects.toThrow(
      'the key from AWS KMS must be 32 bytes long; it is 16',
    )
    await expect(awsKmsKeys({ client, primary: 'not base64!' }).keys()).rejects.toThrow('not valid base64')
    const silent = { decrypt: async () => ({}) }
    await expect(awsKmsKeys({ client: silent, primary }).keys()).rejects.toThrow(
      'AWS KMS answered without a key',
    )
  })
})

describe('keys from Google Cloud KMS', () => {
  const service = keyService()
  const name = 'projects/p/locations/l/keyRings/r/cryptoKeys/k'
  const primary = service.wrap(bytes, name)

  it.each([
    ['bytes', (plaintext: Buffer) => plaintext],
    ['base64', (plaintext: Buffer) => plaintext.toString('base64')],
  ])('are unwrapped from %s', async (_, write) => {
    const provider = gcpKmsKeys({
      name,
      primary,
      client: {
        decrypt: async (request) => [{ plaintext: write(service.unwrap(request.ciphertext, request.name)) }],
      },
    })
    expect((await provider.keys()).primary.id).toBe(parseKey(bytes.toString('hex')).id)
  })
})

describe('a key ring', () => {
  const old = createKeySet(parseKey(bytes.toString('hex')))
  const ring = createKeyRing(createKeySet(parseKey(randomBytes(32).toString('hex')), old.keys))

  it('reads what an old key wrote and writes with the primary one', async () => {
    const text = await createKeyRing(old).encrypt('secret', place)
    expect(await ring.decrypt(text, place)).toBe('secret')
    expect(await ring.open(text, place)).toMatchObject({ primary: false })
    expect(await ring.open(await ring.encrypt('secret', place), place)).toMatchObject({ primary: true })
  })

  it('says whose text it refuses, and nothing of it', async () => {
    const text = await ring.encrypt('secret', place)
    await expect(ring.decrypt(text, { ...place, tenantId: 'globex' })).rejects.toMatchObject({
      code: 'CREDENTIAL',
      tenantId: 'globex',
      field: 'key',
      message:
        'Credential "key" of tenant "globex": the encrypted text was changed, or it is not the one of this tenant\'s key',
    })
    await expect(ring.decrypt('secret', place)).rejects.not.toThrow('secret')
  })

  it('refuses texts that are bound to no tenant when it is told to', async () => {
    const text = await ring.encrypt('secret', place, 'iv:authTag:ciphertext')
    expect(await ring.decrypt(text, place)).toBe('secret')
    const strict = createKeyRing(old, { unbound: 'refuse' })
    await expect(strict.decrypt(text, place)).rejects.toThrow('without being bound to its tenant')
  })
})
