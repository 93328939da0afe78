import type { Place, Program } from './program.ts'
import type { ClientValue, Value } from './values.ts'

/**
 * The client behind a package's function that talks to the one database that the application is connected to: hooks of
 * a provider. It is that of the only database of the library that is not per tenant.
 * @returns undefined for every other value
 */
export function ambientClient(
  program: Program,
  { module: source, path }: Extract<Value, { kind: 'external' }>,
  place: Place,
): ClientValue | undefined {
  const labels = [`${source}#${path[0] ?? 'default'}`, `${source}#*`]
  const dialect = program.dialects.find(({ ambient }) => labels.some((label) => ambient?.includes(label)))
  if (!dialect) return undefined
  const shared = program.clients.filter(
    ({ entry }) =>
      [undefined, dialect.name].includes(program.dialectOf(entry)) &&
      program.rules.databases.some(({ name, perTenant }) => name === entry.database && !perTenant),
  )
  const [database, ...others] = new Set(shared.map(({ entry }) => entry.database))
  const name = path[0] ?? source
  const base = { kind: 'client' as const, dialect: dialect.name, origin: place }
  if (database !== undefined && others.length === 0) {
    const message = `\`${name}\` talks to the database that the application is connected to, ${database}`
    return { ...base, database, entry: shared[0]!.entry, step: { ...place, message } }
  }
  const note = `the database that the application is connected to (\`${name}\` of ${source}), and the rules have ${database === undefined ? 'none' : 'several'} that it may be`
  return { ...base, note, step: { ...place, message: note } }
}
