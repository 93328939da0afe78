import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createKeySet,
  EnvelopeError,
  type JoinedFields,
  joinSplitFields,
  type KeySet,
  keyOf,
  openColonText,
  openText,
  type SplitFields,
  sealColonText,
  sealText,
  splitFields,
} from '../../../src/runtime/keys/index.ts'

const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => new Set(bytes).size > 1)
const keySet = key.map((bytes) => createKeySet(keyOf(bytes)))
const secret = fc.string({ unit: 'grapheme' })
const id = fc.string({ unit: 'grapheme', minLength: 1 })
const place = fc.record({ tenantId: id, field: id })

/** Every text that differs from a text in one byte: eight flipped bits each. */
function* flipped(text: string): Generator<string> {
  const bytes = Buffer.from(text, 'latin1')
  for (const [at, byte] of bytes.entries())
    for (let bit = 0; bit < 8; bit++) {
      const copy = Buffer.from(bytes)
      copy[at] = byte ^ (1 << bit)
      yield copy.toString('latin1')
    }
}

/** An envelope is refused with our error, and without a word of what is in it. */
function expectRefused(open: () => unknown, plaintext: string): void {
  let thrown: unknown
  try {
    open()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(EnvelopeError)
  expect((thrown as EnvelopeError).cause).toBeUndefined()
  if (plaintext.length > 8) expect((thrown as EnvelopeError).message).not.toContain(plaintext)
}

describe('the bound text', () => {
  it('opens to what was sealed, each time with another IV', () => {
    fc.assert(
      fc.property(secret, keySet, place, (plaintext, keys, where) => {
        const text = sealText(plaintext, keys, where)
        expect(openText(text, keys, where, { unbound: 'refuse' })).toMatchObject({ plaintext, primary: true })
        expect(sealText(plaintext, keys, where)).not.toBe(text)
      }),
    )
  })

  it('is refused with any bit of any byte flipped', () => {
    fc.assert(
      fc.property(secret, keySet, place, (plaintext, keys, where) => {
        const text = sealText(plaintext, keys, where)
        for (const changed of flipped(text)) expectRefused(() => openText(changed, keys, where), plaintext)
      }),
      { numRuns: 10 },
    )
  })

  it('is refused cut short, at either end', () => {
    fc.assert(
      fc.property(secret, keySet, place, fc.nat(), (plaintext, keys, where, cut) => {
        const text = sealText(plaintext, keys, where)
        const at = 1 + (cut % (text.length - 1))
        // The last base64 group of an empty secret is missing in the whole already.
        if (text.slice(0, -at) !== text)
          expectRefused(() => openText(text.slice(0, -at), keys, where), plaintext)
        expectRefused(() => openText(text.slice(at), keys, where), plaintext)
      }),
    )
  })

  it('is refused in any other place', () => {
    fc.assert(
      fc.property(secret, keySet, place, place, (plaintext, keys, where, other) => {
        fc.pre(where.tenantId !== other.tenantId || where.field !== other.field)
        expectRefused(() => openText(sealText(plaintext, keys, where), keys, other), plaintext)
      }),
    )
  })

  it('tells a tenant and a field apart that are the same text side by side', () => {
    fc.assert(
      fc.property(secret, keySet, id, id, id, (plaintext, keys, a, b, c) => {
        const text = sealText(plaintext, keys, { tenantId: a + b, field: c })
        expectRefused(() => openText(text, keys, { tenantId: a, field: b + c }), plaintext)
      }),
    )
  })

  it('is refused under any other key', () => {
    fc.assert(
      fc.property(secret, keySet, keySet, place, (plaintext, keys, others, where) => {
        fc.pre(keys.primary.id !== others.primary.id)
        expectRefused(() => openText(sealText(plaintext, keys, where), others, where), plaintext)
      }),
    )
  })

  it('is never made for a place that has no bytes of its own', () => {
    const keys = createKeySet(keyOf(Buffer.from('0123456789abcdef0123456789abcdef')))
    for (const tenantId of ['', '\ud800', 'a\udfff'])
      expect(() => sealText('x', keys, { tenantId, field: 'f' })).toThrow(EnvelopeError)
  })
})

describe('iv:authTag:ciphertext', () => {
  it('opens to what was sealed, with whichever key of the ring', () => {
    fc.assert(
      fc.property(secret, key, key, place, (plaintext, old, primary, where) => {
        const before = createKeySet(keyOf(old))
        const after = createKeySet(keyOf(primary), [keyOf(old)])
        const text = sealColonText(plaintext, before)
        const [iv = '', tag = '', ...rest] = text.split(':')
        expect([Buffer.from(iv, 'base64').length, Buffer.from(tag, 'base64').length, rest.length]).toEqual([
          16, 16, 1,
        ])
        expect(openColonText(text, after)).toEqual({ plaintext, keyId: before.primary.id })
        expect(openText(text, after, where).primary).toBe(false)
        expectRefused(() => openText(text, after, where, { unbound: 'refuse' }), plaintext)
      }),
    )
  })

  it('is refused with any bit of any byte flipped', () => {
    fc.assert(
      fc.property(secret, keySet, (plaintext, keys) => {
        for (const changed of flipped(sealColonText(plaintext, keys))) {
          expectRefused(() => openColonText(changed, keys), plaintext)
          expectRefused(() => openText(changed, keys, { tenantId: 't', field: 'f' }), plaintext)
        }
      }),
      { numRuns: 10 },
    )
  })

  it('is refused with a tag of any other length', () => {
    fc.assert(
      fc.property(secret, keySet, fc.nat({ max: 24 }), (plaintext, keys, length) => {
        fc.pre(length !== 16)
        const [iv, tag = '', ciphertext] = sealColonText(plaintext, keys).split(':')
        const other = Buffer.concat([Buffer.from(tag, 'base64'), Buffer.alloc(8)]).subarray(0, length)
        expectRefused(
          () => openColonText([iv, other.toString('base64'), ciphertext].join(':'), keys),
          plaintext,
        )
      }),
    )
  })
})

describe('split fields', () => {
  const credentials = fc.record({ deploymentUrl: secret, deployKey: secret })
  const encoding = fc.constantFrom('hex' as const, 'base64' as const)
  const sealRow = (given: JoinedFields, keys: KeySet, written: 'hex' | 'base64') =>
    splitFields(
      {
        deploymentUrl: sealColonText(given.deploymentUrl, keys),
        deployKey: sealColonText(given.deployKey, keys),
      },
      written,
    )
  const openRow = (row: SplitFields, keys: KeySet): JoinedFields => {
    const { deploymentUrl, deployKey } = joinSplitFields(row)
    return {
      deploymentUrl: openColonText(deploymentUrl, keys).plaintext,
      deployKey: openColonText(deployKey, keys).plaintext,
    }
  }

  it('open to what was sealed', () => {
    fc.assert(
      fc.property(credentials, keySet, encoding, (given, keys, written) => {
        expect(openRow(sealRow(given, keys, written), keys)).toEqual(given)
      }),
    )
  })

  it('are refused with any bit of any byte of any field flipped', () => {
    fc.assert(
      fc.property(credentials, keySet, encoding, (given, keys, written) => {
        const row = sealRow(given, keys, written)
        for (const [field, text] of Object.entries(row))
          for (const changed of flipped(text))
            expectRefused(() => openRow({ ...row, [field]: changed }, keys), given.deployKey)
      }),
      { numRuns: 5 },
    )
  })

  it('are refused when the url and the key are exchanged only in part', () => {
    fc.assert(
      fc.property(credentials, keySet, encoding, (given, keys, written) => {
        const row = sealRow(given, keys, written)
        for (const field of ['encryptionIV', 'authTags'] as const) {
          const swapped = row[field].split(':').reverse().join(':')
          expectRefused(() => openRow({ ...row, [field]: swapped }, keys), given.deployKey)
        }
      }),
    )
  })
})
