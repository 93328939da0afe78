import { CredentialError } from './errors.ts'
import type { TenantConnection } from './types.ts'

/** A credential that a client can't do without. */
export function credential({ tenantId, credentials }: TenantConnection, name: string): string {
  const value = credentials[name]?.reveal()
  if (value === undefined || value === '') throw new CredentialError(tenantId, name, 'there is none')
  return value
}

/**
 * The URL of a service.
 * @throws CredentialError; the URL class would put the text into its error
 */
export function serviceUrl(connection: TenantConnection, name = 'url'): string {
  const text = credential(connection, name)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new CredentialError(
      connection.tenantId,
      name,
      'it is not a URL that begins with https:// or http://',
    )
  return text
}
