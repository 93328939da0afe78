/** Catches, while a program runs, a call that names a table of another database. */
import { ConfigurationError } from '../errors.ts'
import type { TableRules } from '../tables/owners.ts'
import { createCheck, type GuardMode, type GuardOptions } from './check.ts'
import { guardConvex } from './convex.ts'
import { guardDrizzle } from './drizzle.ts'
import { guardPg } from './pg.ts'
import { guardPrisma } from './prisma.ts'
import { guardSupabase } from './supabase.ts'

export type { GuardMode, GuardOptions } from './check.ts'
export { WrongDatabaseError } from './error.ts'

/**
 * The same client, watched: `throw` in tests and staging, `report` in production, `off` returns the client itself.
 * Raw SQL is read for `pg` (with the package libpg-query); in Prisma and Drizzle it passes unseen: `tenantize lint` reads
 * it there.
 * @param client of supabase-js, Prisma, Convex, Drizzle or pg
 * @param rules the contents of rules.json
 * @throws ConfigurationError for a client of another library, and rules that don't name its database
 */
export function guard<Client extends object>(
  client: Client,
  rules: TableRules,
  mode: GuardMode,
  options: GuardOptions = {},
): Client {
  if (mode === 'off') return client
  const check = createCheck(rules, mode, options)
  const has = (...names: string[]) => names.every((name) => name in client)
  if (has('$connect', '$disconnect')) return guardPrisma(client, check)
  if (has('from', 'rpc')) return guardSupabase(client, check)
  if (has('mutation', 'action')) return guardConvex(client, check)
  if (has('select', 'insert', 'transaction')) return guardDrizzle(client, check)
  if (has('query', 'connect')) return guardPg(client, check)
  throw new ConfigurationError(
    'guard() knows clients of supabase-js, Prisma, Convex, Drizzle and pg; this is none',
  )
}
