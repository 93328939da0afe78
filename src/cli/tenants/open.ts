import { resolve } from 'node:path'
import { companyColumns, dataSourceColumns, type TenantColumns } from '../../runtime/directories/columns.ts'
import { fileDirectory } from '../../runtime/directories/file.ts'
import { postgresDirectory } from '../../runtime/directories/postgres.ts'
import { type CredentialKeys, createKeyRing } from '../../runtime/keys/key-ring.ts'
import { environmentKeys } from '../../runtime/keys/providers/environment.ts'
import type { Directory } from '../../runtime/types.ts'
import { UsageError } from '../usage-error.ts'
import { type Application, openApplication } from './application.ts'
import { type LoadedConfig, loadConfig } from './config.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What every operation works on. */
export interface Opened {
  readonly loaded: LoadedConfig
  /** None where the configuration names none: not every application's own database is PostgreSQL. */
  readonly application: Application | undefined
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
  const { application: name, keys } = loaded.config
  const application = name === undefined ? undefined : await openApplication(name, env)
  try {
    return {
      loaded,
      application,
      directory: directoryOf(loaded, application, env),
      keys: createKeyRing(
        loaded.keys ??
          environmentKeys({
            env,
            ...(keys?.variable === undefined ? {} : { variable: keys.variable }),
            ...(keys?.old === undefined ? {} : { oldVariable: keys.old }),
          }),
      ),
      close: async () => application?.end(),
    }
  } catch (error) {
    await application?.end()
    throw error
  }
}

/** @throws UsageError for what can't be done without it */
export function needApplication({ application }: Opened, what: string): Application {
  if (application) return application
  throw new UsageError(
    `${what} needs the application database: name the variable with its URL as \`application\``,
  )
}

function directoryOf(
  loaded: LoadedConfig,
  application: Application | undefined,
  env: Environment,
): Directory {
  const { directory } = loaded.config
  if (loaded.directory) return loaded.directory
  const reading = {
    ...(directory.statuses ? { statuses: directory.statuses } : {}),
    ...(directory.baseUrl === undefined ? {} : { baseUrl: () => env[directory.baseUrl!] }),
  }
  if ('file' in directory) return fileDirectory({ path: resolve(loaded.folder, directory.file), ...reading })
  if (!application)
    throw new UsageError(
      'a table of tenants needs the application database: name the variable with its URL as `application`',
    )
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
