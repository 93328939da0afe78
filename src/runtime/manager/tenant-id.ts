import { InvalidTenantIdError } from '../errors.ts'

/** Says what is wrong with an id, in words that don't repeat it, or undefined when nothing is. */
export type TenantIdCheck = (tenantId: string) => string | undefined

/** UUIDs, numbers, slugs, `org_2x`, `auth0|5f7c`: nothing that means something in a path, a URL or SQL. */
const usual = /^[A-Za-z0-9][A-Za-z0-9_.:@|-]{0,127}$/

export const usualTenantId: TenantIdCheck = (tenantId) =>
  usual.test(tenantId)
    ? undefined
    : 'it has to start with a letter or digit, and to have at most 128 letters, digits and _ . : @ | -'

/**
 * @returns the id, which is a string that the check accepts
 * @throws InvalidTenantIdError before anything else is done with it
 */
export function validTenantId(tenantId: unknown, check: TenantIdCheck): string {
  if (tenantId === undefined || tenantId === null) throw new InvalidTenantIdError(`it is ${tenantId}`)
  if (typeof tenantId !== 'string') throw new InvalidTenantIdError(`it is of type ${typeof tenantId}`)
  if (tenantId === '') throw new InvalidTenantIdError('it is empty')
  const reason = check(tenantId)
  if (reason !== undefined) throw new InvalidTenantIdError(reason)
  return tenantId
}
