import type { Module } from '../repo/module.ts'
import { enclosingFunction, isFunction, type Node, unwrap, wrapped } from '../repo/node.ts'
import type { Access } from './accesses.ts'
import { callersOf } from './callers.ts'
import { creationOf } from './creations.ts'
import type { KeptFact } from './facts.ts'
import { exportedName } from './handlers.ts'
import { rootOf } from './holders.ts'
import { keptAt } from './kept.ts'
import { holdsTenant } from './keys.ts'
import { argumentFor } from './presence.ts'
import type { Place, Program } from './program.ts'

/** How far a read is followed into its callers, up to the function that is cached. */
const mostCallers = 4

/** Caches that keep what an access to a tenant's database reads under a key without the tenant. */
export function cachedReads(program: Program, access: Access): KeptFact[] {
  const clients = access.clients.filter((client) =>
    program.rules.databases.some((database) => database.perTenant && database.name === client.database),
  )
  if (clients.length === 0 || access.fact.kind === 'auth') return []
  const ids = clients.flatMap((client) => {
    const id =
      client.origin.node.type === 'CallExpression'
        ? creationOf(program, client.origin.module, client.origin.node)?.id
        : undefined
    return id ? [id] : []
  })
  const fact = ({ module, node }: Place, where: string, key?: Node): KeptFact => ({
    file: program.repository.relative(module.file),
    range: module.range(node),
    database: clients[0]!.database!,
    where,
    ...(key ? { key: module.text.slice(key.start, key.end) } : {}),
    evidence: [
      {
        file: access.fact.file,
        line: access.fact.range.start.line,
        column: access.fact.range.start.column,
        message: `read from ${clients[0]!.database} here`,
      },
    ],
  })
  const kept = keptAt(program, access.module, access.candidate.call, ids, true)
    .filter((item) => !(item.key && holdsTenant(program, item.module, item.key, item.ids)))
    .map((item) => fact(item, item.where, item.key))
  const cached = usesCaches(program)
    ? cachesAround(program, access.module, access.candidate.call, ids).map(({ place, where, key }) =>
        fact(place, where, key),
      )
    : []
  return [...kept, ...cached]
}

const known = new WeakMap<Program, boolean>()

/** Whether any file speaks of the caches of Next.js. */
function usesCaches(program: Program): boolean {
  let uses = known.get(program)
  if (uses === undefined) {
    const { repository } = program
    uses = repository.anyMentions('unstable_cache') || repository.anyMentions('use cache')
    known.set(program, uses)
  }
  return uses
}

interface Cache {
  readonly place: Place
  readonly where: string
  readonly key?: Node
}

/** The cached functions that run a place, when their keys don't hold the tenant. */
function cachesAround(
  program: Program,
  module: Module,
  node: Node,
  ids: readonly Node[],
  depth = 0,
  seen = new Set<Node>(),
): Cache[] {
  const found: Cache[] = []
  for (let fn = enclosingFunction(node); fn; fn = enclosingFunction(fn)) {
    if (seen.has(fn)) continue
    seen.add(fn)
    const cached = cachesOf(program, module, fn)
    // The arguments of a cached function are a part of its key.
    const isArgument = ids.some((id) => {
      const root = rootOf(id)
      return root?.kind === 'parameter' && root.declaration === fn
    })
    for (const cache of cached)
      if (
        !isArgument &&
        !(cache.keys && holdsTenant(program, cache.place.module, cache.keys, ids)) &&
        !(cache.closes && ids.some((id) => isOutside(id, fn)))
      )
        found.push({ place: cache.place, where: cache.where, ...(cache.keys ? { key: cache.keys } : {}) })
    if (cached.some((cache) => cache.closes) || depth >= mostCallers) continue
    for (const call of callersOf(program, module, fn).calls) {
      const handed = ids.flatMap((id) => {
        const root = rootOf(id)
        const argument =
          root?.kind === 'parameter' && root.declaration === fn ? argumentFor(root, call.node) : undefined
        return argument ? [argument] : []
      })
      found.push(...cachesAround(program, call.module, call.node, [...ids, ...handed], depth + 1, seen))
    }
  }
  return found
}

interface CachedFunction {
  readonly place: Place
  readonly where: string
  readonly keys?: Node
  /** What the function closes over is a part of the key. */
  readonly closes: boolean
}

function cachesOf(program: Program, module: Module, fn: Node): CachedFunction[] {
  const directive =
    cacheDirective(fn.body) ??
    (exportedName(module, fn) === undefined ? undefined : cacheDirective(module.program))
  if (directive) return [{ place: { module, node: directive }, where: "`'use cache'`", closes: true }]
  const places: Place[] = [{ module, node: fn }, ...callersOf(program, module, fn).escapes]
  return places.flatMap((place): CachedFunction[] => {
    const outer = wrapped(place.node)
    const call = outer.parent
    if (call?.type !== 'CallExpression' || call.arguments[0] !== outer) return []
    const declared = program.declaredOf(place.module, unwrap(call.callee))
    if (
      declared?.kind !== 'external' ||
      declared.module !== 'next/cache' ||
      declared.name !== 'unstable_cache'
    )
      return []
    return [
      {
        place: { module: place.module, node: call },
        where: '`unstable_cache`',
        closes: false,
        ...(call.arguments[1] ? { keys: call.arguments[1] } : {}),
      },
    ]
  })
}

/** `'use cache'` and its remote form; a private cache belongs to one visitor. */
function cacheDirective(body: Node | undefined): Node | undefined {
  if (body?.type !== 'BlockStatement' && body?.type !== 'Program') return undefined
  return body.body.find(
    (statement: Node) => statement.directive === 'use cache' || statement.directive === 'use cache: remote',
  )
}

/** Whether an id is a variable of a function around the cached one. */
function isOutside(id: Node, fn: Node): boolean {
  const root = rootOf(id)
  return (
    root !== undefined &&
    root.scope.kind !== 'module' &&
    isFunction(fn) &&
    !(fn.start <= root.id.start && root.id.end <= fn.end)
  )
}
