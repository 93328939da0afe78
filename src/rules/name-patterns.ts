import type { NamePattern } from './model.ts'

/** Who owns a table, bucket or function. */
export interface Owner {
  /** In the order of rules.json; more than one for a reference table, which is kept in each. */
  readonly databases: readonly string[]
  /** The text in rules.json that decided. */
  readonly pattern: string
}

/** The schema that Postgres looks in when a name does not say one. */
const defaultSchema = 'public.'

/**
 * Builds the search for the owner of a name. An exact name beats a pattern; of patterns the one with more literal
 * characters wins; every database that holds a winner owns the name. `public.users` and `users` are one table, unless
 * the rules name both. Letter case counts.
 * @param lists the names and patterns of each database
 * @returns the owner of a name, or undefined when no database claims it; answers are remembered
 */
export function createOwners(
  lists: readonly { readonly database: string; readonly names: readonly NamePattern[] }[],
): (name: string) => Owner | undefined {
  const exact = new Map<string, Owner>()
  const globs = new Map<string, Owner>()
  for (const { database, names } of lists) {
    for (const { text } of names) {
      const into = text.includes('*') ? globs : exact
      into.set(text, {
        databases: [...new Set([...(into.get(text)?.databases ?? []), database])],
        pattern: text,
      })
    }
  }
  const patterns = [...globs.values()]
    .map((owner) => ({
      owner,
      matches: compileName(owner.pattern),
      literals: owner.pattern.replaceAll('*', '').length,
    }))
    .sort((a, b) => b.literals - a.literals)
  const order = lists.map((list) => list.database)

  const find = (name: string): Owner | undefined => {
    const bare = withoutSchema(name)
    const named = exact.get(name) ?? exact.get(bare) ?? exact.get(defaultSchema + bare)
    if (named) return named
    const matching = patterns.filter(
      (pattern) => pattern.matches(name) || (bare !== name && pattern.matches(bare)),
    )
    const [longest] = matching
    if (!longest) return undefined
    const winners = matching
      .filter((pattern) => pattern.literals === longest.literals)
      .flatMap((pattern) => pattern.owner.databases)
    return {
      databases: order.filter((database, i) => winners.includes(database) && order.indexOf(database) === i),
      pattern: longest.owner.pattern,
    }
  }
  return remember(find)
}

/**
 * Of several spellings of one thing, the one that a search for owners knows best: an exact name, else the one whose
 * pattern has more literal characters, else the first.
 */
export function bestKnown(
  spellings: readonly [string, ...string[]],
  owner: (name: string) => Owner | undefined,
): string {
  const rank = (name: string): number => {
    const pattern = owner(name)?.pattern
    if (pattern === undefined) return -1
    return pattern.includes('*') ? pattern.replaceAll('*', '').length : Number.POSITIVE_INFINITY
  }
  return spellings.reduce((best, name) => (rank(name) > rank(best) ? name : best), spellings[0])
}

/** Whether a name is among these names and patterns, with or without `public.`. */
export function createNameMatcher(names: readonly NamePattern[]): (name: string) => boolean {
  const owner = createOwners([{ database: '', names }])
  return (name) => owner(name) !== undefined
}

/** Remembers the answers of a function of one text. */
export function remember<T>(find: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>()
  return (key) => {
    const answer = known.get(key)
    if (answer !== undefined || known.has(key)) return answer as T
    const found = find(key)
    known.set(key, found)
    return found
  }
}

function withoutSchema(name: string): string {
  return name.startsWith(defaultSchema) && name.length > defaultSchema.length
    ? name.slice(defaultSchema.length)
    : name
}

function compileName(pattern: string): (name: string) => boolean {
  const source = pattern.split(/\*+/).map((part) => part.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&'))
  const regex = new RegExp(`^${source.join('.*')}$`, 'su')
  return (name) => regex.test(name)
}
