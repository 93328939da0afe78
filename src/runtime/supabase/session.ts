import type { SupabaseClient } from '@supabase/supabase-js'
import { ConfigurationError } from '../errors.ts'

/** What of `auth` leaves no user behind: the administrator's functions, and questions that carry their own token. */
const harmless = new Set<string | symbol>(['admin'])
const answers = new Set<string | symbol>(['getUser', 'getClaims'])

/** The same client, on which nobody can sign in: its next user would be that somebody. */
export function withoutSession(client: SupabaseClient): SupabaseClient {
  const auth = new Proxy(client.auth, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (harmless.has(name)) return value.bind(target)
      if (answers.has(name))
        return (token?: string) => (token === undefined ? refuse(name) : value.call(target, token))
      return () => refuse(name)
    },
  })
  return new Proxy(client, {
    get(target, name) {
      if (name === 'auth') return auth
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function refuse(name: string | symbol): never {
  throw new ConfigurationError(
    `auth.${String(name)}() on the tenant's shared client: its session would be everybody's. Use role "anon", which gives each request a client of its own, or sign in on the application's database`,
  )
}
