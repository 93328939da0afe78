import type { Entry, Side } from './proposal.ts'
import type { Survey } from './survey.ts'
import type { TableVerdict } from './tables.ts'
import { count, singular, wordsOf } from './words.ts'

/** Words of functions about who may sign in, which are the application's where nothing else tells. */
const people = new Set([
  'invitation',
  'invite',
  'member',
  'membership',
  'user',
  'profile',
  'account',
  'password',
  'login',
  'signup',
  'role',
])

/** Buckets or functions of each database: what shares its files with tables goes with them. */
export function proposeOwned(
  survey: Survey,
  verdicts: readonly TableVerdict[],
  kind: 'bucket' | 'function',
  decided: ReadonlyMap<string, Side>,
): Record<Side, Entry[]> {
  const sides = new Map(verdicts.map((verdict) => [verdict.table.name, verdict.side]))
  const found: Record<Side, Entry[]> = { app: [], tenant: [] }
  const names = new Set(
    survey.accesses.filter((access) => access.kind === kind).flatMap((access) => access.names),
  )
  for (const name of [...names].sort()) {
    const uses = survey.accesses.filter((access) => access.kind === kind && access.names.includes(name))
    const files = new Set(uses.map((access) => access.file))
    const tables = [
      ...new Set(
        survey.accesses
          .filter((access) => access.kind === 'table' && files.has(access.file))
          .flatMap((access) => access.names),
      ),
    ].sort()
    const tenants = tables.filter((table) => sides.get(table) === 'tenant')
    // The audit trail and migrations are the application's, whoever calls them.
    const named = wordsOf(name).some((word) => word === 'audit' || singular(word) === 'migration')
    const aboutPeople = wordsOf(name).some((word) => people.has(singular(word)))
    const said = decided.get(`${kind} ${name}`)
    const side =
      said ?? (named || (tables.length > 0 ? tenants.length === 0 : aboutPeople) ? 'app' : 'tenant')
    const beside =
      tables.length === 0
        ? 'no table in the same files'
        : `beside ${tables.slice(0, 4).join(', ')}${tables.length > 4 ? ', …' : ''}`
    const mixed = tables.length === 0 || (tenants.length > 0 && tenants.length < tables.length)
    found[side].push({
      value: name,
      evidence: `${count(uses.length, 'call')} in ${count(files.size, 'file')}, ${beside}`,
      ...(mixed && !named && !said
        ? { decide: tables.length === 0 ? 'nothing says whose it is' : 'its files touch tables of both' }
        : {}),
    })
  }
  return found
}
