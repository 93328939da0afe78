import { isTenantizeError } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { KeyRing, StoredCredential, TenantConfiguration, TenantStatus } from '../types.ts'
import { passwordsIn } from './secrets.ts'

/** A tenant as an operation reaches it. */
export interface Target {
  readonly tenantId: string
  /** What its own database calls it. */
  readonly tenantIdInDatabase: string
  readonly status: TenantStatus
  /** Its PostgreSQL URL. */
  readonly postgres?: Secret
  /** Its PostgREST service: a Supabase project. */
  readonly service?: { readonly url: Secret; readonly key: Secret }
  /** Its Convex deployment. */
  readonly deployment?: Secret
  /** Why it can't be reached at all. */
  readonly problem?: string
  /** What must be seen nowhere. */
  readonly secrets: readonly string[]
}

/** Decrypts what is needed to reach a tenant. What can't be decrypted is the tenant's problem, not the operation's. */
export async function targetOf(configuration: TenantConfiguration, keys: KeyRing): Promise<Target> {
  const { tenantId, status, tenantIdInDatabase = tenantId, settings } = configuration
  const base = { tenantId, tenantIdInDatabase, status }
  const failed = (problem: string): Target => ({ ...base, problem, secrets: [] })
  if (typeof settings?.problem === 'string') return failed(settings.problem)
  const texts: Record<string, string> = {}
  try {
    for (const [name, stored] of Object.entries(configuration.credentials))
      texts[name] = await reveal(stored, tenantId, keys)
  } catch (error) {
    if (!isTenantizeError(error, 'CREDENTIAL')) throw error
    return failed(error.message)
  }
  const { url, databaseUrl, serviceKey, anonKey, deployKey } = texts
  const key = serviceKey ?? anonKey
  const postgres = [databaseUrl, url].find((text) => text !== undefined && isPostgres(text))
  const isService = url !== undefined && /^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')
  const secrets = Object.entries(texts).flatMap(([name, text]) =>
    name === 'url' || name === 'databaseUrl' ? passwordsIn(text) : [text],
  )
  const reached = {
    ...base,
    secrets,
    ...(postgres === undefined ? {} : { postgres: new Secret(postgres) }),
    ...(isService && key !== undefined ? { service: { url: new Secret(url), key: new Secret(key) } } : {}),
    ...(isService && deployKey !== undefined ? { deployment: new Secret(url) } : {}),
  }
  return 'postgres' in reached || 'service' in reached || 'deployment' in reached
    ? reached
    : {
        ...reached,
        problem:
          url === undefined
            ? 'it has no database yet'
            : 'its URL is neither PostgreSQL’s nor that of a service whose key is known',
      }
}

/** Duck typing, because a directory may come from another copy of the library. */
const reveal = async (stored: StoredCredential, tenantId: string, keys: KeyRing): Promise<string> =>
  'encrypted' in stored ? keys.decrypt(stored.encrypted, { tenantId, field: stored.field }) : stored.reveal()

const isPostgres = (text: string) => URL.canParse(text) && /^postgres(?:ql)?:$/.test(new URL(text).protocol)

/** Host, port and name of a database: what makes it the same one. No credentials. */
export function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url)
  return `${hostname}:${port || '5432'}${pathname}`
}
