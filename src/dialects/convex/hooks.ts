import { keyName, type Node, unwrap, walk } from '../../repo/node.ts'
import type { Candidate } from '../dialect.ts'
import type { SeenObject, Sight } from '../sight.ts'
import { declarationOf } from './declared.ts'
import { preloadedReferences } from './preloaded.ts'
import { isWrittenReference, joined, type References, referencesOf } from './reference.ts'

/** How a call says which functions it runs, where it is not given the function itself. */
export type Given = 'queries' | 'preloaded'

/** A candidate of a hook that is told its functions in another way. */
export interface HookCandidate extends Candidate {
  readonly given?: Given
}

/**
 * What `useQueries({ notes: { query: api.notes.list, args: {} } })` follows: each entry by itself where it is written
 * in place, else the whole argument.
 */
export function queriesOf(argument: Node): Node[] {
  const object = unwrap(argument)
  if (object.type !== 'ObjectExpression' || object.properties.length === 0) return [argument]
  return (object.properties as Node[]).map((entry) => {
    if (entry.type !== 'Property') return entry.argument
    return queryEntry(unwrap(entry.value)) ?? entry.value
  })
}

/** The `query` of `{ query: api.notes.list, args: {} }`. */
function queryEntry(object: Node): Node | undefined {
  return object.type === 'ObjectExpression'
    ? object.properties.find((entry: Node) => entry.type === 'Property' && keyName(entry) === 'query')?.value
    : undefined
}

/** The functions that a candidate runs. */
export function referencesGiven({ name, given }: HookCandidate, sight: Sight): References {
  if (given === 'preloaded') return preloadedReferences(name!, sight)
  if (given === undefined) return referencesOf(name!, sight)
  const direct = referencesOf(name!, sight)
  return direct.found.length > 0 ? direct : amongQueries(name!, sight)
}

/** Functions of an object of queries that is put together elsewhere: by its members, else by what is written in it. */
function amongQueries(expression: Node, sight: Sight): References {
  const told = sight.look(expression).map((item): References => {
    if (item.kind !== 'object') return untold
    const { found, complete } = item.members()
    return joined([
      ...found.map((member) => joined(member.value().map((value) => ofEntry(value, sight)))),
      ...(complete ? [] : [untold]),
    ])
  })
  const known = joined(told.length > 0 ? told : [untold])
  if (known.dynamic === undefined) return known
  // `Object.fromEntries(ids.map((id) => [id, { query: api.notes.get, args: { id } }]))`
  const written: References[] = []
  const { module, node } = declarationOf(sight.code.repository, { module: sight.module, node: expression })
  walk(node, (inner) => {
    if (inner.type !== 'MemberExpression' || !isWrittenReference(inner)) return undefined
    written.push(
      referencesOf(inner, { code: sight.code, module, look: (child) => sight.code.look(module, child) }),
    )
    return false
  })
  return written.length > 0 ? joined(written) : known
}

const untold: References = {
  found: [],
  dynamic: 'which functions it follows is only known at run time',
  other: false,
}

function ofEntry(value: ReturnType<SeenObject['member']>[number], sight: Sight): References {
  if (value.kind !== 'object') return untold
  const query = queryEntry(value.node)
  if (!query) return untold
  const { code } = sight
  const { module } = value
  return referencesOf(query, { code, module, look: (child) => code.look(module, child) })
}
