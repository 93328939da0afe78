import type { Contents } from '../../sql/facts.ts'
import { readSqlFiles } from '../../sql/index.ts'
import { loadedParser } from '../../sql/parser.ts'
import type { Effect } from '../dialect.ts'
import { type Code, perCode } from '../sight.ts'

/** The functions that the SQL files of the rules define, by name. */
const functionsOf = perCode((code: Code): ReadonlyMap<string, Contents[]> => {
  const found = new Map<string, Contents[]>()
  const parser = loadedParser()
  if (!parser || code.rules.sql.length === 0) return found
  for (const { facts } of readSqlFiles(code.repository, code.rules, parser))
    for (const fact of facts) {
      if (fact.does !== 'create' || fact.object !== 'function') continue
      // Functions may share a name, and the last definition of one counts; all of them are near enough.
      const known = found.get(fact.name)
      if (known) known.push(fact.contents)
      else found.set(fact.name, [fact.contents])
    }
  return found
})

/** Tables of the database system itself, which no team has. */
export function isCatalog(table: string): boolean {
  return /^(?:pg_|information_schema\.|sqlite_)/i.test(table)
}

/** A table that a function of the database touches. */
export interface FunctionTable {
  readonly table: string
  readonly effect: Effect
}

/**
 * The tables that a function of the database touches, with those of the functions that it calls.
 * @returns undefined when no SQL file of the rules defines it
 */
export function tablesOfFunction(code: Code, name: string): FunctionTable[] | undefined {
  const functions = functionsOf(code)
  if (!functions.has(name)) return undefined
  const tables = new Map<string, Effect>()
  const seen = new Set<string>()
  const visit = (at: string): void => {
    if (seen.has(at)) return
    seen.add(at)
    for (const { uses, calls } of functions.get(at) ?? []) {
      for (const { table, operation } of uses)
        if (operation !== 'select' || !tables.has(table))
          tables.set(table, operation === 'select' ? 'read' : 'write')
      for (const call of calls) visit(call)
    }
  }
  visit(name)
  return [...tables].flatMap(([table, effect]) => (isCatalog(table) ? [] : [{ table, effect }]))
}
