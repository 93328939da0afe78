import { ConfigurationError } from '../errors.ts'

/** The part of rules.json that says which table belongs to which database. */
export interface TableRules {
  readonly databases: Readonly<
    Record<string, { readonly perTenant?: boolean; readonly tables?: readonly string[] }>
  >
}

/** Which database a table belongs to. */
export interface TableOwners {
  /** Names of the databases in the order of the rules, the main ones and those of tenants. */
  readonly main: readonly string[]
  readonly tenant: readonly string[]
  /**
   * The databases that a table is in; several for a reference table, none for a table that no rule names.
   * @param spellings names of the one table: the one that the rules know best decides, an exact one before a pattern
   */
  of(...spellings: readonly string[]): readonly string[]
}

/** The schema that PostgreSQL looks in when a name does not say one. */
const schema = 'public.'

/**
 * The same answers as `tenantize lint` gives: an exact name beats a pattern, a pattern with more literal characters beats
 * one with fewer, and `public.users` and `users` are one table unless the rules name both.
 */
export function tableOwners(rules: TableRules): TableOwners {
  const databases = Object.entries(rules.databases ?? {})
  if (databases.length === 0) throw new ConfigurationError('the rules name no databases')
  const exact = new Map<string, string[]>()
  const patterns: { literals: number; matches: (name: string) => boolean; database: string }[] = []
  for (const [database, { tables = [] }] of databases)
    for (const name of tables)
      if (name.includes('*'))
        patterns.push({ literals: name.replaceAll('*', '').length, matches: matcher(name), database })
      else exact.set(name, [...new Set([...(exact.get(name) ?? []), database])])

  const find = (name: string): Owned => {
    const bare = name.startsWith(schema) && name.length > schema.length ? name.slice(schema.length) : name
    const named = exact.get(name) ?? exact.get(bare) ?? exact.get(schema + bare)
    if (named) return { databases: named, rank: Number.POSITIVE_INFINITY }
    const fitting = patterns.filter(({ matches }) => matches(name) || matches(bare))
    const most = Math.max(-1, ...fitting.map(({ literals }) => literals))
    const winners = new Set(
      fitting.filter(({ literals }) => literals === most).map(({ database }) => database),
    )
    return {
      databases: databases.map(([database]) => database).filter((database) => winners.has(database)),
      rank: most,
    }
  }
  const known = new Map<string, Owned>()
  const names = (perTenant: boolean) =>
    databases.filter(([, entry]) => Boolean(entry.perTenant) === perTenant).map(([name]) => name)
  return {
    main: names(false),
    tenant: names(true),
    of(...spellings) {
      let best: Owned = { databases: [], rank: -1 }
      for (const name of spellings) {
        let found = known.get(name)
        // Names may come from anywhere: what is remembered has a bound.
        if (!found) {
          found = find(name)
          if (known.size < 10_000) known.set(name, found)
        }
        if (found.rank > best.rank) best = found
      }
      return best.databases
    },
  }
}

interface Owned {
  readonly databases: readonly string[]
  /** How well the rules know the name: by itself, or by a pattern of so many literal characters. */
  readonly rank: number
}

/** Whether a name fits a pattern whose `*` stands for any characters. */
function matcher(pattern: string): (name: string) => boolean {
  const [first = '', ...others] = pattern.split(/\*+/)
  const last = others.pop() ?? ''
  return (name) => {
    if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
      return false
    let at = first.length
    for (const part of others) {
      const found = name.indexOf(part, at)
      if (found < 0 || found + part.length > name.length - last.length) return false
      at = found + part.length
    }
    return true
  }
}
