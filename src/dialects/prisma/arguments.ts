import type { Node } from '../../repo/node.ts'
import type { Embed, Name, Touches } from '../dialect.ts'
import type { Seen, SeenMember, SeenObject, Sight } from '../sight.ts'
import type { Model } from './models.ts'
import type { Operation, Part } from './operations.ts'
import { reachable } from './reachable.ts'

type Place = Embed['at']

/** Members of a nested query: `include: { posts: { where: … } }`. */
const nested: Operation['takes'] = { select: 'shape', include: 'shape', where: 'where', orderBy: 'order' }
/** Members that a filter on a relation wraps its conditions in. */
const quantifiers = new Set(['some', 'every', 'none', 'is', 'isNot'])
const logic = new Set(['AND', 'OR', 'NOT'])
/** Members of a nested write, by what stands there. */
const writes: Readonly<Record<string, Part>> = {
  create: 'data',
  createMany: 'data',
  update: 'data',
  updateMany: 'data',
  upsert: 'data',
  connectOrCreate: 'data',
  connect: 'where',
  disconnect: 'where',
  set: 'where',
  delete: 'where',
  deleteMany: 'where',
}
/** More levels than this are no query that anybody writes. */
const deepest = 16

/**
 * Finds the models that a query touches besides its own, in its argument: relations that are read along, that
 * conditions and orders go through, and that writes create or connect. What isn't static makes the result `open`.
 */
export class ArgumentReader {
  readonly embeds: Embed[] = []
  open: Touches['open']
  readonly #sight: Sight
  readonly #fallback: Node

  /** @param fallback where a relation is that stands in another file */
  constructor(sight: Sight, fallback: Node) {
    this.#sight = sight
    this.#fallback = fallback
  }

  /** Reads what an operation of a model is given. */
  read(model: Model, takes: Operation['takes'], argument: Node): void {
    this.#query(model, takes, this.#sight.look(argument), argument, 0)
  }

  #query(model: Model, takes: Operation['takes'], given: readonly Seen[], at: Place, depth: number): void {
    this.#each(model, given, at, depth, (object) => {
      for (const member of this.#members(model, object, at)) {
        const part = takes[member.name]
        if (part) this.#part(part, model, member.value(), this.#placeOf(member), depth + 1)
      }
    })
  }

  #part(part: Part, model: Model, given: readonly Seen[], at: Place, depth: number): void {
    this.#each(model, given, at, depth, (object) => {
      for (const member of this.#members(model, object, at, part)) {
        const place = this.#placeOf(member)
        const relation = model.relations.get(member.name)
        if (relation) {
          const given = member.value()
          if (given.length > 0 && given.every(isOff)) continue
          this.#embed(relation.model, member.name, place)
          this.#related(part, relation.model, given, place, depth + 1)
        } else if (part === 'where' && logic.has(member.name))
          this.#part('where', model, member.value(), place, depth + 1)
        else if (part === 'data' && isWrapper(model, member.name))
          this.#part(member.name === 'where' ? 'where' : 'data', model, member.value(), place, depth + 1)
        else if (part === 'shape' && member.name === '_count')
          this.#count(model, member.value(), place, depth + 1)
      }
    })
  }

  /** What stands under the name of a relation. */
  #related(part: Part, model: Model, given: readonly Seen[], at: Place, depth: number): void {
    if (part === 'shape') this.#query(model, nested, given, at, depth)
    else if (part === 'order') this.#part('order', model, given, at, depth)
    else
      this.#each(model, given, at, depth, (object) => {
        const members = this.#members(model, object, at)
        if (part === 'data') this.#writes(model, members, depth)
        else {
          const wraps = members.filter(({ name }) => quantifiers.has(name))
          if (wraps.length === 0) this.#part('where', model, [object], at, depth)
          for (const wrap of wraps) this.#part('where', model, wrap.value(), this.#placeOf(wrap), depth + 1)
        }
      })
  }

  /** `owner: { connect: … }`, `posts: { create: … }` */
  #writes(model: Model, members: readonly SeenMember[], depth: number): void {
    for (const write of members) {
      const inside = Object.hasOwn(writes, write.name) ? writes[write.name] : undefined
      if (inside) this.#part(inside, model, write.value(), this.#placeOf(write), depth + 1)
    }
  }

  /** `_count: true` counts every list; `_count: { select: { posts: true } }` the lists that it names. */
  #count(model: Model, given: readonly Seen[], at: Place, depth: number): void {
    for (const item of given) {
      if (item.kind === 'literal' && item.value === true) {
        for (const [name, relation] of model.relations)
          if (relation.list) this.#embed(relation.model, name, at)
      } else if (item.kind === 'object') {
        for (const member of this.#members(model, item, at))
          if (member.name === 'select')
            this.#part('shape', model, member.value(), this.#placeOf(member), depth + 1)
      } else if (item.kind !== 'literal') this.#lose(model, item, at)
    }
  }

  /** Visits the objects among the things that an expression may be, those of lists too. */
  #each(
    model: Model,
    given: readonly Seen[],
    at: Place,
    depth: number,
    visit: (object: SeenObject) => void,
  ): void {
    for (const item of given) {
      if (depth > deepest) return
      switch (item.kind) {
        case 'object':
          visit(item)
          break
        case 'array':
          this.#each(model, item.items, at, depth + 1, visit)
          break
        case 'made':
          // `Prisma.validator<…>()({ … })` gives back what it is given.
          if (item.of && item.call.arguments?.[0])
            this.#each(model, item.look(item.call.arguments[0]), at, depth + 1, visit)
          break
        case 'literal':
        case 'text':
          break
        default:
          this.#lose(model, item, at)
      }
    }
  }

  /** The members of an object; what is not known of it may be any relation of the model. */
  #members(model: Model, object: SeenObject, at: Place, part?: Part): readonly SeenMember[] {
    const { found, complete } = object.members()
    if (!complete && !(part === 'order' && isSorted(object)))
      this.#lose(model, { kind: 'unknown', reason: 'a part of it is only known at run time' }, at)
    return found
  }

  #embed(model: Model, alias: string, at: Place): void {
    const known = this.embeds.some(
      (embed) => embed.name?.[0] === model.spellings[0] && embed.at.start === at.start,
    )
    if (!known) this.embeds.push({ name: model.spellings, alias, at })
  }

  #lose(model: Model, item: Seen, at: Place): void {
    const may = reachable(model)
    // A model without relations has nothing that could be touched along.
    if (may.length === 0) return
    const names = new Map<string, Name>((this.open?.may ?? []).map((name) => [name[0], name]))
    for (const { spellings } of may) names.set(spellings[0], spellings)
    const reason = item.kind === 'unknown' ? item.reason : 'it is only known at run time'
    this.open = {
      ...(this.open ?? { reason: `what the query asks for can't be told: ${reason}`, at }),
      may: [...names.values()],
    }
  }

  /** The key of a member, in the file of the query. */
  #placeOf({ module, node }: SeenMember): Place {
    if (module !== this.#sight.module) return this.#fallback
    return node.parent?.type === 'Property' ? node.parent.key : node
  }
}

/** `include: { posts: false }`, `team: undefined`: the relation is left alone. */
function isOff(item: Seen): boolean {
  return item.kind === 'literal' && (item.value === false || item.value === undefined)
}

/** Members between a nested write and the rows it writes: `upsert: { where, create, update }`, `createMany: { data }`. */
function isWrapper(model: Model, name: string): boolean {
  return ['data', 'create', 'update', 'where'].includes(name) && !model.fields.has(name)
}

/** `{ [column]: 'asc' }`: a direction can only be that of a column. */
function isSorted({ node }: SeenObject): boolean {
  return (node.properties as Node[]).every(
    (entry) => entry.type === 'Property' && (!entry.computed || entry.value.type !== 'ObjectExpression'),
  )
}
