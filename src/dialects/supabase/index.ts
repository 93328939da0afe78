import { keyName, memberName, type Node, unwrap } from '../../repo/node.ts'
import type { Rules } from '../../rules/model.ts'
import { loadParser } from '../../sql/parser.ts'
import type { Candidate, Dialect, Effect } from '../dialect.ts'
import { AnyOf, between, Followed } from '../shape.ts'
import { chain } from './chain.ts'
import { columnsOf } from './columns.ts'
import { restAccess, restPaths } from './rest.ts'
import { touches } from './touches.ts'

const operations = new Set(['select', 'insert', 'update', 'upsert', 'delete'])
const bucketOperations = new Set([
  'upload',
  'download',
  'remove',
  'list',
  'move',
  'copy',
  'getPublicUrl',
  'createSignedUrl',
  'createSignedUrls',
  'createSignedUploadUrl',
  'uploadToSignedUrl',
  'info',
  'exists',
  'update',
])

/** Supabase: PostgREST queries, functions, storage, sign-in and realtime of `@supabase/supabase-js` clients. */
export const supabase: Dialect = {
  name: 'supabase',
  // Where it is used: lists of packages name it too.
  presence:
    /\b(?:from|import|require)\b[\s(]*['"`][^'"`\n]*(?:supabase|postgrest)|\bSupabaseClient\b|SUPABASE_|\bsupabase\s*[.:=?)]|\/rest\/v1\/|\/graphql\/v1|\/storage\/v1\//,
  shape: /\.\s*from\s*\(\s*['"`][^'"`\n]*['"`]\s*\)\s*\.\s*(?:select|insert|update|upsert|delete)\s*\(/,
  forRules: withClients,
  sqlNames: true,
  constructors: [
    '@supabase/supabase-js#createClient',
    '@supabase/supabase-js#SupabaseClient',
    '@supabase/ssr#createServerClient',
    '@supabase/ssr#createBrowserClient',
    '@supabase/auth-helpers-nextjs#createClientComponentClient',
    '@supabase/auth-helpers-nextjs#createServerComponentClient',
    '@supabase/auth-helpers-nextjs#createRouteHandlerClient',
    '@supabase/auth-helpers-nextjs#createServerActionClient',
    '@supabase/auth-helpers-nextjs#createMiddlewareClient',
    '@supabase/auth-helpers-nextjs#createPagesServerClient',
    '@supabase/auth-helpers-nextjs#createPagesBrowserClient',
    '@supabase/auth-helpers-remix#createServerClient',
    '@supabase/auth-helpers-remix#createBrowserClient',
    '@supabase/postgrest-js#PostgrestClient',
  ],
  derives: new Set(['schema', 'channel']),
  types: new Set(['SupabaseClient', 'PostgrestClient']),
  hint: /\.\s*(?:from|rpc)\b|\.\s*storage\b|postgres_changes|\.\s*auth\s*\.|[{,]\s*(?:from|rpc)\s*[,:}=]|\[\s*['"`](?:from|rpc)['"`]|\/v1\b/,
  sure: new AnyOf(
    // `.from('accounts')`, alone in its parentheses
    /\.\s*from\s*(?:<[^;{}()]*>)?\s*(?:\?\.)?\s*\(\s*['"][A-Za-z_][\w.]*['"]\s*,?\s*\)/,
    // `.from(name).select(…)`
    new Followed(
      /\.\s*from\b/,
      new RegExp(`\\)${between}\\.\\s*(?:select|insert|upsert|update|delete)\\b`),
      800,
    ),
    /\.\s*rpc\b|\.\s*storage\b|postgres_changes|\[\s*['"`](?:from|rpc)['"`]|\/v1\b/,
  ),
  methods: {
    names: new Set(['from', 'rpc']),
    hint: /\.\s*(?:from|rpc)\b(?!\s*[<(])|[{,]\s*(?:from|rpc)\s*[,:}=]|\[\s*['"`](?:from|rpc)['"`]|\bReflect\b|\[\s*[\w$.]+\s*\]\s*(?:\?\.\s*)?\(/,
    access: (call, method, name) =>
      method.endsWith('rpc')
        ? procedure(call, call, name)
        : method.startsWith('storage')
          ? bucket(call, call, name)
          : table(call, call, name),
  },
  recognise(call) {
    if (call.type !== 'CallExpression') return undefined
    const callee = unwrap(call.callee)
    if (callee.type !== 'MemberExpression') return undefined
    switch (memberName(callee)) {
      case 'from':
        return query(call, unwrap(callee.object))
      case 'rpc':
        return procedure(call, callee.object, call.arguments[0])
      case 'on':
        return subscription(call, callee)
      default:
        return signIn(call, callee)
    }
  },
  part(candidate, names) {
    return candidate.kind === 'table' && names.includes('storage')
      ? bucket(candidate.call, candidate.receiver, candidate.call.arguments[0])
      : undefined
  },
  addresses: { hint: restPaths, access: restAccess },
  columns: columnsOf,
  touches,
  // Functions of the database are read from the SQL files of the rules.
  prepare: async (rules) => void (rules && rules.sql.length > 0 && (await loadParser())),
}

function named(node: Node | undefined): { name?: Node } {
  return node && node.type !== 'SpreadElement' ? { name: node } : {}
}

/** A written text that a table may be called. */
function isTableName(node: Node | undefined): boolean {
  return node?.type === 'Literal' && typeof node.value === 'string' && /^[a-z_][\w.]*$/i.test(node.value)
}

function isText(node: Node | undefined): boolean {
  return node?.type === 'TemplateLiteral' || (node?.type === 'Literal' && typeof node.value === 'string')
}

/** `x.from('t')`, `x.schema('s').from('t')`, `x.storage.from('b')` */
function query(call: Node, object: Node): Candidate | undefined {
  if (object.type === 'MemberExpression' && memberName(object) === 'storage')
    return bucket(call, object.object, call.arguments[0])
  const schema = object.type === 'CallExpression' ? unwrap(object.callee) : undefined
  const receiver =
    schema?.type === 'MemberExpression' && memberName(schema) === 'schema' ? schema.object : object
  return table(call, receiver, call.arguments[0])
}

function table(call: Node, receiver: Node, name: Node | undefined): Candidate {
  const steps = chain(call)
  const writes = steps.methods.find((method) => operations.has(method) && method !== 'select')
  const operation = writes ?? steps.methods.find((method) => operations.has(method))
  return {
    call,
    receiver,
    kind: 'table',
    ...named(name),
    operation: operation ?? 'query',
    ...(operation === undefined ? {} : { effect: (writes === undefined ? 'read' : 'write') as Effect }),
    filters: steps.filters,
    written: steps.written,
    ...(steps.handedOn ? { handedOn: steps.handedOn } : {}),
    certain: operation !== undefined && call.arguments.length === 1,
    likely: call.arguments.length === 1 && isTableName(name),
  }
}

function procedure(call: Node, receiver: Node, name: Node | undefined): Candidate {
  return {
    call,
    receiver,
    kind: 'function',
    ...named(name),
    operation: 'rpc',
    certain: isText(name),
  }
}

function bucket(call: Node, receiver: Node, name: Node | undefined): Candidate {
  const operation = chain(call).methods.find((method) => bucketOperations.has(method))
  return {
    call,
    receiver,
    kind: 'bucket',
    ...named(name),
    operation: operation ?? 'storage',
    certain: operation !== undefined,
  }
}

/** `x.channel('c').on('postgres_changes', { table: 't' }, …)` */
function subscription(call: Node, callee: Node): Candidate | undefined {
  const event = call.arguments[0]
  if (event?.type !== 'Literal' || event.value !== 'postgres_changes') return undefined
  const filter = call.arguments[1]
  const listened =
    filter?.type === 'ObjectExpression'
      ? filter.properties.find((entry: Node) => entry.type === 'Property' && keyName(entry) === 'table')
      : undefined
  return {
    call,
    receiver: channelOf(callee.object),
    kind: 'table',
    ...named(listened?.value),
    operation: 'subscribe',
    certain: true,
  }
}

/** What a chain of `on` starts with: the client whose `channel` is called, or a channel that is kept in a name. */
function channelOf(expression: Node): Node {
  let at = unwrap(expression)
  while (at.type === 'CallExpression') {
    const member = unwrap(at.callee)
    if (member.type !== 'MemberExpression') return at
    at = unwrap(member.object)
    if (memberName(member) === 'channel') return at
  }
  return at
}

/** `x.auth.getUser()`, `x.auth.admin.createUser()` */
function signIn(call: Node, callee: Node): Candidate | undefined {
  let at = unwrap(callee.object)
  for (let steps = 0; steps < 3 && at.type === 'MemberExpression'; steps++) {
    if (memberName(at) === 'auth')
      return {
        call,
        receiver: at.object,
        kind: 'auth',
        operation: memberName(callee) ?? 'auth',
        certain: false,
      }
    at = unwrap(at.object)
  }
  return undefined
}

/**
 * Clients that the rules name may come from a package of the team's own that never says whose they are: then the library
 * is looked for whatever the files say.
 */
function withClients(rules: Rules): Dialect {
  const named = rules.databases
    .flatMap(({ clients }) => clients)
    .some(
      ({ kind, planned, dialect = supabase.name }) => kind !== 'new' && !planned && dialect === supabase.name,
    )
  if (!named) return supabase
  const { presence: _, ...always } = supabase
  return always
}
