/** Which tenant the code that runs is for, without handing the id through every call. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { TenantContextError } from './errors.ts'
import { usualTenantId, validTenantId } from './manager/tenant-id.ts'

/** One for the process: two copies of this module (two bundles, a hot reload) must see the same tenant. */
const key = Symbol.for('tenantize.runtime.context')
const shared = globalThis as { [key]?: AsyncLocalStorage<string> }

function storage(): AsyncLocalStorage<string> {
  return (shared[key] ??= new AsyncLocalStorage<string>())
}

export interface RunWithTenantOptions {
  /** Allows another tenant than the one that is current. For work that is about several, such as a report. */
  readonly nested?: 'same' | 'any'
}

/**
 * Runs the function for this tenant: it, and all that it awaits or starts, has it as current tenant.
 *
 * Callbacks of libraries that keep a queue of their own may run for whoever filled the queue (`pg` with callbacks);
 * promises don't.
 *
 * @throws InvalidTenantIdError; TenantContextError when another tenant is current and that was not asked for
 */
export function runWithTenant<T>(tenantId: string, run: () => T, options: RunWithTenantOptions = {}): T {
  validTenantId(tenantId, usualTenantId)
  return enterTenant(tenantId, options.nested === 'any', run)
}

/** Runs the function with no current tenant: work for the application itself, started while a tenant is served. */
export function runWithoutTenant<T>(run: () => T): T {
  return storage().exit(run)
}

/** @throws TenantContextError when there is none */
export function currentTenant(): string {
  const tenantId = findCurrentTenant()
  if (tenantId === undefined)
    throw new TenantContextError('There is no current tenant; call runWithTenant around this')
  return tenantId
}

export function findCurrentTenant(): string | undefined {
  return shared[key]?.getStore()
}

/** @throws TenantContextError when another tenant is current */
export function expectTenant(tenantId: string): void {
  const current = findCurrentTenant()
  if (current !== undefined && current !== tenantId) throw wrongTenant(current)
}

/** The same, for an id that was found valid. */
export function enterTenant<T, Arguments extends unknown[]>(
  tenantId: string,
  any: boolean,
  run: (...given: Arguments) => T,
  ...given: Arguments
): T {
  const current = findCurrentTenant()
  if (current === tenantId) return run(...given)
  if (current !== undefined && !any) throw wrongTenant(current)
  return storage().run(tenantId, run, ...given)
}

/** The id that was asked for is not repeated: it may not have been looked at yet. */
function wrongTenant(current: string): TenantContextError {
  return new TenantContextError(
    `Another tenant was asked for while "${current}" is current; say nested: 'any' if that is meant`,
  )
}
