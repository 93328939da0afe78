import { importedName } from '../../repo/module.ts'
import { memberName, type Node, unwrap } from '../../repo/node.ts'
import type { Candidate, Dialect, Effect } from '../dialect.ts'
import { type Given, type HookCandidate, queriesOf } from './hooks.ts'
import { isWrittenReference, mayBeReference } from './reference.ts'
import { touches } from './touches.ts'

/** Methods of a client that run a function of its deployment. */
const methods = new Map<string, Effect | undefined>([
  ['query', 'read'],
  ['consistentQuery', 'read'],
  ['mutation', 'write'],
  ['action', undefined],
  ['watchQuery', 'read'],
  ['onUpdate', 'read'],
])

/** What follows the changes of a query, over a connection to one deployment. */
const following = new Set([
  ...['watchQuery', 'onUpdate'],
  ...['useQuery', 'usePaginatedQuery', 'useSuspenseQuery', 'useStableQuery', 'useCachedQuery'],
  ...['useConvexQuery', 'useConvexPaginatedQuery', 'useQueryWithStatus', 'convexQuery', 'preloadQuery'],
  ...['useQueries', 'usePreloadedQuery'],
])

/** Functions of a package that run a function once, and the method of a client that does so. */
const fetching = new Map([
  ['fetchQuery', 'query'],
  ['fetchMutation', 'mutation'],
  ['fetchAction', 'action'],
])

/** Packages whose functions talk to the one deployment that the application is connected to. */
const packages = [
  'convex/react',
  'convex/nextjs',
  'convex-helpers/react',
  'convex-helpers/react/cache',
  'convex-helpers/react/cache/hooks',
  'convex-helpers/react/sessions',
  '@convex-dev/react-query',
  'convex-svelte',
  'convex-vue',
]

/** Convex: functions of a deployment that clients of `convex/browser`, `convex/nextjs` and `convex/react` run. */
export const convex: Dialect = {
  name: 'convex',
  presence: /['"]convex\/(?:browser|react|nextjs|server|values)['"]|_generated\/api/,
  shape: /\.\s*(?:query|mutation|action)\s*\(\s*(?:api|internal)\s*\.\s*\w+\s*\.\s*\w+/,
  constructors: [
    'convex/browser#ConvexHttpClient',
    'convex/browser#ConvexClient',
    'convex/react#ConvexReactClient',
    'convex/react#useConvex',
    'convex/react#useConvexClient',
  ],
  ambient: [...packages.map((name) => `${name}#*`)],
  // On one ConvexHttpClient, mutations that wait in its queue run as whoever is signed in when their turn comes.
  signsIn: { methods: new Set(['setAuth']), constructors: ['convex/browser#ConvexHttpClient'] },
  derives: new Set(),
  makes: ['convex/server#makeFunctionReference', 'convex/nextjs#preloadQuery'],
  types: new Set(['ConvexHttpClient', 'ConvexReactClient', 'ConvexClient']),
  hint: /\b(?:api|internal|anyApi)\s*(?:\?\.|\.|\[)|\.\s*(?:query|mutation|action|watchQuery|onUpdate|setAuth)\b|\b(?:fetch|preload|usePreloaded)(?:Query|Mutation|Action)\b|\buseQueries\b/,
  recognise,
  touches,
}

function recognise(call: Node): Candidate | readonly Candidate[] | undefined {
  if (call.type !== 'CallExpression') return undefined
  const [first] = call.arguments as Node[]
  if (!first || first.type === 'SpreadElement') return undefined
  const certain = isWrittenReference(first)
  const callee = unwrap(call.callee)
  if (callee.type === 'MemberExpression') {
    const method = memberName(callee)
    // `import * as convex from 'convex/react'`
    if (method !== undefined && !methods.has(method) && isNamespace(callee.object))
      return ofPackage(call, callee, method, first, certain)
    if (method === undefined || !methods.has(method) || !(certain || mayBeReference(first))) return undefined
    return candidate(call, callee.object, first, method, methods.get(method), certain)
  }
  if (callee.type !== 'Identifier') return undefined
  return callee.binding?.kind === 'import'
    ? imported(call, callee, first, certain)
    : certain
      ? handed(call, callee, first)
      : undefined
}

/** `useQuery(api.tasks.list)`, `fetchQuery(api.tasks.list, {})`: the package's own function runs the deployment's. */
function imported(
  call: Node,
  callee: Node,
  first: Node,
  certain: boolean,
): Candidate | readonly Candidate[] | undefined {
  const { declaration } = callee.binding!
  return declaration.type === 'ImportNamespaceSpecifier'
    ? undefined
    : ofPackage(call, callee, importedName(declaration), first, certain)
}

function isNamespace(object: Node): boolean {
  return unwrap(object).binding?.declaration.type === 'ImportNamespaceSpecifier'
}

/** @param name what the package calls the function */
function ofPackage(
  call: Node,
  callee: Node,
  name: string,
  first: Node,
  certain: boolean,
): Candidate | readonly Candidate[] | undefined {
  const names = namesOf(name, first)
  if (names) return names.map(({ node, given }) => hook(call, callee, node, name, given))
  if (!(certain || mayBeReference(first))) return undefined
  const effect = effectOf(name)
  if (effect === undefined && !/action/i.test(name)) return undefined
  const base = candidate(call, callee, first, name, effect, certain)
  if (following.has(name)) return { ...base, detached: followed(name) }
  const method = fetching.get(name)
  if (method === undefined)
    return {
      ...base,
      detached: `\`${name}\` calls the deployment that the application is connected to, and takes no client`,
    }
  return call.arguments.length < 3
    ? { ...base, method }
    : {
        ...base,
        detached: `\`${name}\` gets options of its own (a sign-in or an address), which a client's \`${method}\` does not take`,
      }
}

/** What a hook that is not given the function itself is told: functions by name, or a result that was begun on a server. */
function namesOf(hook: string, first: Node): { node: Node; given: Given }[] | undefined {
  if (hook === 'useQueries') return queriesOf(first).map((node) => ({ node, given: 'queries' }))
  return hook === 'usePreloadedQuery' ? [{ node: first, given: 'preloaded' }] : undefined
}

function hook(call: Node, callee: Node, node: Node, name: string, given: Given): HookCandidate {
  return { ...candidate(call, callee, node, name, 'read', true), detached: followed(name), given }
}

function followed(name: string): string {
  return `\`${name}\` follows the query over one connection, to the deployment that the application is connected to`
}

/** A function that is handed in: `run(api.tasks.list, {})`. */
function handed(call: Node, callee: Node, first: Node): Candidate | undefined {
  // `({ runQuery }, args) => …` is a function of the deployment itself.
  if (callee.binding?.kind !== 'parameter' || /^run(?:Query|Mutation|Action)$/.test(callee.name))
    return undefined
  return {
    ...candidate(call, callee, first, callee.name, effectOf(callee.name), true),
    detached: `\`${callee.name}\` is handed in: whoever calls has to hand over a function of the other deployment`,
  }
}

function effectOf(name: string): Effect | undefined {
  return /quer(?:y|ies)/i.test(name) ? 'read' : /mutation/i.test(name) ? 'write' : undefined
}

function candidate(
  call: Node,
  receiver: Node,
  name: Node,
  method: string,
  effect: Effect | undefined,
  certain: boolean,
): Candidate {
  return {
    call,
    receiver,
    kind: 'table',
    name,
    operation: following.has(method) ? 'subscribe' : method,
    ...(effect === undefined ? {} : { effect }),
    certain,
  }
}
