import { memberName, type Node, unwrap, walk } from '../../repo/node.ts'
import type { ClientEntry, Rules } from '../../rules/model.ts'
import { loadParser } from '../../sql/parser.ts'
import type { Candidate, Dialect } from '../dialect.ts'
import { perCode, type Sight } from '../sight.ts'
import { readingOf, tagTexts } from './parts.ts'
import { queryText } from './query-argument.ts'
import { touchesOfTexts } from './touches.ts'

/** Methods of a client whose first argument is SQL: `query` of most, `unsafe` of postgres.js, `execute` of mysql2 and PlanetScale. */
const queries = new Set(['query', 'unsafe', 'execute'])

/** How a text begins that can only be a statement. */
const statement =
  /^(?:\s|--.*\n|\/\*[\s\S]*?\*\/)*(?:select\s[\s\S]*|with\s[\s\S]+\bas\s*(?:materialized\s*)?\([\s\S]*|insert\s+into\s[\s\S]*|update\s[\s\S]+\sset\s[\s\S]*|delete\s+from\s[\s\S]*)/i

/**
 * SQL written as text: pg (`pool.query`), postgres.js (tags, `sql.begin`, `sql.unsafe`), `@vercel/postgres`,
 * `@neondatabase/serverless`, mysql2, PlanetScale, and a team's own functions that the rules name with `"sql": 0`.
 */
export const sql: Dialect = {
  name: 'sql',
  sqlNames: true,
  // Where it is imported: lists of packages name these too.
  presence:
    /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*['"](?:npm:)?(?:pg|pg-pool|pg-cursor|pg-query-stream|postgres|@vercel\/postgres|@neondatabase\/serverless|mysql2?(?:\/promise)?|@planetscale\/database)(?:@[^'"]*)?['"]/,
  shape:
    /\.\s*(?:query|unsafe|execute)\s*(?:<[^(]*>\s*)?\(\s*['"`]\s*(?:select\s|insert\s+into\s|update\s|delete\s+from\s|with\s)/i,
  constructors: [
    ...['pg', 'npm:pg'].flatMap((name) =>
      ['Pool', 'Client', 'native', 'default.Pool', 'default.Client'].map((made) => `${name}#${made}`),
    ),
    'pg-pool#default',
    'postgres#default',
    'npm:postgres#default',
    'postgres#postgres',
    '@vercel/postgres#sql',
    '@vercel/postgres#db',
    '@vercel/postgres#createPool',
    '@vercel/postgres#createClient',
    '@neondatabase/serverless#neon',
    '@neondatabase/serverless#Pool',
    '@neondatabase/serverless#Client',
    ...['mysql', 'mysql2', 'mysql2/promise', 'npm:mysql2', 'npm:mysql2/promise'].flatMap((name) =>
      ['createPool', 'createConnection', 'createPoolCluster'].flatMap((made) => [
        `${name}#${made}`,
        `${name}#default.${made}`,
      ]),
    ),
    '@planetscale/database#connect',
    '@planetscale/database#Client',
  ],
  derives: new Set(['connect', 'reserve', 'getConnection', 'promise', 'connection']),
  builds: new Set(['`', '()']),
  controls: new Set([
    ...['release', 'end', 'on', 'listen', 'notify'],
    ...['beginTransaction', 'commit', 'rollback', 'destroy', 'ping', 'escape', 'escapeId', 'format'],
  ]),
  hands: new Map([
    ['begin', 0],
    ['savepoint', 0],
    ['connect', 1],
    ['getConnection', 1],
    ['transaction', 0],
  ]),
  kindOf,
  transactions: new Set(['begin', 'transaction']),
  makes: ['pg#Query', 'pg-cursor#default', 'pg-query-stream#default'],
  types: new Set([
    'PoolClient',
    'PoolConnection',
    'TransactionSql',
    'NeonQueryFunction',
    'VercelPool',
    'VercelPoolClient',
  ]),
  hint: /\.\s*(?:query|unsafe|execute)\s*[<(]|\bsql\s*(?:<[^`;]*>)?`/,
  // A text that begins like a statement, or with a comment.
  sure: /\.\s*(?:query|unsafe|execute)\s*(?:<[^(]*>)?\((?:[\s(]|\/\/.*|\/\*(?:[^*]|\*(?!\/))*\*\/)*['"`](?:\s|\\[nrt])*(?:select|with|insert|update|delete|--|\/\*)|\bsql\s*(?:<[^`;]*>)?`/i,
  prepare: async () => void (await loadParser()),
  forRules: withFunctions,
  recognise,
  // `db.sql` and `client.sql` of @vercel/postgres are tags of the client they are members of.
  part: (candidate, names) => (names.includes('sql') || names.includes('query') ? candidate : undefined),
  touches,
}

/** Tags are no pools: `sql\`…\`` of postgres.js can't become a client of `pg`, which has `query`. */
function kindOf(maker: string): string | undefined {
  const [module = '', name = ''] = maker.replace(/^npm:/, '').split('#')
  if (module === '@neondatabase/serverless') return name === 'neon' ? module : 'pg'
  return module.split('/')[0] === 'mysql2' ? 'mysql2' : module
}

function recognise(call: Node): Candidate | undefined {
  if (call.type === 'TaggedTemplateExpression') return tagged(call)
  if (call.type !== 'CallExpression') return undefined
  const callee = unwrap(call.callee)
  const [first] = call.arguments as Node[]
  if (!first || first.type === 'SpreadElement') return undefined
  if (callee.type === 'MemberExpression') {
    const method = memberName(callee)
    if (method === undefined || !queries.has(method)) return undefined
    return candidate(call, callee.object, first, statement.test(beginningOf(first)))
  }
  // neon's client is a function of a text: `sql('SELECT …', [id])`.
  return callee.type === 'Identifier' && statement.test(beginningOf(first))
    ? candidate(call, callee, first, false)
    : undefined
}

function candidate(call: Node, receiver: Node, text: Node, certain: boolean): Candidate {
  return { call, receiver, kind: 'table', name: text, operation: 'query', certain }
}

/** A tagged template, unless it is a piece of another one. */
function tagged(call: Node): Candidate | undefined {
  if (isPiece(call)) return undefined
  const tag = unwrap(call.tag)
  const certain = tag.type === 'Identifier' && (tag.binding?.kind === 'parameter' || isVercels(tag))
  return {
    ...candidate(call, tag, call.quasi, certain && statement.test(beginningOf(call.quasi))),
    also: sameTags(call.quasi, tag),
  }
}

/** `sql` of `@vercel/postgres` is a client as it is imported. Other imported tags may only make texts. */
function isVercels(tag: Node): boolean {
  const declaration = tag.binding?.kind === 'import' ? tag.binding.declaration : undefined
  return declaration?.parent?.source?.value === '@vercel/postgres'
}

/** Where the tag stands inside of its own template: in pieces, and as a helper. */
function sameTags(quasi: Node, tag: Node): Node[] {
  const found: Node[] = []
  if (tag.type === 'Identifier')
    for (const expression of quasi.expressions as Node[])
      walk(expression, (node) => {
        const inner =
          node.type === 'TaggedTemplateExpression' ? node.tag : node.type === 'CallExpression' && node.callee
        if (inner && unwrap(inner).type === 'Identifier' && unwrap(inner).binding === tag.binding)
          found.push(unwrap(inner))
        return true
      })
  return found
}

function isPiece(call: Node): boolean {
  for (let at: Node | undefined = call.parent; at; at = at.parent) {
    if (at.type === 'TaggedTemplateExpression') return true
    if (at.type.endsWith('Statement') || at.type === 'VariableDeclaration') return false
  }
  return false
}

/** The text of a literal up to its first interpolation. */
function beginningOf(node: Node): string {
  const text = unwrap(node)
  if (text.type === 'Literal') return typeof text.value === 'string' ? text.value : ''
  if (text.type !== 'TemplateLiteral') return ''
  return (text.quasis as Node[]).map((quasi) => quasi.value.cooked ?? quasi.value.raw).join(' $1 ')
}

function touches({ call, receiver, name }: Candidate, sight: Sight) {
  if (call.type === 'TaggedTemplateExpression')
    return touchesOfTexts(tagTexts(call, readingOf(sight)), call.quasi, sight)
  const index = functionsOfRules(sight.code).get(calledName(receiver) ?? '') ?? 0
  const text: Node | undefined = receiver === unwrap(call.callee) ? call.arguments[index] : name
  if (!text || text.type === 'SpreadElement')
    return { names: [], dynamic: 'the query is only known at run time', embeds: [] }
  return touchesOfTexts(queryText(text, readingOf(sight)), text, sight)
}

/** The dialect for a team whose functions run SQL: their calls are queries as well. */
function withFunctions(rules: Rules): Dialect {
  const functions = entriesOf(rules)
  if (functions.length === 0) return sql
  const { presence: _, ...always } = sql
  const names = new Set(functions.map((entry) => entry.name.member ?? entry.name.export))
  return {
    ...always,
    hint: new RegExp(`${sql.hint.source}|${functions.map((entry) => escaped(wordOf(entry))).join('|')}`),
    recognise(call) {
      const known = recognise(call)
      if (call.type !== 'CallExpression' || call.arguments.length === 0) return known
      // A function of the rules is no client that can be called, although it is called like one.
      if (known && unwrap(call.callee).type === 'MemberExpression') return known
      const name = calledName(call.callee)
      if (name === undefined || !names.has(name)) return known
      const receiver = unwrap(call.callee)
      return {
        ...candidate(call, receiver, call.arguments[0], false),
        detached: `it is asked through \`${name}\`, a function without a client that could be exchanged: give it the tenant's, or ask the client itself`,
      }
    },
  }
}

const functionsOfRules = perCode(
  ({ rules }): ReadonlyMap<string, number> =>
    new Map(entriesOf(rules).map((entry) => [entry.name.member ?? entry.name.export, entry.sql!])),
)

function entriesOf(rules: Rules): ClientEntry[] {
  return rules.databases.flatMap(({ clients }) => clients.filter((entry) => entry.sql !== undefined))
}

/** The exported name of what is called, also where it is imported under another one. */
function calledName(callee: Node): string | undefined {
  const node = unwrap(callee)
  if (node.type === 'MemberExpression') return memberName(node)
  if (node.type !== 'Identifier') return undefined
  const declaration = node.binding?.kind === 'import' ? node.binding.declaration : undefined
  if (declaration?.type === 'ImportDefaultSpecifier') return 'default'
  return declaration?.imported?.name ?? declaration?.imported?.value ?? node.name
}

/** A word that every file with a call of a function has to contain. */
function wordOf({ name }: ClientEntry): string {
  return name.member ?? (name.export === 'default' ? name.module.split('/').pop()! : name.export)
}

function escaped(word: string): string {
  return word.replace(/[^\w]/g, '\\$&')
}
