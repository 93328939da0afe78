import type { Module } from '../../repo/module.ts'
import { memberName, type Node, unwrap } from '../../repo/node.ts'
import { unescaped } from '../../sql/literals.ts'
import type { QueryPart } from '../../sql/query.ts'
import type { Seen, SeenMade, Sight } from '../sight.ts'

/** A text as its parts in order. */
export type Parts = readonly QueryPart[]

/** Where an expression is read, and what a library makes of what is interpolated. */
export interface Reading {
  readonly module: Module
  /** Whether offsets of this module are offsets in the access's own file. */
  readonly isHome: boolean
  look(expression: Node): readonly Seen[]
  /** The tag around, for libraries whose helpers are calls of the tag itself: `` sql`… ${sql(columns)}` ``. */
  readonly tag?: string
  /** What a value means inside of a tagged template; undefined for a parameter of the query. */
  readonly meaning?: (item: Seen, reading: Reading) => readonly Parts[] | undefined
  readonly depth: number
}

/** Texts that an expression may be, at most; beyond them what differs is taken for unknown. */
const mostTexts = 12

/** How an expression of an access's own module is read. */
export function readingOf(sight: Sight, more: Pick<Reading, 'tag' | 'meaning'> = {}): Reading {
  return {
    module: sight.module,
    isHome: true,
    look: (expression) => sight.look(expression),
    depth: 0,
    ...more,
  }
}

/** Every SQL text that an expression may be: a string, a template, a concatenation, a name of one. */
export function textsOf(expression: Node, reading: Reading): readonly Parts[] {
  const node = unwrap(expression)
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string'
        ? [[written(node.value, node.start + 1, node.end - 1, reading)]]
        : unknown('no text')
    case 'TemplateLiteral':
      return template(node, reading, (hole) => textsOf(hole, reading))
    case 'BinaryExpression':
      return node.operator === '+'
        ? joined([textsOf(node.left, reading), textsOf(node.right, reading)])
        : unknown('a computed value')
    case 'ConditionalExpression':
      return [...textsOf(node.consequent, reading), ...textsOf(node.alternate, reading)].slice(0, mostTexts)
    case 'TaggedTemplateExpression':
      return tagTexts(node, reading)
    case 'CallExpression':
      return joinedList(node, reading) ?? seenTexts(node, reading)
    default:
      return seenTexts(node, reading)
  }
}

function seenTexts(node: Node, reading: Reading): readonly Parts[] {
  return reading.look(node).flatMap((item): readonly Parts[] => {
    switch (item.kind) {
      case 'text':
        return [
          item.parts.map(
            (text): QueryPart => (text === null ? { kind: 'unknown', reason: '' } : { kind: 'text', text }),
          ),
        ]
      case 'literal':
        return item.value === null || item.value === undefined || item.value === false
          ? [[]]
          : [[{ kind: 'text', text: String(item.value) }]]
      case 'made':
        return (
          reading.meaning?.(item, reading) ??
          madeTexts(item, reading) ??
          unknown('it is only known at run time')
        )
      case 'unknown':
        return unknown(item.reason)
      default:
        return unknown('it is only known at run time')
    }
  })
}

/** A tagged template that a name stands for, read where it is written. */
export function madeTexts(made: SeenMade, reading: Reading): readonly Parts[] | undefined {
  if (made.call.type !== 'TaggedTemplateExpression' || made.path.length > 0 || reading.depth > 6)
    return undefined
  return tagTexts(made.call, within(made, reading))
}

/** How the inside of a call that a name stands for is read. */
export function within(made: SeenMade, reading: Reading): Reading {
  return {
    ...reading,
    module: made.module,
    isHome: reading.isHome && made.module === reading.module,
    look: (expression) => made.look(expression),
    depth: reading.depth + 1,
  }
}

/** The texts of a tagged template: what is interpolated are parameters, pieces of SQL, and what the library makes of it. */
export function tagTexts(tagged: Node, reading: Reading): readonly Parts[] {
  const tag = unwrap(tagged.tag)
  const inside = { ...reading, tag: reading.module.text.slice(tag.start, tag.end) }
  return template(tagged.quasi, inside, (hole) => holeTexts(hole, inside))
}

function holeTexts(expression: Node, reading: Reading): readonly Parts[] {
  const node = unwrap(expression)
  if (node.type === 'TaggedTemplateExpression') return tagTexts(node, reading)
  if (node.type === 'ConditionalExpression')
    return [...holeTexts(node.consequent, reading), ...holeTexts(node.alternate, reading)]
  if (node.type === 'LogicalExpression' && node.operator === '&&')
    return [...holeTexts(node.right, reading), []]
  if (node.type === 'CallExpression' && isTag(node.callee, reading)) return helper(node, reading)
  if (node.type === 'ArrayExpression' || node.type === 'ObjectExpression') return [[{ kind: 'value' }]]
  const found = reading.look(node).map((item): readonly Parts[] => {
    const meant = reading.meaning?.(item, reading)
    if (meant) return meant.map((parts) => placed(parts, node, reading))
    if (item.kind === 'made' && item.by === 'client.()' && item.path.length === 0)
      return helper(item.call, within(item, reading))
    if (item.kind === 'made') return madeTexts(item, reading) ?? [[{ kind: 'value' }]]
    return [[{ kind: 'value', ...(item.kind === 'unknown' ? { reason: item.reason } : {}) }]]
  })
  const texts = distinct(found.flat())
  // Where a name stands there is no place for a parameter: what is unknown beside it is another client's same name.
  const named = texts.filter((parts) => !parts.every((part) => part.kind === 'value'))
  return named.some((parts) => parts.some((part) => part.kind === 'name')) ? named : texts
}

/** `sql(name)` is a name or a list of names, `sql(rows)` and `sql(row, 'a', 'b')` are what INSERT and UPDATE take. */
function helper(call: Node, reading: Reading): readonly Parts[] {
  const [first] = call.arguments as Node[]
  if (!first || first.type === 'SpreadElement') return [[{ kind: 'list' }]]
  return distinct(
    reading.look(first).map((item): Parts => {
      if (item.kind !== 'text') return [{ kind: 'list' }]
      // In `${schema}.orders` the table is known.
      const known = item.parts.lastIndexOf(null)
      const [, ...rest] = item.parts
        .slice(known + 1)
        .join('')
        .split('.')
      const text = known === -1 ? item.parts.join('') : rest.at(-1)
      return text === undefined
        ? [{ kind: 'unknown', reason: 'a name that is put together' }]
        : placed([{ kind: 'name', name: [text] }], first, reading)
    }),
  )
}

function isTag(callee: Node, reading: Reading): boolean {
  const node = unwrap(callee)
  if (reading.tag === undefined) return false
  const isSame = reading.module.text.slice(node.start, node.end) === reading.tag
  return isSame || (node.type === 'Identifier' && reading.look(node).some((item) => item.kind === 'client'))
}

/** Names stand where they are interpolated. */
export function placed(parts: Parts, node: Node, { isHome }: Reading): Parts {
  return isHome
    ? parts.map((part) =>
        part.kind === 'name' ? { ...part, at: { start: node.start, end: node.end } } : part,
      )
    : parts
}

function template(
  node: Node,
  reading: Reading,
  hole: (expression: Node) => readonly Parts[],
): readonly Parts[] {
  const pieces: (readonly Parts[])[] = []
  ;(node.quasis as Node[]).forEach((quasi, index) => {
    pieces.push([[written(quasi.value.cooked ?? quasi.value.raw, quasi.start, quasi.end, reading)]])
    const expression = node.expressions[index] as Node | undefined
    if (expression) pieces.push(hole(expression))
  })
  return joined(pieces)
}

/** `[a, b].join(' ')` */
function joinedList(call: Node, reading: Reading): readonly Parts[] | undefined {
  const callee = unwrap(call.callee)
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'join') return undefined
  const list = unwrap(callee.object)
  const [separator] = call.arguments as Node[]
  if (list.type !== 'ArrayExpression' || separator?.type !== 'Literal') return undefined
  return joined(
    (list.elements as (Node | null)[]).flatMap((element, index) => {
      const text =
        element && element.type !== 'SpreadElement' ? textsOf(element, reading) : unknown('a part of a list')
      return index === 0
        ? [text]
        : [[[{ kind: 'text', text: String(separator.value) }]] as readonly Parts[], text]
    }),
  )
}

function written(text: string, start: number, end: number, { module, isHome }: Reading): QueryPart {
  if (!isHome) return { kind: 'text', text }
  const sql = unescaped(text, module.text, start, end)
  return { kind: 'text', text, at: Array.from(text, (_, index) => sql.offset(index)) }
}

/** Every combination of the pieces' texts while they are few. */
function joined(pieces: readonly (readonly Parts[])[]): readonly Parts[] {
  let texts: QueryPart[][] = [[]]
  for (const options of pieces) {
    const usable = options.length === 0 ? unknown('nothing is known of a part') : options
    texts =
      texts.length * usable.length > mostTexts
        ? texts.map((parts) => [...parts, { kind: 'unknown', reason: 'one of many texts' }])
        : texts.flatMap((parts) => usable.map((option) => [...parts, ...option]))
  }
  return texts
}

/** Parameters of one text are one. */
function distinct(texts: readonly Parts[]): readonly Parts[] {
  const found = new Map<string, Parts>()
  for (const parts of texts) {
    const key = parts
      .map((part) =>
        part.kind === 'text' ? part.text : `\0${part.kind} ${part.kind === 'name' ? part.name : ''}`,
      )
      .join('')
    if (!found.has(key)) found.set(key, parts)
  }
  return [...found.values()]
}

function unknown(reason: string): readonly Parts[] {
  return [[{ kind: 'unknown', reason }]]
}
