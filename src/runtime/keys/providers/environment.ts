import { ConfigurationError } from '../../errors.ts'
import { parseKey } from '../key.ts'
import { createKeySet, type KeyProvider, type KeySet } from '../key-set.ts'

export interface EnvironmentKeysOptions {
  /** Where to look; the process's environment by default. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The variable with the primary key. */
  readonly variable?: string
  /** The variable with keys that only decrypt, separated by commas. */
  readonly oldVariable?: string
}

/**
 * Keys from the environment: `ENCRYPTION_KEY` is the primary one, `ENCRYPTION_KEYS_OLD` lists those that only decrypt.
 * They are read when they are asked for, not when the module is loaded.
 */
export function environmentKeys(options: EnvironmentKeysOptions = {}): KeyProvider {
  let keys: KeySet | undefined
  return { keys: async () => (keys ??= readEnvironmentKeys(options)) }
}

/** @throws ConfigurationError */
export function readEnvironmentKeys({
  env = process.env,
  variable = 'ENCRYPTION_KEY',
  oldVariable = 'ENCRYPTION_KEYS_OLD',
}: EnvironmentKeysOptions = {}): KeySet {
  const primary = env[variable]
  if (primary === undefined)
    throw new ConfigurationError(
      `${variable} is not set; it holds the key of the tenants' credentials, 32 bytes as 64 hexadecimal digits or base64`,
    )
  const old = env[oldVariable] ?? ''
  return createKeySet(
    parseKey(primary, variable),
    old === ''
      ? []
      : old.split(',').map((text, at) => parseKey(text.trim(), `key ${at + 1} of ${oldVariable}`)),
  )
}
