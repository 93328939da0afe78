import { importedName } from '../../repo/module.ts'
import { memberName, type Node, unwrap } from '../../repo/node.ts'
import type { Candidate, Dialect, Effect } from '../dialect.ts'
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
  makes: ['convex/server#makeFunctionReference'],
  types: new Set(['ConvexHttpClient', 'ConvexReactClient', 'ConvexClient']),
  hint: /\b(?:api|internal|anyApi)\s*(?:\?\.|\.|\[)|\.\s*(?:query|mutation|action|watchQuery|onUpdate|setAuth)\b|\b(?:fetch|preload)(?:Query|Mutation|Action)\b/,
  recognise,
  touches,
}

function recognise(call: Node): Candidate | undefined {
  if (call.type !== 'CallExpression') return undefined
  const [first] = call.arguments as Node[]
  if (!first || first.type === 'SpreadElement') return undefined
  const certain = isWrittenReference(first)
  const callee = unwrap(call.callee)
  if (callee.type === 'MemberExpression') {
    const method = memberName(callee)
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
function imported(call: Node, callee: Node, first: Node, certain: boolean): Candidate | undefined {
  const { declaration } = callee.binding!
  if (declaration.type === 'ImportNamespaceSpecifier' || !(certain || mayBeReference(first))) return undefined
  const name = importedName(declaration)
  const effect = effectOf(name)
  if (effect === undefined && !/action/i.test(name)) return undefined
  const base = candidate(call, callee, first, name, effect, certain)
  if (following.has(name))
    return {
      ...base,
      detached: `\`${callee.name}\` follows the query over one connection, to the deployment that the application is connected to`,
    }
  const method = fetching.get(name)
  if (method === undefined)
    return {
      ...base,
      detached: `\`${callee.name}\` calls the deployment that the application is connected to, and takes no client`,
    }
  return call.arguments.length < 3
    ? { ...base, method }
    : {
        ...base,
        detached: `\`${callee.name}\` gets options of its own (a sign-in or an address), which a client's \`${method}\` does not take`,
      }
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
  return /query/i.test(name) ? 'read' : /mutation/i.test(name) ? 'write' : undefined
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
