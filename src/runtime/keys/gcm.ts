import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { EnvelopeError } from './error.ts'

export const TAG_BYTES = 16

/** The parts of one AES-256-GCM encryption. */
export interface Sealed {
  readonly iv: Buffer
  readonly tag: Buffer
  readonly ciphertext: Buffer
}

/** Encrypts with AES-256-GCM; the caller answers for an IV that this key has not seen. */
export function seal(key: KeyObject, iv: Buffer, plaintext: Buffer, bound?: Buffer): Sealed {
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  if (bound) cipher.setAAD(bound)
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return { iv, tag: cipher.getAuthTag(), ciphertext }
}

/**
 * Decrypts; undefined when the tag doesn't fit. `authTagLength` makes Node refuse short tags: without it, it takes one
 * of 4 bytes, which an attacker guesses.
 */
export function open(key: KeyObject, { iv, tag, ciphertext }: Sealed, bound?: Buffer): Buffer | undefined {
  if (tag.length !== TAG_BYTES)
    throw new EnvelopeError('malformed', `the tag of the encrypted text is not ${TAG_BYTES} bytes long`)
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  decipher.setAuthTag(tag)
  if (bound) decipher.setAAD(bound)
  const start = decipher.update(ciphertext)
  try {
    return Buffer.concat([start, decipher.final()])
  } catch {
    return undefined
  }
}
