import type { Node } from '../../repo/node.ts'
import type { Seen, SeenMade, Sight } from '../sight.ts'
import { madeTexts, type Parts, type Reading, readingOf, textsOf, within } from '../sql/parts.ts'
import { identifiers, joins, rawSql, sqlTags } from './packages.ts'
import { tablesOf, textsIn } from './tables.ts'

/** How Drizzle's `sql` texts are read: tables, columns and pieces of SQL stand in them. */
export function drizzleReading(sight: Sight): Reading {
  return readingOf(sight, { meaning })
}

function meaning(item: Seen, reading: Reading): readonly Parts[] | undefined {
  if (item.kind !== 'made') return undefined
  const tables = tablesOf([item])
  if (tables.length > 0) return tables.map(({ name }): Parts => [{ kind: 'name', name }])
  if (item.path.length > 0 && item.path[0] !== '_') return isQuery(item) ? undefined : [[{ kind: 'column' }]]
  if (sqlTags.has(item.by)) return madeTexts(item, reading)
  const [first, separator] = item.call.arguments as (Node | undefined)[]
  if (rawSql.has(item.by)) return first ? textsOf(first, within(item, reading)) : undefined
  if (identifiers.has(item.by)) {
    const names = first ? textsIn(item.look(first)) : []
    return names.length > 0
      ? names.map((name): Parts => [{ kind: 'name', name: [name] }])
      : [[{ kind: 'unknown', reason: 'the name is only known at run time' }]]
  }
  if (joins.has(item.by)) return joinedTexts(item, first, separator, reading)
  return undefined
}

/** A query that is built: its tables are read where it is built. */
function isQuery(made: SeenMade): boolean {
  return made.by.startsWith('client.')
}

function joinedTexts(
  made: SeenMade,
  list: Node | undefined,
  separator: Node | undefined,
  reading: Reading,
): readonly Parts[] | undefined {
  const items = list ? made.look(list).flatMap((item) => (item.kind === 'array' ? [item.items] : [])) : []
  const [only] = items
  if (!only || items.length > 1 || only.length === 0) return [[{ kind: 'list' }]]
  const between = separator
    ? (made.look(separator).flatMap((item) => meaning(item, reading) ?? [])[0] ?? [])
    : []
  const parts = only.map((item): Parts => meaning(item, reading)?.[0] ?? [{ kind: 'value' }])
  return [parts.flatMap((part, index) => (index === 0 ? part : [...between, ...part]))]
}
