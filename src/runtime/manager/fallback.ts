/** Whether the main database serves a tenant that has none of its own. Never without being told to. */
import {
  ConfigurationError,
  type TenantError,
  TenantNotFoundError,
  TenantNotProvisionedError,
  TenantSuspendedError,
} from '../errors.ts'
import type { FallbackStatus, TenantConfiguration } from '../types.ts'
import type { TenantLease } from './lease.ts'

export interface FallbackRequest {
  readonly tenantId: string
  /** As it was given to `withTenant` or `acquire`. */
  readonly table: string | undefined
  readonly status: FallbackStatus
  /** Null when the tenant is missing. */
  readonly configuration: TenantConfiguration | null
}

/**
 * `never`, or which requests the main database serves. It is asked only for tenants that have no usable database by the
 * directory's word. A suspended tenant is refused, and an outage is an error, whatever the policy says.
 */
export type FallbackPolicy = 'never' | 'main' | ((request: FallbackRequest) => 'never' | 'main')

/** @throws ConfigurationError when the policy names a main client that is not there */
export function checkPolicy(policy: FallbackPolicy | undefined, main: unknown): void {
  if (policy !== undefined && policy !== 'never' && main === undefined) {
    throw new ConfigurationError(
      'The policy "fallback" needs the client of the main database (option "main")',
    )
  }
}

/** @returns a reason to refuse, or undefined when the policy sends the request to the main database */
export function refusal(
  policy: FallbackPolicy,
  tenantId: string,
  table: string | undefined,
  configuration: TenantConfiguration | null,
): { readonly error: TenantError } | { readonly fallback: FallbackStatus } {
  const status = configuration === null ? 'missing' : configuration.status
  if (status === 'suspended' || status === 'active') return { error: new TenantSuspendedError(tenantId) }
  const answer = typeof policy === 'function' ? policy({ tenantId, table, status, configuration }) : policy
  if (answer === 'main') return { fallback: status }
  const error =
    status === 'missing' ? new TenantNotFoundError(tenantId) : new TenantNotProvisionedError(tenantId, status)
  return { error }
}

/** The main database's client in the place of a lease. It belongs to the application and is never disposed of. */
export function mainLease<Client>(tenantId: string, client: Client): TenantLease<Client> {
  return {
    client,
    tenantId,
    tenantIdInDatabase: tenantId,
    database: 'main',
    release: () => {},
    [Symbol.dispose]: () => {},
    [Symbol.asyncDispose]: async () => {},
  }
}
