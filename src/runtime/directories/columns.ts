/** Where a row says what about its tenant, by the names of its columns. What isn't named isn't read. */
export interface TenantColumns {
  readonly id: string
  /** Holds `active`, `suspended`, `pending`, `error`, `disconnected`, or what `statuses` explains. */
  readonly status?: string
  /** The URL of the tenant's database or of the service before it, in the clear or encrypted. */
  readonly url?: string
  /** Instead of a URL, the name of the tenant's database on the server of `baseUrl`. */
  readonly databaseName?: string
  /** A PostgreSQL URL where `url` is a service's: for migrations and checks. In the clear or encrypted. */
  readonly databaseUrl?: string
  /** Encrypted. */
  readonly anonKey?: string
  /** Encrypted. */
  readonly serviceKey?: string
  readonly region?: string
  /** JSON: `{ "min": 2, "max": 10 }`. */
  readonly pool?: string
  /** The tenant's id in its own database, where that is another one. */
  readonly tenantIdInDatabase?: string
}

/** Table `tenants` of the Supabase system. Add `status` if yours has that column. */
export const dataSourceColumns: TenantColumns = {
  id: 'id',
  url: 'data_source_url',
  anonKey: 'data_source_anon_key',
  serviceKey: 'data_source_service_key',
  region: 'data_source_region',
  pool: 'connection_pool_config',
  tenantIdInDatabase: 'tenant_id_in_data_source',
}

/** Table `Company` of the Prisma system: the row holds the name of the database, `POSTGRES_BASE_URL` the rest. */
export const companyColumns: TenantColumns = { id: 'id', databaseName: 'dbName' }

/** The columns that hold credentials as text: what is encrypted, or may be. */
export const credentialColumns = ['url', 'databaseUrl', 'anonKey', 'serviceKey'] as const

export type CredentialColumn = (typeof credentialColumns)[number]

/** Every column that is read, each once. */
export const columnNames = (columns: TenantColumns): string[] => [
  ...new Set(Object.values<string | undefined>({ ...columns }).filter((name) => name !== undefined)),
]
