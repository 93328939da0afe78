import type { EncryptionKey } from './key.ts'

/** The keys in use: what is written is written with the primary key, what was written with the others is still read. */
export interface KeySet {
  readonly primary: EncryptionKey
  /** Every key, the primary one first. */
  readonly keys: readonly EncryptionKey[]
  find(id: string): EncryptionKey | undefined
}

/** Where keys come from. What is asked twice may answer from memory. */
export interface KeyProvider {
  /** @throws ConfigurationError for what is no key; KeysUnavailableError when the service did not answer */
  keys(): Promise<KeySet>
}

/** A key that is given twice counts once. */
export function createKeySet(primary: EncryptionKey, decryptOnly: readonly EncryptionKey[] = []): KeySet {
  const byId = new Map([primary, ...decryptOnly].map((key) => [key.id, key] as const))
  return {
    primary,
    keys: [...byId.values()],
    find: (id) => byId.get(id),
  }
}
