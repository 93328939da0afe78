import { ConfigurationError, CredentialError, isTenantizeError } from '../errors.ts'
import { formatOf } from '../keys/envelope.ts'
import { Secret } from '../secret.ts'
import type { StoredCredential, TenantConfiguration, TenantStatus } from '../types.ts'
import type { TenantColumns } from './columns.ts'
import { databaseNameProblem, databaseUrl } from './database-url.ts'

export type Row = Readonly<Record<string, unknown>>

/** How rows are read. */
export interface RowOptions {
  readonly columns: TenantColumns
  /** The server of the databases that `columns.databaseName` names; asked for at every row. */
  readonly baseUrl?: string | (() => string | undefined)
  /** What other words in the status column mean: `{ trial: 'active', cancelled: 'suspended' }`. */
  readonly statuses?: Readonly<Record<string, TenantStatus>>
}

const known: readonly TenantStatus[] = ['active', 'suspended', 'pending', 'error', 'disconnected']

/**
 * @returns what a row says of its tenant. A tenant without a database is `pending`.
 * @throws CredentialError, ConfigurationError for what can't be read; neither holds what the row does
 */
export function readRow(row: Row, options: RowOptions): TenantConfiguration {
  const { columns } = options
  const tenantId = idOf(row, columns)
  const url = urlOf(row, tenantId, options)
  const status = statusOf(row, tenantId, options)
  const optional = (column: string | undefined) => textOf(row, column, tenantId)
  const credentials: Record<string, StoredCredential> = {}
  if (url) credentials.url = url
  const direct = optional(columns.databaseUrl)
  if (direct !== undefined) credentials.databaseUrl = storedUrl(direct, columns.databaseUrl!)
  for (const name of ['anonKey', 'serviceKey'] as const) {
    const text = optional(columns[name])
    if (text !== undefined) credentials[name] = { encrypted: text, field: columns[name]! }
  }
  const region = optional(columns.region)
  const tenantIdInDatabase = optional(columns.tenantIdInDatabase)
  return {
    tenantId,
    status: url === undefined && status === 'active' ? 'pending' : status,
    credentials,
    ...(region === undefined ? {} : { region }),
    ...(tenantIdInDatabase === undefined ? {} : { tenantIdInDatabase }),
    ...(columns.pool === undefined ? {} : { pool: poolOf(row[columns.pool], tenantId, columns.pool) }),
  }
}

/** The same for a list, which one bad row must not end: that tenant is in state `error`, with the reason. */
export function readListedRow(row: Row, options: RowOptions): TenantConfiguration {
  try {
    return readRow(row, options)
  } catch (error) {
    if (!isTenantizeError(error)) throw error
    return {
      tenantId: idOf(row, options.columns),
      status: 'error',
      credentials: {},
      settings: { problem: error.message },
    }
  }
}

/** A number and its text are the same id. */
export function idOf(row: Row, { id }: TenantColumns): string {
  const value = row[id]
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  throw new ConfigurationError(`column "${id}" of the directory holds no id`)
}

function textOf(row: Row, column: string | undefined, tenantId: string): string | undefined {
  const value = column === undefined ? undefined : row[column]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string') return value
  throw new CredentialError(tenantId, column!, 'the directory holds something else than text')
}

function urlOf(row: Row, tenantId: string, { columns, baseUrl }: RowOptions): StoredCredential | undefined {
  if (columns.databaseName === undefined) {
    const text = textOf(row, columns.url, tenantId)
    return text === undefined ? undefined : storedUrl(text, columns.url!)
  }
  const name = textOf(row, columns.databaseName, tenantId)
  if (name === undefined) return undefined
  const problem = databaseNameProblem(name)
  if (problem !== undefined) throw new CredentialError(tenantId, columns.databaseName, problem)
  const base = typeof baseUrl === 'function' ? baseUrl() : baseUrl
  if (base === undefined)
    throw new ConfigurationError(
      'the URL of the server with the tenants’ databases is not set (POSTGRES_BASE_URL)',
    )
  return new Secret(databaseUrl(base, name))
}

/** A URL is stored either way; a key that isn't encrypted is refused where it is decrypted. */
const storedUrl = (text: string, field: string): StoredCredential =>
  formatOf(text) === undefined ? new Secret(text) : { encrypted: text, field }

function statusOf(row: Row, tenantId: string, { columns, statuses = {} }: RowOptions): TenantStatus {
  if (columns.status === undefined) return 'active'
  const word = String(row[columns.status] ?? '')
  const status = Object.hasOwn(statuses, word) ? statuses[word] : known.find((name) => name === word)
  if (status === undefined)
    throw new ConfigurationError(
      `the status ${JSON.stringify(word)} of tenant "${tenantId}" is not known; say in \`statuses\` what it means`,
    )
  return status
}

/** What the Supabase system takes when a row has none. */
const defaultPool = { min: 2, max: 10 }

function poolOf(value: unknown, tenantId: string, column: string): { min?: number; max?: number } {
  const pool = typeof value === 'string' ? parsed(value) : (value ?? defaultPool)
  const { min, max } = (typeof pool === 'object' && pool !== null ? pool : { min: 'none' }) as Row
  const isCount = (count: unknown) =>
    count === undefined || (Number.isInteger(count) && (count as number) >= 0)
  if (!isCount(min) || !isCount(max) || max === 0)
    throw new CredentialError(tenantId, column, 'it is not of the form {"min": 2, "max": 10}')
  return {
    ...(min === undefined ? {} : { min: min as number }),
    ...(max === undefined ? {} : { max: max as number }),
  }
}

/** `JSON.parse` quotes what it can't read. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
