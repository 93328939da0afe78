import { TenantizeError } from '../errors.ts'

/** A call on the client of one database names a table of another. The message is the one of `tenantize lint`. */
export class WrongDatabaseError extends TenantizeError {
  readonly code = 'WRONG_DATABASE'
  constructor(
    readonly table: string,
    /** The databases that the table is in. */
    readonly expected: readonly string[],
    readonly operation: string,
    /** The database that the client reaches. */
    readonly actual: string,
  ) {
    super(`table \`${table}\` belongs to ${expected.join(' or ')}, but this ${operation} reaches ${actual}`)
  }
}
