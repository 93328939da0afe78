import { CredentialError, isTenantizeError } from '../errors.ts'
import { sanitize } from '../sanitize.ts'
import { Secret } from '../secret.ts'
import type { KeyRing, StoredCredential, TenantConfiguration, TenantConnection } from '../types.ts'

/**
 * Decrypts a configuration's credentials, and keeps the pool within the limit.
 *
 * @throws CredentialError, which holds neither ciphertext nor plaintext
 */
export async function connectionOf(
  configuration: TenantConfiguration,
  keys: KeyRing | undefined,
  maxConnections: number,
): Promise<TenantConnection> {
  const { tenantId, tenantIdInDatabase = tenantId, region, settings = {} } = configuration
  const credentials: Record<string, Secret> = {}
  for (const [name, stored] of Object.entries(configuration.credentials)) {
    credentials[name] = await decrypted(tenantId, name, stored, keys)
  }
  const { min, max = maxConnections } = configuration.pool ?? {}
  const most = Math.min(max, maxConnections)
  const pool = min === undefined ? { max: most } : { min: Math.min(min, most), max: most }
  return {
    tenantId,
    tenantIdInDatabase,
    credentials,
    pool,
    settings,
    ...(region === undefined ? {} : { region }),
  }
}

async function decrypted(
  tenantId: string,
  name: string,
  stored: StoredCredential,
  keys: KeyRing | undefined,
): Promise<Secret> {
  if (stored instanceof Secret) return stored
  if (keys === undefined) {
    throw new CredentialError(tenantId, name, 'it is encrypted, and there are no keys (option "keys")')
  }
  try {
    return new Secret(await keys.decrypt(stored.encrypted, { tenantId, field: stored.field }))
  } catch (error) {
    if (!isTenantizeError(error)) {
      throw new CredentialError(tenantId, name, 'it could not be decrypted', {
        cause: sanitize(error, [stored.encrypted]),
      })
    }
    // A key ring knows what is wrong with a text, and not whose it is.
    if (error.code !== 'CREDENTIAL' || 'tenantId' in error) throw error
    throw new CredentialError(tenantId, name, error.message, { cause: error })
  }
}
