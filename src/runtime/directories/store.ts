import { credentialColumns, type TenantColumns } from './columns.ts'
import { idOf, type Row } from './row.ts'

/** What a directory stores of one tenant's credentials, untouched, by the names of the columns. */
export interface StoredTexts {
  readonly tenantId: string
  readonly texts: Readonly<Record<string, string>>
}

/** A directory whose credentials can be rewritten: for `tenantize tenants encrypt` and `rotate`. */
export interface CredentialStore {
  /** All tenants, in the order of their ids. Columns without a text are left out. */
  credentials(options: { readonly signal: AbortSignal }): AsyncIterable<StoredTexts>
  /**
   * Compare and set: writes all of `to` if the row still holds all of `from`, else nothing.
   * @returns whether it was written
   */
  replaceCredentials(
    tenantId: string,
    from: Readonly<Record<string, string>>,
    to: Readonly<Record<string, string>>,
  ): Promise<boolean>
}

/** Whether a directory can be written to. */
export const isCredentialStore = (directory: object): directory is CredentialStore =>
  'credentials' in directory && 'replaceCredentials' in directory

/** The texts of a row's credentials. */
export function storedTexts(row: Row, columns: TenantColumns): StoredTexts {
  const texts: Record<string, string> = {}
  for (const name of credentialColumns) {
    const column = columns[name]
    const text = column === undefined ? undefined : row[column]
    if (typeof text === 'string' && text !== '') texts[column!] = text
  }
  return { tenantId: idOf(row, columns), texts }
}
