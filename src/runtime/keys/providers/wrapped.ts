import { ConfigurationError, KeysUnavailableError } from '../../errors.ts'
import { isEncoded } from '../encoding.ts'
import { type EncryptionKey, keyOf } from '../key.ts'
import { createKeySet, type KeyProvider, type KeySet } from '../key-set.ts'

/** Keys that a key service has encrypted, as base64. They may lie beside the code: only the service opens them. */
export interface WrappedKeys {
  readonly primary: string
  /** Keys that only decrypt. */
  readonly decryptOnly?: readonly string[]
}

/**
 * Keys that a service unwraps. They are asked for once and kept in memory; a failure is not kept, so that the next
 * request asks again.
 * @param service its name, for errors
 * @param unwrap gives the 32 bytes of a wrapped key
 */
export function wrappedKeys(
  service: string,
  wrapped: WrappedKeys,
  unwrap: (ciphertext: Buffer) => Promise<Uint8Array | undefined>,
): KeyProvider {
  let asked: Promise<KeySet> | undefined
  const unwrapOne = async (text: string): Promise<EncryptionKey> => {
    if (!isEncoded(text, 'base64'))
      throw new ConfigurationError(`a wrapped key for ${service} is not valid base64`)
    let bytes: Uint8Array | undefined
    try {
      bytes = await unwrap(Buffer.from(text, 'base64'))
    } catch (error) {
      throw new KeysUnavailableError(`${service} did not decrypt the key (${kindOf(error)})`)
    }
    if (!bytes) throw new KeysUnavailableError(`${service} answered without a key`)
    return keyOf(bytes, `the key from ${service}`)
  }
  const ask = async () => {
    const [primary, ...others] = await Promise.all(
      [wrapped.primary, ...(wrapped.decryptOnly ?? [])].map(unwrapOne),
    )
    return createKeySet(primary!, others)
  }
  return {
    keys: () =>
      (asked ??= ask().catch((error: unknown) => {
        asked = undefined
        throw error
      })),
  }
}

/** The kind of an error of a service; its message may quote the request. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  const { code } = error as { code?: unknown }
  return typeof code === 'string' || typeof code === 'number' ? `${error.name}, ${code}` : error.name
}
