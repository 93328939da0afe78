import { memberName, type Node, unwrap, wrapped } from '../../repo/node.ts'
import type { Candidate } from '../dialect.ts'
import { stepsTo } from './chain.ts'

/** Methods that run SQL that is written as text; those but `execute` are of SQLite. */
const running = new Set(['execute', 'run', 'all', 'get', 'values'])

/** What follows a write: nobody else's `insert(x)` or `delete(x)` goes on like this. */
const following: Readonly<Record<string, ReadonlySet<string>>> = {
  insert: new Set(['values', 'select', 'ignore', 'overridingSystemValue']),
  update: new Set(['set']),
  delete: new Set(['where', 'returning', 'limit', 'orderBy']),
}

/** The query that a call begins, by its shape. */
export function recognise(call: Node): Candidate | undefined {
  if (call.type !== 'CallExpression') return undefined
  const callee = unwrap(call.callee)
  if (callee.type !== 'MemberExpression') return undefined
  const method = memberName(callee)
  const [first] = call.arguments as Node[]
  switch (method) {
    case 'from':
      return first && first.type !== 'SpreadElement' ? selected(call, first) : undefined
    case 'insert':
    case 'update':
    case 'delete':
      return first && call.arguments.length === 1 ? written(call, callee, first, method) : undefined
    case '$count':
    case 'refreshMaterializedView':
      return first && access(call, callee.object, first, method, method === '$count' ? 'read' : 'write', true)
    case 'findMany':
    case 'findFirst':
      return relational(call, callee, method)
    default:
      return method !== undefined && running.has(method) && first
        ? run(call, callee, first, method)
        : undefined
  }
}

function access(
  call: Node,
  receiver: Node,
  name: Node,
  operation: string,
  effect: Candidate['effect'],
  certain: boolean,
): Candidate {
  return { call, receiver, kind: 'table', name, operation, ...(effect ? { effect } : {}), certain }
}

/** `db.select().from(users)`, `db.with(sq).selectDistinct().from(users)` */
function selected(call: Node, table: Node): Candidate | undefined {
  const query = stepsTo(call)
  const beginning = query?.steps.findLast(({ method }) => method.startsWith('select'))
  if (!query || !beginning) return undefined
  const certain = table.type !== 'Literal' && table.type !== 'TemplateLiteral'
  return access(call, query.receiver, table, 'select', 'read', certain)
}

function written(call: Node, callee: Node, table: Node, method: string): Candidate | undefined {
  const type = unwrap(table).type
  if (type !== 'Identifier' && type !== 'MemberExpression' && type !== 'CallExpression') return undefined
  const object = unwrap(callee.object)
  const before = object.type === 'CallExpression' ? unwrap(object.callee) : undefined
  const receiver =
    before?.type === 'MemberExpression' && memberName(before) === 'with' ? before.object : callee.object
  // `client.from('t').insert(rows)` is Supabase's: here nothing is written to what was selected from.
  if (before?.type === 'MemberExpression' && memberName(before) === 'from') return undefined
  return access(call, receiver, table, method, 'write', goesOn(call, method))
}

/** Whether a write goes on as only Drizzle's does. */
function goesOn(call: Node, method: string): boolean {
  const outer = wrapped(call)
  const member =
    outer.parent?.type === 'MemberExpression' && outer.parent.object === outer ? outer.parent : undefined
  const next = member && memberName(member)
  if (next === undefined || !following[method]!.has(next)) return false
  // Rows come from a query; columns, as in Supabase's `insert(rows).select('id')`, are the names of something else.
  return next !== 'select' || isQueryGiven(wrapped(member!).parent)
}

function isQueryGiven(call: Node): boolean {
  const given = (call.arguments as Node[] | undefined)?.[0]
  return given !== undefined && given.type !== 'Literal' && given.type !== 'TemplateLiteral'
}

/** `db.query.users.findMany({ with: … })` */
function relational(call: Node, callee: Node, method: string): Candidate | undefined {
  const table = unwrap(callee.object)
  if (table.type !== 'MemberExpression') return undefined
  const query = unwrap(table.object)
  if (query.type !== 'MemberExpression' || !isQuery(memberName(query))) return undefined
  return access(call, query.object, table.property, method, 'read', true)
}

function isQuery(name: string | undefined): boolean {
  return name === 'query' || name === '_query'
}

/** ``db.execute(sql`…`)`` */
function run(call: Node, callee: Node, text: Node, method: string): Candidate | undefined {
  const given = unwrap(text)
  const isTagged =
    given.type === 'TaggedTemplateExpression' ||
    (given.type === 'CallExpression' &&
      unwrap(given.callee).type === 'MemberExpression' &&
      memberName(unwrap(given.callee)) === 'raw')
  if (method !== 'execute' && !isTagged) return undefined
  const query = unwrap(callee.object)
  // `db.select().from(users).execute()` runs what was begun before.
  if (query.type === 'CallExpression') return undefined
  return { ...access(call, callee.object, text, method, undefined, isTagged) }
}
