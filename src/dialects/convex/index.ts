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
  derives: new Set(),
  makes: ['convex/server#makeFunctionReference'],
  types: new Set(['ConvexHttpClient', 'ConvexReactClient', 'ConvexClient']),
  hint: /\b(?:api|internal|anyApi)\s*(?:\?\.|\.|\[)|\.\s*(?:query|mutation|action|watchQuery|onUpdate)\b|\b(?:fetch|preload)(?:Query|Mutation|Action)\b/,
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
  if (callee.type !== 'Identifier' || callee.binding?.kind !== 'import') return undefined
  const { declaration } = callee.binding
  if (declaration.type === 'ImportNamespaceSpecifier' || !(certain || mayBeReference(first))) return undefined
  const name = importedName(declaration)
  const effect = /query/i.test(name) ? 'read' : /mutation/i.test(name) ? 'write' : undefined
  if (effect === undefined && !/action/i.test(name)) return undefined
  return {
    ...candidate(call, callee, first, name, effect, certain),
    detached: following.has(name)
      ? `\`${callee.name}\` follows the query over the connection to one deployment, the one that the application's provider names`
      : `\`${callee.name}\` calls the one deployment that the application is connected to; a client has to be obtained for another`,
  }
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
