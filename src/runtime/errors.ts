/** The errors of the runtime. Each has a `code` that stays stable, a message fit for a log, and never a secret. */

export type ErrorCode =
  | 'INVALID_TENANT_ID'
  | 'TENANT_NOT_FOUND'
  | 'TENANT_SUSPENDED'
  | 'TENANT_NOT_PROVISIONED'
  | 'DIRECTORY_UNAVAILABLE'
  | 'CREDENTIAL'
  | 'KEYS_UNAVAILABLE'
  | 'TENANT_UNREACHABLE'
  | 'CAPACITY_EXCEEDED'
  | 'MANAGER_CLOSED'
  | 'CLIENT_DISPOSED'
  | 'TENANT_CONTEXT'
  | 'CONFIGURATION'
  | 'WRONG_DATABASE'

/** Also carries across two copies of the library (a hot reload, two bundles), where `instanceof` fails. */
const mark = Symbol.for('tenantize.runtime.error')

/** What all errors of the runtime have in common. Give it a cause only after `sanitize` (sanitize.ts) has seen it. */
export abstract class TenantizeError extends Error {
  abstract readonly code: ErrorCode
  /** Whether the same request may succeed later without anybody changing anything. */
  readonly retryable: boolean = false
  readonly [mark] = true

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    // Not enumerable, so that inspecting the error does not print the name twice.
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true, writable: true })
  }
}

/** Whether something that was caught is an error of the runtime; with a code, whether it is that one. */
export function isTenantizeError(error: unknown, code?: ErrorCode): error is TenantizeError {
  if (typeof error !== 'object' || error === null || !(mark in error)) return false
  return code === undefined || (error as TenantizeError).code === code
}

/** The id was refused before anything was asked. The id itself is not repeated: it may be anything a client sent. */
export class InvalidTenantIdError extends TenantizeError {
  readonly code = 'INVALID_TENANT_ID'
  constructor(readonly reason: string) {
    super(`Invalid tenant id: ${reason}`)
  }
}

/** An error about one tenant, whose id was found valid. */
export abstract class TenantError extends TenantizeError {
  constructor(
    readonly tenantId: string,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options)
  }
}

export class TenantNotFoundError extends TenantError {
  readonly code = 'TENANT_NOT_FOUND'
  constructor(tenantId: string) {
    super(tenantId, `There is no tenant "${tenantId}"`)
  }
}

export class TenantSuspendedError extends TenantError {
  readonly code = 'TENANT_SUSPENDED'
  constructor(tenantId: string) {
    super(tenantId, `Tenant "${tenantId}" is suspended`)
  }
}

/** The tenant exists and has no database that can be used yet, or any more. */
export class TenantNotProvisionedError extends TenantError {
  readonly code = 'TENANT_NOT_PROVISIONED'
  constructor(
    tenantId: string,
    readonly status: string,
  ) {
    super(tenantId, `Tenant "${tenantId}" has no database that can be used (status "${status}")`)
  }
}

/** The directory did not answer. That says nothing about whether the tenant exists. */
export class DirectoryUnavailableError extends TenantError {
  readonly code = 'DIRECTORY_UNAVAILABLE'
  override readonly retryable: boolean = true
  constructor(tenantId: string, directory: string, options?: { readonly cause?: unknown }) {
    super(tenantId, `The directory "${directory}" did not answer for tenant "${tenantId}"`, options)
  }
}

/** A credential of the tenant is missing, can't be decrypted, or is not of the form its client needs. */
export class CredentialError extends TenantError {
  readonly code = 'CREDENTIAL'
  /**
   * @param field  the name of the credential, such as `serviceKey`
   * @param reason what is wrong, in words that hold nothing of the credential
   */
  constructor(
    tenantId: string,
    readonly field: string,
    readonly reason: string,
    options?: { readonly cause?: unknown },
  ) {
    super(tenantId, `Credential "${field}" of tenant "${tenantId}": ${reason}`, options)
  }
}

/** The service that holds the keys of the credentials did not answer. */
export class KeysUnavailableError extends TenantizeError {
  readonly code = 'KEYS_UNAVAILABLE'
  override readonly retryable: boolean = true
}

export class TenantUnreachableError extends TenantError {
  readonly code = 'TENANT_UNREACHABLE'
  override readonly retryable: boolean = true
  constructor(tenantId: string, reason: string, options?: { readonly cause?: unknown }) {
    super(tenantId, `The database of tenant "${tenantId}" can't be reached: ${reason}`, options)
  }
}

/** One more client or connection would pass a limit, and nothing idle could make room. */
export class CapacityExceededError extends TenantError {
  readonly code = 'CAPACITY_EXCEEDED'
  override readonly retryable: boolean = true
  constructor(
    tenantId: string,
    readonly limit: 'maxClients' | 'maxConnectionsPerTenant' | 'maxTotalConnections',
    readonly allowed: number,
  ) {
    super(tenantId, `No room for a client of tenant "${tenantId}": ${limit} is ${allowed}`)
  }
}

export class ManagerClosedError extends TenantizeError {
  readonly code = 'MANAGER_CLOSED'
  constructor() {
    super('The tenant databases are closed')
  }
}

/** A client was used after it was disposed of: kept beyond its lease, or taken away at the lease's deadline. */
export class ClientDisposedError extends TenantError {
  readonly code = 'CLIENT_DISPOSED'
  constructor(tenantId: string) {
    super(tenantId, `This client of tenant "${tenantId}" is disposed of; it was kept beyond its lease`)
  }
}

/** No tenant in the context of this request, or another one than asked for. */
export class TenantContextError extends TenantizeError {
  readonly code = 'TENANT_CONTEXT'
}

/** The program is set up wrongly: options that contradict each other, a missing driver, a malformed key. */
export class ConfigurationError extends TenantizeError {
  readonly code = 'CONFIGURATION'
}
