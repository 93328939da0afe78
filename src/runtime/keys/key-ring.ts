import { CredentialError } from '../errors.ts'
import type { KeyRing } from '../types.ts'
import type { Place } from './bound-text.ts'
import { type EnvelopeFormat, type Opened, type OpenOptions, openText, sealText } from './envelope.ts'
import { EnvelopeError } from './error.ts'
import type { KeyProvider, KeySet } from './key-set.ts'
import { environmentKeys } from './providers/environment.ts'

/** Reads and writes the credentials of tenants. */
export interface CredentialKeys extends KeyRing {
  decrypt(encrypted: string, place: Place): Promise<string>
  encrypt(plaintext: string, place: Place, format?: EnvelopeFormat): Promise<string>
  /** Decrypts, and says how the text was written: what a rotation needs to know. */
  open(encrypted: string, place: Place): Promise<Opened>
}

/**
 * @param from keys, or where they come from; `ENCRYPTION_KEY` and `ENCRYPTION_KEYS_OLD` of the environment by default
 * @returns a key ring for `createTenantDatabases({ keys })`; its methods throw CredentialError for a text that is
 *   refused, ConfigurationError for a key that is none, KeysUnavailableError when a key service does not answer
 */
export function createKeyRing(
  from: KeyProvider | KeySet = environmentKeys(),
  options: OpenOptions = {},
): CredentialKeys {
  const keySet = async () => ('primary' in from ? from : from.keys())
  const open = async (encrypted: string, place: Place) => {
    const keys = await keySet()
    return naming(place, () => openText(encrypted, keys, place, options))
  }
  return {
    open,
    decrypt: async (encrypted, place) => (await open(encrypted, place)).plaintext,
    encrypt: async (plaintext, place, format) => {
      const keys = await keySet()
      return naming(place, () => sealText(plaintext, keys, place, format))
    },
  }
}

/** An envelope doesn't know whose it is. */
function naming<T>({ tenantId, field }: Place, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw error instanceof EnvelopeError ? new CredentialError(tenantId, field, error.message) : error
  }
}
