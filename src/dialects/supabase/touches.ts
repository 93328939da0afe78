import { type Node, unwrap } from '../../repo/node.ts'
import { createClassifier } from '../../rules/classify.ts'
import type { Candidate, Embed, Name, Touches } from '../dialect.ts'
import { perCode, type Seen, type Sight } from '../sight.ts'
import { type FunctionTable, tablesOfFunction } from '../sql/functions.ts'
import { chain } from './chain.ts'
import { type EmbeddedTables, embeddedTables } from './embeds.ts'
import { restTarget } from './rest.ts'

/** The table, bucket or function that a call names, and what its select embeds. */
export function touches(candidate: Candidate, sight: Sight): Touches {
  if (candidate.address) return addressed(candidate.address, sight)
  const selects =
    candidate.kind === 'table' || candidate.kind === 'function' ? chain(candidate.call).selects : []
  const name = named(candidate, sight)
  const tables = candidate.kind === 'function' ? asTables(candidate, name, sight) : undefined
  return tables ?? { ...name, ...embedded(selects, sight) }
}

/** A function that no rule owns and that the SQL files define is what the tables are that it touches. */
function asTables(
  { call, name }: Candidate,
  { names, dynamic }: Pick<Touches, 'names' | 'dynamic'>,
  { code }: Sight,
): Touches | undefined {
  if (names.length === 0 || dynamic !== undefined) return undefined
  const tables: FunctionTable[] = []
  for (const [named] of names) {
    const own = isOwned(code)(named) ? undefined : tablesOfFunction(code, named)
    if (!own || own.length === 0) return undefined
    tables.push(...own)
  }
  const main = tables.find(({ effect }) => effect === 'write') ?? tables[0]!
  const others = new Set(tables.map(({ table }) => table).filter((table) => table !== main.table))
  const { start, end } = name ?? call
  return {
    kind: 'table',
    names: [[main.table]],
    embeds: [...others].map((table): Embed => ({ name: [table], at: { start, end } })),
    effect: tables.some(({ effect }) => effect === 'write') ? 'write' : 'read',
  }
}

const isOwned = perCode(({ rules }) => {
  const { functionDatabases } = createClassifier(rules)
  return (name: string) => functionDatabases(name) !== undefined
})

function named(candidate: Candidate, sight: Sight): Pick<Touches, 'names' | 'dynamic'> {
  if (candidate.kind === 'auth') return { names: [] }
  if (!candidate.name) return { names: [], dynamic: candidate.nameless ?? 'no name is given' }
  return namesIn(sight.look(candidate.name))
}

/** What the address of a request names, and what its `select` embeds. */
function addressed(address: Node, sight: Sight): Touches {
  const names = new Set<string>()
  const embeds: Embed[] = []
  let dynamic: string | undefined
  for (const item of sight.look(address)) {
    const target = item.kind === 'text' ? restTarget(item.parts) : undefined
    if (target?.name === undefined) dynamic = target?.dynamic ?? 'its address is only known at run time'
    else names.add(target.name)
    for (const { name, alias, hints } of target?.select ? embeddedTables(target.select).tables : [])
      embeds.push({
        ...(name === '' ? {} : { name: [name] }),
        ...(alias === undefined ? {} : { alias }),
        hints,
        at: { start: address.start, end: address.end },
      })
  }
  return {
    names: [...names].map((name): Name => [name]),
    embeds,
    ...(dynamic === undefined ? {} : { dynamic }),
  }
}

/** Names that a text may be. */
export function namesIn(items: readonly Seen[]): Pick<Touches, 'names' | 'dynamic'> {
  const names = new Set<string>()
  let dynamic: string | undefined
  for (const item of items) {
    if (item.kind === 'text' && item.parts.every((part) => part !== null)) names.add(item.parts.join(''))
    else if (item.kind === 'literal' && (item.value === null || item.value === undefined)) continue
    else
      dynamic =
        item.kind === 'text'
          ? `the name \`${item.parts.map((part) => part ?? '…').join('')}\` is put together at run time`
          : item.kind === 'unknown'
            ? item.reason
            : 'its name is only known at run time'
  }
  if (names.size === 0) dynamic ??= 'its name is only known at run time'
  return {
    names: [...names].map((name): Name => [name]),
    ...(dynamic === undefined ? {} : { dynamic }),
  }
}

function embedded(selects: readonly Node[], sight: Sight): Pick<Touches, 'embeds' | 'open'> {
  const embeds: Embed[] = []
  let open: Touches['open']
  for (const select of selects) {
    for (const item of sight.look(select)) {
      if (item.kind === 'literal') continue
      if (item.kind !== 'text') {
        open = { reason: 'the select text is only known at run time', at: select }
        continue
      }
      const found = embeddedTables(item.parts)
      for (const table of found.tables) {
        const name = tableOf(table, sight)
        if (name === undefined) {
          open = {
            reason: `\`${table.name}\` is the name of a column, so the embedded table can't be told`,
            at: placeIn(sight, select, item.parts, table),
          }
          continue
        }
        if (embeds.some((embed) => (embed.name?.[0] ?? '') === name && embed.alias === table.alias)) continue
        embeds.push({
          ...(name === '' ? {} : { name: [name] }),
          hints: table.hints,
          at: placeIn(sight, select, item.parts, table),
          ...(table.alias === undefined ? {} : { alias: table.alias }),
        })
      }
      if (!found.complete)
        open = {
          reason: found.problem
            ? `the select text can't be read: ${found.problem}`
            : 'a part of the select text is only known at run time',
          at: select,
        }
    }
  }
  return { embeds, ...(open ? { open } : {}) }
}

/**
 * The table of an embed. PostgREST takes the column of a foreign key for it too (`plans:plan_id(name)`): a name of that
 * kind that no rule has written out is the alias, where a rule has written that out; else the table can't be told.
 */
function tableOf({ name, alias }: EmbeddedTables['tables'][number], sight: Sight): string | undefined {
  if (!/_id$/.test(name)) return name
  const { databases } = sight.code.rules
  const isWritten = (table: string) =>
    databases.some(({ tables }) => tables.some(({ text }) => text === table))
  if (isWritten(name)) return name
  return alias !== undefined && isWritten(alias) ? alias : undefined
}

/** The place of an embed inside a select that is written as one text; the whole select otherwise. */
function placeIn(
  { module }: Sight,
  select: Node,
  parts: readonly (string | null)[],
  embed: EmbeddedTables['tables'][number],
): Embed['at'] {
  const node = unwrap(select)
  const text = parts.length === 1 ? parts[0] : undefined
  const written = text ?? undefined
  if (written !== undefined && module.text.slice(node.start + 1, node.end - 1) === written)
    return { start: node.start + 1 + embed.start, end: node.start + 1 + embed.end }
  return { start: select.start, end: select.end }
}
