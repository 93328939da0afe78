import type { Effect, Embed, Name, Touches } from '../dialect.ts'
import type { Sight } from '../sight.ts'
import { type HookCandidate, referencesGiven } from './hooks.ts'
import { type Implementation, implementationOf, type TableUse } from './implementation.ts'
import type { Reference } from './reference.ts'

/**
 * The tables that a call of a function touches: those of its implementation, or the function's own path where the rules
 * speak of it. The table it is about is the one that its module is named after, else one that it writes, else one that
 * it reads itself.
 */
export function touches(candidate: HookCandidate, sight: Sight): Touches | undefined {
  const { name: expression, call } = candidate
  if (!expression) return { names: [], dynamic: 'no function is given', embeds: [] }
  const { found, dynamic, other } = referencesGiven(candidate, sight)
  // Somebody else's `query`: its argument is no function of a deployment.
  if (found.length === 0 && (other || dynamic === undefined)) return undefined
  const at = { start: expression.start, end: expression.end }
  const names = new Map<string, Name>()
  const embeds = new Map<string, Embed>()
  const effects = new Set<Effect>()
  let table: string | undefined
  let open: string | undefined
  let untold: string | undefined
  for (const reference of found) {
    const implementation = implementationOf(sight.code, reference)
    for (const { effect } of implementation?.uses ?? []) effects.add(effect)
    if (isNamedByRules(sight, reference)) {
      names.set(reference.path, [reference.path])
      table ??= (implementation && ownTable(implementation, reference)?.table) ?? moduleOf(reference.path)
      continue
    }
    const missing = implementation ? undefined : fallback(sight, reference)
    if (missing) {
      if (missing.table === undefined) untold ??= missing.reason
      else {
        names.set(missing.table, [missing.table])
        open ??= missing.reason
      }
      continue
    }
    const own = ownTable(implementation!, reference)
    if (implementation!.open !== undefined) {
      if (own) open ??= `${reference.path}: ${implementation!.open}`
      else untold ??= `${reference.path}: ${implementation!.open}`
    }
    if (!own) continue
    names.set(own.table, [own.table])
    for (const use of implementation!.uses)
      embeds.set(use.table, { name: [use.table], at, declared: use.place })
  }
  for (const name of names.keys()) embeds.delete(name)
  const reason = dynamic ?? untold
  if (names.size === 0 && reason === undefined) return undefined
  const effect =
    call === undefined || effects.size === 0 ? undefined : effects.has('write') ? 'write' : 'read'
  return {
    names: [...names.values()],
    ...(table === undefined ? {} : { table }),
    ...(reason === undefined ? {} : { dynamic: reason }),
    ...(effect === undefined ? {} : { effect }),
    embeds: [...embeds.values()],
    ...(open === undefined ? {} : { open: { reason: open, at } }),
  }
}

/** Whether the rules list the function itself: `conversations:list`, `conversations:*`. */
function isNamedByRules({ code }: Sight, { path }: Reference): boolean {
  return code.rules.databases.some(({ tables }) =>
    tables.some(({ text }) => text.includes(':') && matches(text, path)),
  )
}

function matches(pattern: string, path: string): boolean {
  const parts = pattern.split('*')
  let from = 0
  return parts.every((part, index) => {
    const at = index === 0 ? (path.startsWith(part) ? 0 : -1) : path.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
    return index < parts.length - 1 || part === '' || path.endsWith(part)
  })
}

/** A function whose code is not in the code base is taken for one of the table that its module is named after. */
function fallback({ code }: Sight, { path }: Reference): { table?: string; reason: string } {
  const table = moduleOf(path)
  const why = `the code of \`${path}\` is not found`
  return table === undefined || code.rules.databases.length === 0
    ? { reason: why }
    : { table, reason: `${why}, and its module's name is taken for its table` }
}

/** `conversations` of `chat/conversations:list`. */
function moduleOf(path: string): string | undefined {
  return path.split(':')[0]?.split('/').pop() || undefined
}

function ownTable({ uses }: Implementation, { path }: Reference): TableUse | undefined {
  const folders = path.split(':')[0]!.split('/').reverse()
  const named = folders.map((name) => uses.find(({ table }) => table === name)).find((use) => use)
  if (named) return named
  const nearest = [...uses].sort((a, b) => a.distance - b.distance)
  return nearest.find(({ effect }) => effect === 'write') ?? nearest[0]
}
