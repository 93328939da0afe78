import { memberName, type Node, unwrap, walk } from '../../repo/node.ts'
import type { Candidate, Embed, Name, Touches } from '../dialect.ts'
import type { Seen, SeenMade, SeenObject, Sight } from '../sight.ts'
import { tagTexts } from '../sql/parts.ts'
import { queryText } from '../sql/query-argument.ts'
import { touchesOfTexts } from '../sql/touches.ts'
import { type Step, stepsAfter, stepsTo } from './chain.ts'
import { libraryOf } from './library.ts'
import { builders, sqlTags } from './packages.ts'
import { drizzleReading } from './sql-texts.ts'
import { type Table, tablesOf } from './tables.ts'

/** The tables that a query touches: its own, those it joins, those of its subqueries and of SQL that stands in it. */
export function touches(candidate: Candidate, sight: Sight): Touches | undefined {
  const { call, name, operation } = candidate
  if (operation === 'findMany' || operation === 'findFirst') return relational(candidate, sight)
  if (!name) return undefined
  if (!['select', 'insert', 'update', 'delete', '$count', 'refreshMaterializedView'].includes(operation))
    return touchesOfTexts(queryText(name, drizzleReading(sight)), name, sight)
  const embeds = new Embeds(sight)
  const own = target(name, sight, embeds)
  const steps = [...(operation === 'select' ? (stepsTo(call)?.steps ?? []) : []), ...stepsAfter(call)]
  for (const step of steps) if (step.call !== call) embeds.addStep(step)
  if (own.names.length === 0 && own.dynamic === undefined) {
    // A query of a subquery: what it touches was said where that is made, unless it joins a table of its own.
    const [first, ...others] = embeds.found
    if (!first?.name) return undefined
    return { names: [first.name], embeds: others }
  }
  return {
    ...own,
    embeds: embeds.found.filter((embed) => !own.names.some((table) => table[0] === embed.name?.[0])),
    ...(embeds.open ? { open: embeds.open } : {}),
  }
}

/** The tables of an expression in `from(…)`, `insert(…)`: subqueries are none. */
function target(node: Node, sight: Sight, embeds: Embeds): Pick<Touches, 'names' | 'dynamic'> {
  const names = new Map<string, Name>()
  let dynamic: string | undefined
  for (const item of sight.look(node)) {
    const tables = tablesOf([item])
    for (const { name } of tables) names.set(name[0], name)
    if (tables.length > 0 || isNothing(item)) continue
    if (item.kind === 'made' && (isQuery(item) || sqlTags.has(item.by))) embeds.addValue(item, node)
    else dynamic = item.kind === 'unknown' ? item.reason : 'which table it is is only known at run time'
  }
  return { names: [...names.values()], ...(dynamic === undefined ? {} : { dynamic }) }
}

function isNothing(item: Seen): boolean {
  return item.kind === 'literal' && (item.value === null || item.value === undefined)
}

/** What `select`, `with` and their kind of a client or of a `QueryBuilder` return, and what is called on it. */
function isQuery(made: SeenMade): boolean {
  const isBegun = made.by.startsWith('client.') || builders.has(made.by.split('()')[0]!)
  return isBegun && made.path.length === 0
}

const joins = /^(?:left|right|inner|full|cross)Join(?:Lateral)?$/
const combining = new Set(['union', 'unionAll', 'intersect', 'intersectAll', 'except', 'exceptAll'])

/** The tables of one query besides its own. */
class Embeds {
  readonly found: Embed[] = []
  open: Touches['open']
  readonly #sight: Sight
  readonly #seen = new Set<Node>()

  constructor(sight: Sight) {
    this.#sight = sight
  }

  add(name: Name, node: Node): void {
    if (this.found.some((embed) => embed.name?.[0] === name[0])) return
    this.found.push({ name, at: { start: node.start, end: node.end } })
  }

  addStep({ method, call }: Step): void {
    const [first] = call.arguments as Node[]
    if (first && (joins.test(method) || (method === 'using' && first.type === 'Identifier'))) {
      const { names, dynamic } = target(first, this.#sight, this)
      for (const name of names) this.add(name, first)
      if (dynamic !== undefined)
        this.open = { reason: `which table it joins is not known: ${dynamic}`, at: first }
    } else if (first && (combining.has(method) || method === 'with'))
      for (const argument of call.arguments as Node[])
        for (const item of this.#sight.look(argument)) if (item.kind === 'made') this.addValue(item, argument)
    for (const argument of call.arguments as Node[]) this.#addInside(argument)
  }

  /** A subquery by its value: the tables that it is made of are touched by the query around as well. */
  addValue(made: SeenMade, node: Node): void {
    if (sqlTags.has(made.by)) {
      this.#addSql(made.call, node, made)
      return
    }
    for (let at: SeenMade | undefined = made; at; at = at.of) {
      if (this.#seen.has(at.call)) return
      this.#seen.add(at.call)
      const method = at.by.split('.').at(-1)!.replace(/\(\)$/, '')
      if (method !== 'from' && !joins.test(method) && method !== 'as' && !combining.has(method)) continue
      const inner: SeenMade = at
      for (const argument of at.call.arguments as Node[])
        for (const item of inner.look(argument)) {
          for (const { name } of tablesOf([item])) this.add(name, node)
          if (item.kind === 'made' && isQuery(item)) this.addValue(item, node)
        }
    }
  }

  /** Subqueries and SQL in the arguments of a step. */
  #addInside(argument: Node): void {
    walk(argument, (node) => {
      if (node.type === 'TaggedTemplateExpression' && this.#isSql(node)) this.#addSql(node, node)
      if (node.type === 'CallExpression') {
        const callee = unwrap(node.callee)
        const method = callee.type === 'MemberExpression' ? memberName(callee) : undefined
        const [first] = node.arguments as Node[]
        if (first && (method === 'from' || (method !== undefined && joins.test(method))) && stepsTo(node))
          for (const { name } of tablesOf(this.#sight.look(first))) this.add(name, first)
      }
      // `inArray(posts.id, recent)` with a query that is kept in a constant.
      if (
        node.type === 'Identifier' &&
        node.binding?.kind === 'const' &&
        node.parent.type === 'CallExpression'
      )
        for (const item of this.#sight.look(node))
          if (item.kind === 'made' && isQuery(item)) this.addValue(item, node)
      return true
    })
  }

  #isSql(tagged: Node): boolean {
    return this.#sight
      .look(tagged)
      .some((item) => item.kind === 'made' && item.path.length === 0 && sqlTags.has(item.by))
  }

  #addSql(tagged: Node, at: Node, made?: SeenMade): void {
    const reading = drizzleReading(this.#sight)
    const texts = tagTexts(
      tagged,
      made
        ? { ...reading, module: made.module, isHome: made.module === this.#sight.module, look: made.look }
        : reading,
    )
    const touched = touchesOfTexts(texts, at, this.#sight, 'piece')
    for (const name of touched?.names ?? []) this.add(name, at)
    for (const { name } of touched?.embeds ?? []) if (name) this.add(name, at)
    if (touched?.dynamic !== undefined) this.open ??= { reason: touched.dynamic, at }
  }
}

/** `db.query.users.findMany({ with: { posts: true } })` */
function relational({ call, name }: Candidate, sight: Sight): Touches {
  const library = libraryOf(sight.code)
  const key: string | undefined = name && (name.type === 'Identifier' ? name.name : undefined)
  const tables = key === undefined ? [] : (library.tables.get(key) ?? [])
  if (key === undefined) return { names: [], dynamic: 'its name is only known at run time', embeds: [] }
  const names: Name[] = tables.length > 0 ? tables.map((table) => table.name) : [[key]]
  const embeds: Embed[] = []
  let open: Touches['open']
  const [given] = call.arguments as Node[]
  const visit = (owners: readonly Table[], options: SeenObject, at: Node, depth: number): void => {
    for (const nested of options.member('with')) {
      if (nested.kind === 'literal') continue
      if (nested.kind !== 'object') {
        open = { reason: 'the relations that it reads are only known at run time', at }
        continue
      }
      const { found, complete } = nested.members()
      if (!complete) open = { reason: 'some of the relations that it reads are only known at run time', at }
      for (const member of found) {
        const values = member.value()
        if (values.every((value) => value.kind === 'literal' && !value.value)) continue
        const place = member.module === sight.module ? (member.node.parent.key ?? member.node) : at
        const related = owners.flatMap((owner) => library.related(owner, member.name) ?? [])
        if (related.length === 0 && owners.length > 0)
          open = { reason: `the relation \`${member.name}\` is declared nowhere`, at: place }
        for (const table of related)
          if (!embeds.some((embed) => embed.name?.[0] === table.name[0]))
            embeds.push({ name: table.name, alias: member.name, at: { start: place.start, end: place.end } })
        if (depth < 8)
          for (const value of values) if (value.kind === 'object') visit(related, value, place, depth + 1)
      }
    }
  }
  if (given && given.type !== 'SpreadElement') {
    for (const item of sight.look(given))
      if (item.kind === 'object') visit(tables, item, given, 0)
      else if (item.kind !== 'literal')
        open = { reason: 'the relations that it reads are only known at run time', at: given }
  }
  return { names, embeds, ...(open ? { open } : {}) }
}
