import { formatOf } from '../keys/envelope.ts'
import type { Directory, StoredCredential, TenantStatus } from '../types.ts'
import { type Selection, selectTenants } from './select.ts'
import { placeOf } from './target.ts'

/** A tenant as the directory has it. Nothing is decrypted and no database is asked. */
export interface ListedTenant {
  readonly tenantId: string
  readonly status: TenantStatus
  /** Host and name of its database, when its URL is stored in the clear. */
  readonly database?: string
  readonly region?: string
  /** How each credential is stored. */
  readonly credentials: Readonly<Record<string, 'tenantize1' | 'iv:authTag:ciphertext' | 'not encrypted'>>
  /** Why its row can't be used. */
  readonly problem?: string
}

/** @throws ConfigurationError; whatever the directory throws when it does not answer */
export async function listTenants(
  directory: Directory,
  selection: Selection,
  signal: AbortSignal,
): Promise<ListedTenant[]> {
  const tenants = await selectTenants(directory, selection, signal)
  return tenants.map(({ tenantId, status, credentials, region, settings }) => {
    const forms = Object.entries(credentials).flatMap(([name, stored]) => {
      const form = formOf(stored)
      return form === undefined ? [] : [[name, form] as const]
    })
    const database = [credentials.databaseUrl, credentials.url]
      .map(addressOf)
      .find((text) => text !== undefined)
    return {
      tenantId,
      status,
      credentials: Object.fromEntries(forms),
      ...(database === undefined ? {} : { database }),
      ...(region === undefined ? {} : { region }),
      ...(typeof settings?.problem === 'string' ? { problem: settings.problem } : {}),
    }
  })
}

/** Undefined for what was put together by the directory and is stored nowhere. */
function formOf(stored: StoredCredential): ListedTenant['credentials'][string] | undefined {
  return 'encrypted' in stored ? (formatOf(stored.encrypted) ?? 'not encrypted') : undefined
}

function addressOf(stored: StoredCredential | undefined): string | undefined {
  if (stored === undefined || 'encrypted' in stored) return undefined
  const url = stored.reveal()
  if (!URL.canParse(url)) return undefined
  return url.startsWith('http') ? new URL(url).host : placeOf(url)
}
