import { compileGlob } from './glob.ts'
import type { Database, ExceptionRule, RouteRule, Rules } from './model.ts'
import { createNameMatcher, createOwners, type Owner, remember } from './name-patterns.ts'

/** Which database an access belongs to, and what says so. */
export interface Verdict {
  /** More than one for a reference table, which is kept in each. */
  readonly databases: readonly string[]
  /** For people: the team's own reason, or the line of the rules that decided. */
  readonly reason: string
  readonly by: 'table' | 'exception' | 'route'
  /** The rule that decided, when it is an exception or a route. */
  readonly rule?: ExceptionRule | RouteRule
}

/** Answers which database something belongs to. Paths are relative to the rules' folder, with `/`. Answers are remembered. */
export interface Classifier {
  tableDatabases(name: string): Owner | undefined
  bucketDatabases(name: string): Owner | undefined
  functionDatabases(name: string): Owner | undefined
  /** The database that sign-in belongs to; undefined: it follows the client it is on. */
  authDatabase(): string | undefined
  /** The first route that matches a file. */
  route(path: string): RouteRule | undefined
  /** The first exception for a file and a table; one that lists tables needs a table. */
  exception(path: string, table: string | undefined): ExceptionRule | undefined
  /** The exception that covers sign-in in a file: one for it, or one for the whole file. */
  signInException(path: string): ExceptionRule | undefined
  /**
   * The verdict on an access: an exception first, then the table's owner, then the file's route.
   * @returns undefined when the rules say nothing of it
   */
  expected(access: { readonly file: string; readonly table?: string | undefined }): Verdict | undefined
}

/** Builds the classifier of a rules file. */
export function createClassifier(rules: Rules): Classifier {
  const owners = (names: (database: Database) => Database['tables']) =>
    createOwners(rules.databases.map((database) => ({ database: database.name, names: names(database) })))
  const tableDatabases = owners((database) => database.tables)

  const routes = rules.routes.map((rule) => ({ rule, matches: compileGlob(rule.files) }))
  const route = remember((path) => routes.find((item) => item.matches(path))?.rule)

  const exceptions = rules.exceptions.map((rule) => ({
    rule,
    matches: compileGlob(rule.files),
    about: rule.tables ? createNameMatcher(rule.tables) : () => !rule.auth,
    verdict: { databases: [rule.database], reason: rule.reason, by: 'exception', rule } satisfies Verdict,
  }))
  const exceptionsOf = remember((path) => exceptions.filter((item) => item.matches(path)))
  const findException = (path: string, table: string | undefined) =>
    exceptionsOf(path).find(({ rule, about }) =>
      table === undefined ? !rule.tables && !rule.auth : about(table),
    )

  // A verdict is made once for a table or a file, never for each pair of them: there may be 100,000 of those.
  const tableVerdict = remember((table): Verdict | undefined => {
    const owner = tableDatabases(table)
    return owner && { databases: owner.databases, reason: ownerReason(table, owner), by: 'table' }
  })
  const routeVerdict = remember((file): Verdict | undefined => {
    const rule = route(file)
    if (!rule) return undefined
    const reason = rule.reason ?? `files "${rule.files}" belong to ${rule.database}`
    return { databases: [rule.database], reason, by: 'route', rule }
  })

  return {
    tableDatabases,
    bucketDatabases: owners((database) => database.buckets),
    functionDatabases: owners((database) => database.functions),
    authDatabase: () => rules.databases.find((database) => database.auth)?.name,
    route,
    exception: (path, table) => findException(path, table)?.rule,
    signInException: (path) => exceptionsOf(path).find(({ rule }) => rule.auth || !rule.tables)?.rule,
    expected: ({ file, table }) =>
      findException(file, table)?.verdict ??
      (table === undefined ? undefined : tableVerdict(table)) ??
      routeVerdict(file),
  }
}

function ownerReason(table: string, { databases, pattern }: Owner): string {
  const by = pattern === table ? '' : ` by "${pattern}"`
  return databases.length > 1
    ? `table "${table}" is kept in ${databases.join(' and ')}${by}`
    : `table "${table}" belongs to ${databases[0]}${by}`
}
