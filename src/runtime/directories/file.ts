import { readFile, rename, writeFile } from 'node:fs/promises'
import { ConfigurationError } from '../errors.ts'
import type { Directory } from '../types.ts'
import type { TenantColumns } from './columns.ts'
import { type PollOptions, pollForChanges } from './poll.ts'
import { type Row, type RowOptions, readListedRow, readRow } from './row.ts'
import { type CredentialStore, storedTexts } from './store.ts'

export interface FileDirectoryOptions extends Pick<RowOptions, 'baseUrl' | 'statuses'> {
  /** A JSON file: `{ "acme": { "url": "postgres://…", "status": "active" } }`. */
  readonly path: string
  /** How often it is looked at for changes: by default twice a second. */
  readonly poll?: PollOptions
}

/** The keys of an entry. `status` is `active` where there is none. */
const columns: TenantColumns = {
  id: 'id',
  status: 'status',
  url: 'url',
  databaseUrl: 'databaseUrl',
  anonKey: 'anonKey',
  serviceKey: 'serviceKey',
  region: 'region',
  pool: 'pool',
  tenantIdInDatabase: 'tenantIdInDatabase',
}

/** The same with a database's name in the place of a URL. */
const namedColumns: TenantColumns = { ...columns, databaseName: 'databaseName' }

/** Tenants in a JSON file, for development. The file is read whenever a tenant is asked for. */
export function fileDirectory({ path, poll, ...reading }: FileDirectoryOptions): Directory & CredentialStore {
  const rowOf = (id: string, entry: Row): [Row, RowOptions] => [
    { status: 'active', ...entry, id },
    { ...reading, columns: entry.databaseName === undefined ? columns : namedColumns },
  ]
  const sorted = async (signal: AbortSignal) =>
    Object.entries(await readEntries(path, signal)).sort(([a], [b]) => (a < b ? -1 : 1))

  const directory: Directory & CredentialStore = {
    name: `file ${path}`,

    async lookup(tenantId, { signal }) {
      const entries = await readEntries(path, signal)
      return Object.hasOwn(entries, tenantId) ? readRow(...rowOf(tenantId, entries[tenantId]!)) : null
    },

    async *list({ signal }) {
      for (const [id, entry] of await sorted(signal)) yield readListedRow(...rowOf(id, entry))
    },

    async *credentials({ signal }) {
      for (const [id, entry] of await sorted(signal)) yield storedTexts({ ...entry, id }, columns)
    },

    async replaceCredentials(tenantId, from, to) {
      const entries = await readEntries(path)
      const entry = Object.hasOwn(entries, tenantId) ? entries[tenantId]! : {}
      if (Object.entries(from).some(([key, text]) => entry[key] !== text)) return false
      const text = `${JSON.stringify({ ...entries, [tenantId]: { ...entry, ...to } }, null, 2)}\n`
      await writeFile(`${path}.new`, text, { mode: 0o600 })
      await rename(`${path}.new`, path)
      return true
    },
  }
  return { ...directory, watch: pollForChanges(directory, { interval: 500, ...poll }) }
}

/** @throws Error without a word of the file, which may hold passwords */
async function readEntries(path: string, signal?: AbortSignal): Promise<Record<string, Row>> {
  const text = await readFile(path, { encoding: 'utf8', ...(signal ? { signal } : {}) })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ConfigurationError(`${path} is not valid JSON`)
  }
  const isObject = (candidate: unknown) =>
    typeof candidate === 'object' && candidate !== null && !Array.isArray(candidate)
  if (!isObject(value) || !Object.values(value as object).every(isObject))
    throw new ConfigurationError(`${path} must hold an object with an object for each tenant`)
  return value as Record<string, Row>
}
