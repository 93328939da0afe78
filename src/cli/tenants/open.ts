import { resolve } from 'node:path'
import { companyColumns, dataSourceColumns, type TenantColumns } from '../../runtime/directories/columns.ts'
import { fileDirectory } from '../../runtime/directories/file.ts'
import { postgresDirectory } from '../../runtime/directories/postgres.ts'
import { type CredentialKeys, createKeyRing } from '../../runtime/keys/key-ring.ts'
import { environmentKeys } from '../../runtime/keys/providers/environment.ts'
import { type Connection, connect } from '../../runtime/operations/connection.ts'
import type { Directory } from '../../runtime/types.ts'
import { UsageError } from '../usage-error.ts'
import { type LoadedConfig, loadConfig } from './config.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What every operation works on. */
export interface Opened {
  readonly loaded: LoadedConfig
  readonly application: Connection
  readonly applicationUrl: string
  readonly directory: Directory
  readonly keys: CredentialKeys
  close(): Promise<void>
}

/**
 * Opens the application database, the directory and the keys that the configuration names.
 * @throws UsageError when a variable is not set or the database does not answer; RulesError
 */
export async function open(config: string | undefined, env: Environment): Promise<Opened> {
  const loaded = await loadConfig(config)
  const name = loaded.config.application
  const applicationUrl = env[name]
  if (!applicationUrl)
    throw new UsageError(`${name} is not set; it holds the URL of the application database`)
  if (!URL.canParse(applicationUrl) || !/^postgres(?:ql)?:$/.test(new URL(applicationUrl).protocol))
    throw new UsageError(`${name} is not a URL that begins with postgres:// or postgresql://`)
  const application = naming(
    name,
    await connect(applicationUrl).catch((error: Error) => {
      throw new UsageError(`the application database (${name}) does not answer: ${error.message}`)
    }),
  )
  const keys = createKeyRing(
    loaded.keys ??
      environmentKeys({
        env,
        ...(loaded.config.keys?.variable === undefined ? {} : { variable: loaded.config.keys.variable }),
        ...(loaded.config.keys?.old === undefined ? {} : { oldVariable: loaded.config.keys.old }),
      }),
  )
  return {
    loaded,
    application,
    applicationUrl,
    directory: directoryOf(loaded, application, env),
    keys,
    close: () => application.end(),
  }
}

/** The driver says what is wrong, but not of which database. */
function naming(name: string, { query, end }: Connection): Connection {
  return {
    end,
    query: (text, values) =>
      query<never>(text, values).catch((error: Error & { code?: string }) => {
        const named = new UsageError(`the application database (${name}): ${error.message}`)
        throw Object.assign(named, { code: error.code })
      }),
  }
}

function directoryOf(loaded: LoadedConfig, application: Connection, env: Environment): Directory {
  const { directory } = loaded.config
  if (loaded.directory) return loaded.directory
  const reading = {
    ...(directory.statuses ? { statuses: directory.statuses } : {}),
    ...(directory.baseUrl === undefined ? {} : { baseUrl: () => env[directory.baseUrl!] }),
  }
  if ('file' in directory) return fileDirectory({ path: resolve(loaded.folder, directory.file), ...reading })
  return postgresDirectory({
    pool: application,
    table: directory.table,
    columns: columnsOf(directory.columns),
    ...reading,
  })
}

/** A row that names a database is a company's; the others have a URL. What is given is added to that. */
function columnsOf(given: { readonly [name: string]: string | undefined } = {}): TenantColumns {
  const base = given.databaseName === undefined ? dataSourceColumns : companyColumns
  const chosen = Object.entries(given).filter(([, column]) => column !== undefined)
  return { ...base, ...Object.fromEntries(chosen) }
}
