import { clientMistakes } from './client-checks.ts'
import type { Mistake, Spot } from './document.ts'
import { globProblem } from './glob-problem.ts'
import { nearest } from './nearest.ts'

/**
 * What the schema can't say: names that have to exist, lists that must not contradict themselves, globs that can
 * match. Looks at the file as it stands, so that it works beside mistakes of form; what has the wrong form is passed over.
 */
export function ruleMistakes(root: Spot): Mistake[] {
  const databases = root.get('databases')
  return [
    ...(databases ? databaseMistakes(databases) : []),
    ...(databases
      ? unknownDatabases(
          root,
          databases.entries.map(([name]) => name),
        )
      : []),
    ...clientMistakes(databases?.entries ?? []),
    ...everyGlob(root).flatMap((spot) =>
      typeof spot.value === 'string' ? at(spot, globProblem(spot.value)) : [],
    ),
    ...everyNameList(root).flatMap(nameMistakes),
    ...deadRules(root.get('routes')),
    ...deadRules(root.get('sql')),
  ]
}

function databaseMistakes(databases: Spot): Mistake[] {
  const entries = databases.entries
  const found: Mistake[] = []
  if (entries.length === 0) return [{ ...databases.position, message: 'no database is declared' }]
  if (!entries.some(([, database]) => (database.get('perTenant')?.value ?? false) !== false)) {
    found.push({ ...databases.position, message: 'none of the databases has "perTenant": true' })
  }
  const auth = entries.filter(([, database]) => database.get('auth')?.value === true)
  for (const [, database] of auth.slice(1)) {
    found.push({
      ...database.keyPosition('auth'),
      message: `"auth" is true in "${auth[0]![0]}" already; leave it out of both when each has a sign-in of its own`,
    })
  }
  for (const [name, database] of entries) {
    if (name === '__proto__')
      found.push({ ...databases.keyPosition(name), message: 'a database can\'t be called "__proto__"' })
    if (name.trim() === '')
      found.push({ ...databases.keyPosition(name), message: 'the name of a database must not be empty' })
    if (database.get('rows') && (database.get('perTenant')?.value ?? false) === false) {
      found.push({
        ...database.keyPosition('rows'),
        message: `"rows" is for a database with "perTenant": true, which "${name}" is not`,
      })
    }
  }
  return found
}

function unknownDatabases(root: Spot, known: readonly string[]): Mistake[] {
  return ['routes', 'exceptions', 'sql']
    .flatMap((list) => root.get(list)?.items ?? [])
    .flatMap((rule) => {
      const spot = rule.get('database')
      const name = spot?.value
      if (typeof name !== 'string' || name.trim() === '' || known.includes(name)) return []
      const suggestion = nearest(name, known)
      return [{ ...spot!.position, message: `unknown database "${name}"`, ...(suggestion && { suggestion }) }]
    })
}

function everyGlob(root: Spot): Spot[] {
  const lists = ['files', 'ignore'].flatMap((key) => root.get(key)?.items ?? [])
  const rules = ['routes', 'exceptions', 'sql'].flatMap((key) => root.get(key)?.items ?? [])
  return [...lists, ...rules.flatMap((rule) => rule.get('files') ?? [])].filter(
    (spot) => String(spot.value).trim() !== '',
  )
}

function everyNameList(root: Spot): Spot[] {
  const databases = (root.get('databases')?.entries ?? []).map(([, database]) => database)
  const owned = databases.flatMap((database) =>
    ['tables', 'buckets', 'functions'].flatMap((key) => database.get(key) ?? []),
  )
  return [...owned, ...(root.get('exceptions')?.items ?? []).flatMap((rule) => rule.get('tables') ?? [])]
}

/** A name twice in one list, or with wildcards that names don't have. In two databases a name may stand: it is kept in both. */
function nameMistakes(list: Spot): Mistake[] {
  const seen = new Set<string>()
  return list.items.flatMap((spot) => {
    const name = spot.value
    if (typeof name !== 'string') return []
    if (seen.has(name)) return at(spot, `"${name}" stands in this list twice`)
    seen.add(name)
    return /[?{}[\]]/.test(name) ? at(spot, `"${name}": names know no wildcard but *`) : []
  })
}

/** Of two rules with the same glob the second can never be the first that matches. */
function deadRules(list: Spot | undefined): Mistake[] {
  const seen = new Map<string, number>()
  return (list?.items ?? []).flatMap((rule) => {
    const spot = rule.get('files')
    if (typeof spot?.value !== 'string') return []
    const line = seen.get(spot.value)
    seen.set(spot.value, line ?? spot.position.line)
    return line === undefined
      ? []
      : at(spot, `"${spot.value}" stands in line ${line} already, and the first match wins`)
  })
}

function at(spot: Spot, message: string | undefined): Mistake[] {
  return message === undefined ? [] : [{ ...spot.position, message }]
}
