import { keyName, type Node, unwrap } from '../../repo/node.ts'
import type { Candidate, TargetKind } from '../dialect.ts'

/** Paths under which a Supabase project answers: https://supabase.com/docs/guides/api */
export const restPaths = /\/?(?:rest|storage|graphql)\/v1\b/

/** What an address of PostgREST, of the storage or of GraphQL asks for. */
export interface RestTarget {
  readonly kind: TargetKind
  /** Undefined where it is only known at run time. */
  readonly name?: string
  readonly dynamic?: string
  /** The address ends before the name. */
  readonly ends?: true
  /** The `select` parameter, with null for what is only known at run time. */
  readonly select?: readonly (string | null)[]
}

/**
 * Reads an address: `…/rest/v1/accounts?select=*`, `…/rest/v1/rpc/close_month`, `…/storage/v1/object/files/a.pdf`.
 * @param parts the text in order; null for each part that is only known at run time
 */
export function restTarget(parts: readonly (string | null)[]): RestTarget | undefined {
  const at = parts.findIndex((part) => part !== null && restPaths.test(part))
  if (at < 0) return undefined
  const text = parts[at]!
  const found = restPaths.exec(text)!
  const rest = [text.slice(found.index + found[0].length), ...parts.slice(at + 1)]
  // Other services have a `/graphql/v1` of their own.
  const host = /^https?:\/\/([^/]+)/.exec(text)?.[1]
  if (found[0].includes('graphql') && host !== undefined && !/supabase|localhost|127\.0\.0\.1/.test(host))
    return undefined
  if (found[0].includes('graphql'))
    return { kind: 'table', dynamic: 'a GraphQL query names its tables in its own text' }
  const question = rest.findIndex((part) => part?.includes('?'))
  const path = question < 0 ? rest : [...rest.slice(0, question), rest[question]!.split('?', 1)[0]!]
  const segments = segmentsOf(path)
  const known = (segment: string | null | undefined): Pick<RestTarget, 'name' | 'dynamic' | 'ends'> =>
    segment === undefined || segment === ''
      ? {
          ends: true,
          dynamic: 'the address ends before the table, which is added where it can not be followed',
        }
      : segment === null
        ? { dynamic: 'a part of the address is only known at run time' }
        : { name: decoded(segment) }
  if (found[0].includes('storage')) {
    const [action, next, further] = segments
    if (action !== 'object') return undefined
    const bucket = ['public', 'sign', 'authenticated', 'list', 'info', 'upload'].includes(next ?? '')
      ? further
      : next
    return { kind: 'bucket', ...known(bucket) }
  }
  if (segments[0] === 'rpc') return { kind: 'function', ...known(segments[1]) }
  const select = question < 0 ? undefined : selectOf(rest.slice(question))
  return { kind: 'table', ...known(segments[0]), ...(select ? { select } : {}) }
}

/** The segments of a path; null for one with a part that is only known at run time. */
function segmentsOf(path: readonly (string | null)[]): (string | null)[] {
  const segments: (string | null)[] = []
  let current: string | null = ''
  for (const part of path) {
    if (part === null) {
      current = null
      continue
    }
    const [first, ...others]: string[] = part.split('/') as [string, ...string[]]
    if (current !== null) current += first
    for (const next of others) {
      segments.push(current)
      current = next
    }
  }
  segments.push(current)
  // The text after the version begins with the slash.
  return segments[0] === '' ? segments.slice(1) : segments
}

/** The `select` parameter of a query that begins with `?`. */
function selectOf(query: readonly (string | null)[]): (string | null)[] | undefined {
  const found: (string | null)[] = []
  let inside = false
  query.forEach((part, index) => {
    const text = part === null ? null : index === 0 ? part.slice(part.indexOf('?')) : part
    if (text === null) {
      if (inside) found.push(null)
      return
    }
    for (const piece of text.split(/(?=[?&])/)) {
      if (/^[?&]/.test(piece)) inside = /^[?&]select=/.test(piece)
      if (inside) found.push(decoded(piece.replace(/^[?&]select=/, '')))
    }
  })
  return found.length > 0 ? found : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Functions and methods that send requests. */
const senders = /^(?:\$?fetch|ofetch|axios|ky|got|request|get|head|post|put|patch|delete|del|Request)$/

const operations: Readonly<Record<string, string>> = {
  GET: 'select',
  HEAD: 'select',
  POST: 'insert',
  PATCH: 'update',
  PUT: 'upsert',
  DELETE: 'delete',
}

/**
 * The access that a request is; undefined where it asks for no rows, files or functions.
 * @param call what sends the request
 * @param address the expression of its address
 * @param parts the text of it
 * @param method the name of what is called: `fetch`, `post`; undefined where the address is only handed on
 */
export function restAccess(
  call: Node,
  address: Node,
  parts: readonly (string | null)[],
  method: string | undefined,
): Candidate | undefined {
  const target = restTarget(parts)
  if (!target) return undefined
  // A link to a file asks for nothing until somebody follows it.
  if (target.kind === 'bucket' && (method === undefined || !senders.test(method))) return undefined
  // The root describes the tables: what asks for it wants to know whether anybody answers.
  if (target.ends && method !== undefined && senders.test(method)) return undefined
  const verb = methodOf(call) ?? method?.toUpperCase() ?? 'GET'
  const operation = operations[verb] ?? 'select'
  return {
    call,
    receiver: address,
    address,
    name: address,
    kind: target.kind,
    operation,
    effect: operation === 'select' ? 'read' : 'write',
    certain: true,
    detached: 'it addresses PostgREST by itself: ask through a client',
  }
}

/** `{ method: 'POST' }` among the arguments. */
function methodOf(call: Node): string | undefined {
  for (const argument of (call.arguments ?? []) as Node[]) {
    const options = unwrap(argument)
    if (options.type !== 'ObjectExpression') continue
    const entry = options.properties.find(
      (item: Node) => item.type === 'Property' && keyName(item) === 'method',
    )
    const value = entry && unwrap(entry.value)
    if (value?.type === 'Literal' && typeof value.value === 'string') return value.value.toUpperCase()
  }
  return undefined
}
