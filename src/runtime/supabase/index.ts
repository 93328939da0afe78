/** `tenantize/runtime/supabase`: clients of `@supabase/supabase-js`, one for each tenant. */
import type { SupabaseClient, SupabaseClientOptions } from '@supabase/supabase-js'
import { credential, serviceUrl } from '../credentials.ts'
import { driver } from '../driver.ts'
import type { ClientFactory, TenantConnection } from '../types.ts'
import { limited } from './limited.ts'
import { withoutSession } from './session.ts'
import { NoWebSocket } from './websocket.ts'

// biome-ignore lint/suspicious/noExplicitAny: the schema's types are the application's
type Options = SupabaseClientOptions<any>

export interface SupabaseClientsOptions {
  /** Whose key the clients carry: `service` (by default) passes row level security, `anon` does not. */
  readonly role?: 'service' | 'anon'
  /** The header that names the tenant in the logs of its project; `false` for none. `x-tenant-id`. */
  readonly tenantHeader?: string | false
  /**
   * The options of `createClient` for a tenant; `connection.pool` and `connection.region` are there to be used. What
   * would keep a session is set by this library.
   */
  readonly options?: Options | ((connection: TenantConnection) => Options)
}

/**
 * Makes Supabase clients. A client of the service role is made once for a tenant and carries no user: whoever tries to
 * sign in on it gets an error. With the role `anon` each request gets a client of its own, which may carry a user's token.
 * `connection_pool_config.max` bounds the requests that one tenant has under way at a time.
 */
export function supabaseClients({
  role = 'service',
  tenantHeader = 'x-tenant-id',
  options = {},
}: SupabaseClientsOptions = {}): ClientFactory<SupabaseClient, Shared> {
  const field = role === 'service' ? 'serviceKey' : 'anonKey'
  const make = ({ createClient }: Library, connection: TenantConnection, fetch: Fetch): SupabaseClient => {
    const given = typeof options === 'function' ? options(connection) : options
    return createClient(serviceUrl(connection), credential(connection, field), {
      ...given,
      auth: { ...given.auth, persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      global: {
        ...given.global,
        fetch,
        headers: {
          ...given.global?.headers,
          ...(tenantHeader === false ? {} : { [tenantHeader]: connection.tenantId }),
        },
      },
      realtime: { transport: (globalThis.WebSocket ?? NoWebSocket) as Transport, ...given.realtime },
    })
  }
  return {
    name: 'supabase',
    stateless: true,
    revoke: 'shallow',
    connections: () => 0,

    async create(connection) {
      const library = await driver('@supabase/supabase-js', () => import('@supabase/supabase-js'))
      const given = typeof options === 'function' ? options(connection) : options
      const fetch = limited(given.global?.fetch ?? globalThis.fetch, connection.pool?.max)
      const client = withoutSession(make(library, connection, fetch))
      return { library, fetch, url: serviceUrl(connection), client }
    },

    open({ library, fetch, client }, connection) {
      return role === 'service' ? client : make(library, connection, fetch)
    },

    async dispose({ client }) {
      await client.removeAllChannels()
    },

    async check({ fetch, url }, { signal }) {
      const answer = await fetch(new URL('rest/v1/', url.endsWith('/') ? url : `${url}/`), {
        method: 'HEAD',
        signal,
      })
      // Refused without a key is an answer: there is a server.
      if (answer.status >= 500) throw new Error(`the project answered ${answer.status}`)
    },

    fingerprint: ({ credentials, pool, region }) =>
      [credentials.url?.reveal(), credentials[field]?.reveal(), pool?.max, region].join('\n'),
  }
}

type Transport = NonNullable<NonNullable<Options['realtime']>['transport']>
type Library = typeof import('@supabase/supabase-js')
type Fetch = typeof globalThis.fetch

/** What a tenant's requests share. */
interface Shared {
  readonly library: Library
  readonly fetch: Fetch
  readonly url: string
  readonly client: SupabaseClient
}
