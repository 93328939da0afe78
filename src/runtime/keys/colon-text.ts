import { randomBytes } from 'node:crypto'
import { decodeStrictly } from './encoding.ts'
import { EnvelopeError } from './error.ts'
import { open, seal } from './gcm.ts'
import type { KeySet } from './key-set.ts'

/**
 * The text `iv:authTag:ciphertext` of the Supabase system: each part base64, IV and tag 16 bytes, AES-256-GCM without
 * additional data. It names no key, so each is tried; it is bound to no row, so that a text that is copied to another
 * tenant's row still opens. Prefer the bound text where you can choose.
 */
const IV_BYTES = 16

/** Whether text has the form; says nothing about whether it opens. */
export function isColonText(text: string): boolean {
  const parts = text.split(':')
  return (
    parts.length === 3 && /^[A-Za-z0-9+/]{22}==$/.test(parts[0]!) && /^[A-Za-z0-9+/]{22}==$/.test(parts[1]!)
  )
}

/** @returns `iv:authTag:ciphertext` under the primary key */
export function sealColonText(plaintext: string, keys: KeySet): string {
  const { iv, tag, ciphertext } = seal(
    keys.primary.secret,
    randomBytes(IV_BYTES),
    Buffer.from(plaintext, 'utf8'),
  )
  return [iv, tag, ciphertext].map((part) => part.toString('base64')).join(':')
}

/**
 * @returns the plaintext, and the id of the key that opened it
 * @throws EnvelopeError (`malformed`, `not-authentic`)
 */
export function openColonText(text: string, keys: KeySet): { plaintext: string; keyId: string } {
  const parts = text.split(':')
  if (parts.length !== 3)
    throw new EnvelopeError('malformed', 'the encrypted text does not have the form iv:authTag:ciphertext')
  const [iv = '', tag = '', ciphertext = ''] = parts
  const sealed = {
    iv: decodeStrictly(iv, 'base64', 'IV'),
    tag: decodeStrictly(tag, 'base64', 'tag'),
    ciphertext: decodeStrictly(ciphertext, 'base64', 'ciphertext'),
  }
  if (sealed.iv.length !== IV_BYTES)
    throw new EnvelopeError('malformed', `the IV of the encrypted text is not ${IV_BYTES} bytes long`)
  for (const key of keys.keys) {
    const plaintext = open(key.secret, sealed)
    if (plaintext) return { plaintext: plaintext.toString('utf8'), keyId: key.id }
  }
  throw new EnvelopeError(
    'not-authentic',
    'the encrypted text was changed, or encrypted with a key that is not in the key ring',
  )
}
