import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { ConfigurationError } from '../errors.ts'
import { encodes } from './encoding.ts'

export const KEY_BYTES = 32

/** One key. The secret is a KeyObject, which neither prints nor serialises. */
export interface EncryptionKey {
  /** 16 hexadecimal digits, derived from the key: the same key has the same id wherever it is configured. */
  readonly id: string
  readonly secret: KeyObject
}

/**
 * Reads a key as `ENCRYPTION_KEY` holds it: 64 hexadecimal digits, or the base64 of 32 bytes.
 * @param name where it comes from, for the error
 * @throws ConfigurationError that says what is wrong and nothing of the key
 */
export function parseKey(text: string, name = 'ENCRYPTION_KEY'): EncryptionKey {
  if (/^[0-9a-f]{64}$/i.test(text)) return keyOf(Buffer.from(text, 'hex'), name)
  if (encodes(text, 'base64', KEY_BYTES)) return keyOf(Buffer.from(text, 'base64'), name)
  throw new ConfigurationError(
    `${name} must be 32 bytes, as 64 hexadecimal digits or as base64 (44 characters); it is ${whatIsWrong(text)}`,
  )
}

/**
 * Makes a key of a copy of 32 bytes.
 * @throws ConfigurationError
 */
export function keyOf(bytes: Uint8Array, name = 'the key'): EncryptionKey {
  if (bytes.length !== KEY_BYTES)
    throw new ConfigurationError(`${name} must be ${KEY_BYTES} bytes long; it is ${bytes.length}`)
  if (bytes.every((byte) => byte === bytes[0]))
    throw new ConfigurationError(`${name} is one byte repeated, which is no key`)
  const secret = createSecretKey(bytes)
  const id = createHmac('sha256', secret).update('tenantize key id').digest('hex').slice(0, 16)
  return { id, secret }
}

function whatIsWrong(text: string): string {
  if (text === '') return 'empty'
  if (text.trim() !== text) return 'surrounded by white space'
  if (/^(["']).*\1$/s.test(text)) return 'in quotes'
  if (/^[0-9a-f]+$/i.test(text)) return `${text.length} hexadecimal digits`
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') === text) return `the base64 of ${bytes.length} bytes`
  if (bytes.toString('base64url') === text || /^[\w+/-]{43,44}={0,2}$/.test(text))
    return 'base64 without its padding, or of the URL kind'
  return 'neither'
}
