import { randomBytes } from 'node:crypto'
import { decodeStrictly, utf8 } from './encoding.ts'
import { EnvelopeError } from './error.ts'
import { open, seal } from './gcm.ts'
import type { EncryptionKey } from './key.ts'
import type { KeySet } from './key-set.ts'

/**
 * Our own text, `tenantize1:<key id>:<iv>:<tag>:<ciphertext>`: AES-256-GCM, IV 12 bytes, tag 16 bytes, the last three
 * parts base64. The additional authenticated data are the format, the key's id, the tenant and the field, each as UTF-8
 * behind its length (4 bytes, big-endian). So a text opens only in the row and the column that it was written for.
 * `docs/envelope-vectors.json` has examples.
 */
export const BOUND_PREFIX = 'tenantize1'

const IV_BYTES = 12

/** The place that an encrypted text belongs to. */
export interface Place {
  /** The tenant's id in the application database. */
  readonly tenantId: string
  /** What it holds, by the name of the column: `data_source_service_key`. */
  readonly field: string
}

export const isBoundText = (text: string): boolean => text.startsWith(`${BOUND_PREFIX}:`)

/** @returns the text under the primary key, bound to the place */
export function sealBoundText(plaintext: string, keys: KeySet, place: Place): string {
  return sealWith(plaintext, keys.primary, randomBytes(IV_BYTES), place)
}

/** For test vectors, which need a known IV. */
export function sealWith(plaintext: string, key: EncryptionKey, nonce: Buffer, place: Place): string {
  const { iv, tag, ciphertext } = seal(
    key.secret,
    nonce,
    Buffer.from(plaintext, 'utf8'),
    associatedData(key.id, place),
  )
  return [BOUND_PREFIX, key.id, ...[iv, tag, ciphertext].map((part) => part.toString('base64'))].join(':')
}

/**
 * @returns the plaintext, and the key that opened it
 * @throws EnvelopeError (`malformed`, `unknown-key`, `not-authentic`)
 */
export function openBoundText(
  text: string,
  keys: KeySet,
  place: Place,
): { plaintext: string; keyId: string } {
  const parts = text.split(':')
  const [prefix = '', keyId = '', iv = '', tag = '', ciphertext = ''] = parts
  if (parts.length !== 5 || prefix !== BOUND_PREFIX || !/^[0-9a-f]{16}$/.test(keyId))
    throw new EnvelopeError(
      'malformed',
      `the encrypted text does not have the form ${BOUND_PREFIX}:key:iv:tag:ciphertext`,
    )
  const sealed = {
    iv: decodeStrictly(iv, 'base64', 'IV'),
    tag: decodeStrictly(tag, 'base64', 'tag'),
    ciphertext: decodeStrictly(ciphertext, 'base64', 'ciphertext'),
  }
  if (sealed.iv.length !== IV_BYTES)
    throw new EnvelopeError('malformed', `the IV of the encrypted text is not ${IV_BYTES} bytes long`)
  const key = keys.find(keyId)
  if (!key)
    throw new EnvelopeError(
      'unknown-key',
      `the encrypted text needs the key ${keyId}, which is not in the key ring (${keys.keys.map(({ id }) => id).join(', ')})`,
    )
  const plaintext = open(key.secret, sealed, associatedData(keyId, place))
  if (!plaintext)
    throw new EnvelopeError(
      'not-authentic',
      `the encrypted text was changed, or it is not the one of this tenant's ${place.field}`,
    )
  return { plaintext: plaintext.toString('utf8'), keyId }
}

function associatedData(keyId: string, { tenantId, field }: Place): Buffer {
  if (tenantId === '' || field === '')
    throw new EnvelopeError('malformed', 'an encrypted text needs a tenant and a field')
  return Buffer.concat(
    [BOUND_PREFIX, keyId, tenantId, field].flatMap((part) => {
      const bytes = utf8(part, 'tenant or field')
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  )
}
