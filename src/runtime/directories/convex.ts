import { abortable } from '../abortable.ts'
import { ConfigurationError, CredentialError, isTenantizeError } from '../errors.ts'
import { formatOf } from '../keys/envelope.ts'
import { EnvelopeError } from '../keys/error.ts'
import { joinSplitFields } from '../keys/split-fields.ts'
import type { Directory, StoredCredential, TenantConfiguration, TenantStatus } from '../types.ts'

/** What is needed of a `ConvexHttpClient` of the main deployment. */
export interface ConvexLike {
  // biome-ignore lint/suspicious/noExplicitAny: a function reference, typed by the application's own `api`
  query(reference: any, args: any): PromiseLike<unknown>
}

/** A row of `userDatabaseConfig`. */
export interface UserDatabaseConfig {
  readonly userId: string
  readonly encryptedDeploymentUrl: string
  readonly encryptedDeployKey?: string
  readonly encryptionIV?: string
  readonly authTags?: string
  readonly connectionStatus: string
}

export interface ConvexDirectoryOptions {
  /** Of the main deployment, with the right to read the configuration of any user. */
  readonly client: ConvexLike
  /** A query from `{ userId }` to the user's configuration, or null: `api.byod.getConfig`. */
  readonly config: unknown
  /** A query from `{}` to all configurations; needed for operations over all tenants. */
  readonly configs?: unknown
  /** The arguments of `config`, where they are others. */
  readonly args?: (userId: string) => Record<string, unknown>
}

const statuses: Readonly<Record<string, TenantStatus>> = {
  connected: 'active',
  pending: 'pending',
  error: 'error',
  disconnected: 'disconnected',
}

/** Users with a deployment of their own, as the main deployment lists them: the Convex system. */
export function convexDirectory({
  client,
  config,
  configs,
  args = (userId) => ({ userId }),
}: ConvexDirectoryOptions): Directory {
  return {
    name: 'userDatabaseConfig',

    async lookup(userId, { signal }) {
      const row = (await abortable(client.query(config, args(userId)), signal)) as UserDatabaseConfig | null
      if (row === null || row === undefined) return null
      if (row.userId !== userId)
        throw new ConfigurationError(
          'the query of the directory answered with the configuration of another user',
        )
      return read(row)
    },

    ...(configs === undefined
      ? {}
      : {
          async *list({ signal }: { readonly signal: AbortSignal }) {
            const rows = (await abortable(client.query(configs, {}), signal)) as UserDatabaseConfig[]
            const sorted = [...rows].sort((a, b) => (a.userId < b.userId ? -1 : 1))
            for (const row of sorted) yield readListed(row)
          },
        }),
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
  const { userId, encryptedDeploymentUrl, encryptedDeployKey = '', encryptionIV = '', authTags = '' } = row
  const url = { field: 'encryptedDeploymentUrl', encrypted: encryptedDeploymentUrl }
  const key = { field: 'encryptedDeployKey', encrypted: encryptedDeployKey }
  // Texts of our own carry their IV and tag with them.
  if (formatOf(encryptedDeploymentUrl) === 'tenantize1')
    return { url, ...(encryptedDeployKey === '' ? {} : { deployKey: key }) }
  try {
    const joined = joinSplitFields({ encryptedDeploymentUrl, encryptedDeployKey, encryptionIV, authTags })
    return {
      url: { ...url, encrypted: joined.deploymentUrl },
      deployKey: { ...key, encrypted: joined.deployKey },
    }
  } catch (error) {
    throw error instanceof EnvelopeError ? new CredentialError(userId, 'deployKey', error.message) : error
  }
}
