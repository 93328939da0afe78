import { type Node, unwrap } from '../../repo/node.ts'
import type { Candidate, Name, Touches } from '../dialect.ts'
import type { Seen, Sight } from '../sight.ts'
import { type Parts, type Reading, readingOf, tagTexts, textsOf } from '../sql/parts.ts'
import { touchesOfTexts } from '../sql/touches.ts'
import { type Library, modelsOfTable } from './library.ts'

/** Helpers that make a piece of SQL, by the last part of their name. */
const helper = /#(?:Prisma\.)?(sql|raw|join)$/

/** The tables that `$queryRaw` and its kin touch, in the spellings of the schema. */
export function rawTouches({ call }: Candidate, sight: Sight, library: Library): Touches | undefined {
  const reading = readingOf(sight, { meaning })
  const [given] = (call.arguments ?? []) as Node[]
  if (call.type !== 'TaggedTemplateExpression' && (!given || given.type === 'SpreadElement'))
    return { names: [], dynamic: 'its SQL is only known at run time', embeds: [] }
  const found =
    call.type === 'TaggedTemplateExpression'
      ? touchesOfTexts(tagTexts(call, reading), call.quasi, sight)
      : touchesOfTexts(argumentTexts(given!, reading), given!, sight)
  return (
    found && {
      ...found,
      names: found.names.map((name) => spelled(library, name)),
      embeds: found.embeds.map(({ name, ...embed }) => ({
        ...embed,
        ...(name ? { name: spelled(library, name) } : {}),
      })),
    }
  )
}

/** `Prisma.sql` in place, a name of one, or a text. */
function argumentTexts(given: Node, reading: Reading): readonly Parts[] {
  const node = unwrap(given)
  return node.type === 'TaggedTemplateExpression' ? tagTexts(node, reading) : textsOf(node, reading)
}

/** What `Prisma.raw(text)`, `Prisma.join(list)` and `Prisma.empty` are inside of a query. */
function meaning(item: Seen, reading: Reading): readonly Parts[] | undefined {
  if (item.kind === 'external') return item.path.at(-1) === 'empty' ? [[]] : undefined
  if (item.kind !== 'made') return undefined
  const kind = helper.exec(item.by)?.[1]
  const [first] = (item.call.arguments ?? []) as Node[]
  if (kind === undefined || !first || first.type === 'SpreadElement') return undefined
  const inside = { ...reading, isHome: false, module: item.module, look: item.look }
  return kind === 'join' ? joined(item.look(first), inside) : textsOf(first, inside)
}

/** A list is one of values, unless it is known to hold pieces of SQL. */
function joined(given: readonly Seen[], reading: Reading): readonly Parts[] {
  const pieces = given
    .flatMap((item) => (item.kind === 'array' ? item.items : []))
    .flatMap((item) =>
      item.kind === 'made' && item.call.type === 'TaggedTemplateExpression'
        ? [tagTexts(item.call, { ...reading, module: item.module, look: item.look })]
        : [],
    )
  return pieces.length === 0 ? [[{ kind: 'value' }]] : pieces.flat()
}

function spelled(library: Library, [name, ...others]: Name): Name {
  const spellings = modelsOfTable(library, name).flatMap((model) => model.spellings)
  return [...new Set([name, ...others, ...spellings])] as unknown as Name
}
