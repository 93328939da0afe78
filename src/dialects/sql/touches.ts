import type { Node } from '../../repo/node.ts'
import { loadedParser } from '../../sql/parser.ts'
import { type Query, readQuery } from '../../sql/query.ts'
import type { Effect, Embed, Name, Touches } from '../dialect.ts'
import type { Sight } from '../sight.ts'
import { isCatalog, tablesOfFunction } from './functions.ts'
import type { Parts } from './parts.ts'

/**
 * What a SQL text touches.
 * @param texts every text that it may be
 * @param at the expression that makes the text; tables whose own place is not known are reported there
 * @param as a piece of another query says nothing of tables where it can't be read by itself
 * @returns undefined when it touches no table: `BEGIN`, `SELECT 1`, a piece of another query
 */
export function touchesOfTexts(
  texts: readonly Parts[],
  at: Node,
  sight: Sight,
  as: 'query' | 'piece' = 'query',
): Touches | undefined {
  const parser = loadedParser()
  const place = { start: at.start, end: at.end }
  if (!parser) return { names: [], dynamic: "PostgreSQL's parser is not loaded", embeds: [] }
  const names = new Map<string, Name>()
  const embeds = new Map<string, Embed>()
  let dynamic: string | undefined
  let open: Touches['open']
  const effects = new Set<Effect>()
  for (const parts of texts) {
    const read = readQuery(parser, parts)
    const query = { ...read, tables: read.tables.filter(({ name }) => !isCatalog(name[0])) }
    // The table that is changed is what the query is about; one that only reads is about the first.
    const own = query.tables.find((table) => table.effect === 'write') ?? query.tables[0]
    if (own) names.set(own.name[0], own.name)
    for (const table of query.tables) {
      effects.add(table.effect)
      if (table !== own) embeds.set(table.name[0], { name: table.name, at: table.at ?? place })
    }
    for (const use of calledTables(query, sight)) {
      effects.add(use.effect)
      if (own) embeds.set(use.table, { name: [use.table], at: place })
      else names.set(use.table, [use.table])
    }
    dynamic ??= query.dynamic
    if (query.open !== undefined) open ??= { reason: query.open, at: place }
  }
  if (names.size === 0 && (dynamic === undefined || as === 'piece')) return undefined
  for (const name of names.keys()) embeds.delete(name)
  return {
    names: [...names.values()],
    embeds: [...embeds.values()],
    ...(dynamic === undefined ? {} : { dynamic }),
    ...(open && names.size > 0 ? { open } : {}),
    ...(effects.size === 0 ? {} : { effect: effects.has('write') ? 'write' : 'read' }),
  }
}

/** Tables of the functions that a query calls, as far as SQL files define them. */
function calledTables(query: Query, sight: Sight): { table: string; effect: Effect }[] {
  return query.calls.flatMap((name) => tablesOfFunction(sight.code, name) ?? [])
}
