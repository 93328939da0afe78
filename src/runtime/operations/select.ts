import { ConfigurationError } from '../errors.ts'
import type { Directory, TenantConfiguration } from '../types.ts'

/** Which tenants an operation is about. */
export interface Selection {
  readonly only?: readonly string[]
  readonly except?: readonly string[]
}

/**
 * @returns the chosen tenants, in the order of the directory
 * @throws ConfigurationError for an id that is no tenant: a misspelt exception must not be carried out
 */
export async function selectTenants(
  directory: Directory,
  { only = [], except = [] }: Selection,
  signal: AbortSignal,
): Promise<TenantConfiguration[]> {
  if (!directory.list)
    throw new ConfigurationError(`the directory (${directory.name}) can't list its tenants`)
  const all: TenantConfiguration[] = []
  for await (const tenant of directory.list({ signal })) all.push(tenant)
  assertKnown([...only, ...except], (id) => all.some(({ tenantId }) => tenantId === id))
  return all.filter(
    ({ tenantId }) => (only.length === 0 || only.includes(tenantId)) && !except.includes(tenantId),
  )
}

/** @throws ConfigurationError that names the unknown ones */
export function assertKnown(ids: readonly string[], isTenant: (id: string) => boolean): void {
  const unknown = ids.filter((id) => !isTenant(id))
  if (unknown.length > 0)
    throw new ConfigurationError(`there is no tenant ${unknown.map((id) => JSON.stringify(id)).join(', ')}`)
}
