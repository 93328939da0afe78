import { abortable } from '../abortable.ts'
import { ConfigurationError, isTenantizeError } from '../errors.ts'
import type { Directory, StoredCredential, TenantConfiguration, TenantStatus } from '../types.ts'
import {
  type DeploymentTexts,
  deploymentTexts,
  fieldsOf,
  storedFields,
  type UserDatabaseConfig,
} from './convex-row.ts'
import { type PollOptions, pollForChanges } from './poll.ts'
import type { CredentialStore } from './store.ts'

export type { UserDatabaseConfig } from './convex-row.ts'

/** What is needed of a `ConvexHttpClient` of the main deployment. */
export interface ConvexLike {
  // biome-ignore lint/suspicious/noExplicitAny: a function reference, typed by the application's own `api`
  query(reference: any, args: any): PromiseLike<unknown>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  mutation?(reference: any, args: any): PromiseLike<unknown>
}

export interface ConvexDirectoryOptions {
  /** Of the main deployment, with the right to read the configuration of any user. */
  readonly client: ConvexLike
  /** A query from `{ userId }` to the user's configuration, or null: `api.byod.getConfig`. */
  readonly config: unknown
  /** A query from `{}` to all configurations; needed for operations over all tenants, and to look for changes. */
  readonly configs?: unknown
  /**
   * A mutation from `{ userId, from, to }`, needed to rewrite credentials: writes the fields of `to` if the row still
   * has those of `from`, and returns whether it did.
   */
  readonly replace?: unknown
  /** The arguments of `config`, where they are others. */
  readonly args?: (userId: string) => Record<string, unknown>
  /** Looks at all configurations from time to time, and tells the manager of changes. */
  readonly poll?: PollOptions
}

const statuses: Readonly<Record<string, TenantStatus>> = {
  connected: 'active',
  pending: 'pending',
  error: 'error',
  disconnected: 'disconnected',
}

/** Users with a deployment of their own, as the main deployment lists them: the Convex system. */
export function convexDirectory(options: ConvexDirectoryOptions): Directory & Partial<CredentialStore> {
  const { client, config, configs, replace, poll, args = (userId) => ({ userId }) } = options
  const one = async (userId: string): Promise<UserDatabaseConfig | null> => {
    const row = (await client.query(config, args(userId))) as UserDatabaseConfig | null | undefined
    if (row && row.userId !== userId)
      throw new ConfigurationError(
        'the query of the directory answered with the configuration of another user',
      )
    return row ?? null
  }
  const all = async (signal: AbortSignal): Promise<UserDatabaseConfig[]> => {
    const rows = (await abortable(client.query(configs, {}), signal)) as UserDatabaseConfig[]
    return [...rows].sort((a, b) => (a.userId < b.userId ? -1 : 1))
  }
  const directory: Directory = {
    name: 'userDatabaseConfig',
    async lookup(userId, { signal }) {
      const row = await abortable(one(userId), signal)
      return row && read(row)
    },
  }
  if (configs === undefined) return directory
  directory.list = async function* ({ signal }) {
    for (const row of await all(signal)) yield readListed(row)
  }
  if (poll !== undefined) directory.watch = pollForChanges(directory, poll)
  return replace === undefined ? directory : { ...directory, ...storeOf(client, replace, one, all) }
}

function storeOf(
  client: ConvexLike,
  replace: unknown,
  one: (userId: string) => Promise<UserDatabaseConfig | null>,
  all: (signal: AbortSignal) => Promise<UserDatabaseConfig[]>,
): CredentialStore {
  return {
    async *credentials({ signal }) {
      for (const row of await all(signal))
        if (row.connectionStatus === 'connected')
          yield { tenantId: row.userId, texts: { ...deploymentTexts(row) } }
    },
    async replaceCredentials(userId, from, to) {
      const row = await one(userId)
      if (row === null || client.mutation === undefined) return false
      const texts = deploymentTexts(row)
      const changed = Object.entries(from).some(
        ([field, text]) => texts[field as keyof DeploymentTexts] !== text,
      )
      if (changed) return false
      const written = await client.mutation(replace, {
        userId,
        from: storedFields(row),
        to: fieldsOf({ ...texts, ...to }),
      })
      return written === true
    },
  }
}

function read(row: UserDatabaseConfig): TenantConfiguration {
  const status = Object.hasOwn(statuses, row.connectionStatus) ? statuses[row.connectionStatus] : undefined
  if (status === undefined)
    throw new ConfigurationError(`the connectionStatus of user "${row.userId}" is not known`)
  return {
    tenantId: row.userId,
    status,
    // Of no use before it is connected, and perhaps not complete.
    credentials: status === 'active' ? credentials(row) : {},
    settings: { connectionStatus: row.connectionStatus },
  }
}

function readListed(row: UserDatabaseConfig): TenantConfiguration {
  try {
    return read(row)
  } catch (error) {
    if (!isTenantizeError(error)) throw error
    return { tenantId: row.userId, status: 'error', credentials: {}, settings: { problem: error.message } }
  }
}

function credentials(row: UserDatabaseConfig): Record<string, StoredCredential> {
  const { encryptedDeploymentUrl, encryptedDeployKey } = deploymentTexts(row)
  return {
    url: { field: 'encryptedDeploymentUrl', encrypted: encryptedDeploymentUrl },
    ...(encryptedDeployKey === undefined
      ? {}
      : { deployKey: { field: 'encryptedDeployKey', encrypted: encryptedDeployKey } }),
  }
}
