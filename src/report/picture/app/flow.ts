import { type SankeyGraph, sankey, sankeyJustify } from 'd3-sankey'
import type { PictureState } from '../../../lint/picture.ts'
import type { Access } from './data.ts'
import { isBelow, reached } from './filter.ts'
import { groupsOf } from './groups.ts'

export interface FlowNode {
  readonly id: string
  readonly kind: 'group' | 'database' | 'table' | 'rest'
  readonly name: string
  /** The database that colours it. */
  readonly database: string | undefined
  readonly column: 0 | 1 | 2
  count: number
  wrong: number
  unknown: number
}

export interface FlowLink {
  readonly state: Tone
  readonly count: number
  readonly database: string | undefined
}

/** Accesses are right, wrong, or not known to be either. */
export type Tone = 'right' | 'wrong' | 'unknown'

export const toneOf = (state: PictureState): Tone =>
  state === 'wrong' ? 'wrong' : state === 'right' || state === 'free' ? 'right' : 'unknown'

export type Flow = SankeyGraph<FlowNode, FlowLink>

const mostGroups = 22
const mostTables = 34

/**
 * Folders, the databases they reach, and the tables they ask for: each access is one unit of width in both halves.
 * Layout by d3-sankey, which orders the nodes so that few ribbons cross.
 */
export function flowOf(accesses: readonly Access[], width: number): { flow: Flow; height: number } {
  const groups = groupsOf(
    accesses.map(({ file }) => file),
    mostGroups,
  )
  const nodes = new Map<string, FlowNode>()
  const node = (id: string, more: Pick<FlowNode, 'kind' | 'name' | 'database' | 'column'>): FlowNode => {
    let found = nodes.get(id)
    if (!found) nodes.set(id, (found = { id, ...more, count: 0, wrong: 0, unknown: 0 }))
    return found
  }
  const tables = new Map<string, number>()
  const tableKey = (access: Access) => `${access.expected[0] ?? ''} ${access.target}`
  for (const access of accesses) tables.set(tableKey(access), (tables.get(tableKey(access)) ?? 0) + 1)
  const shown = new Set(
    [...tables]
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, tables.size > mostTables ? mostTables - 2 : mostTables)
      .map(([key]) => key),
  )
  const groupOf = new Map<string, (typeof groups)[number]>()
  // What is left of a folder comes last: members of it that are shown take theirs first.
  for (const { file } of accesses)
    if (!groupOf.has(file)) groupOf.set(file, groups.find(({ path }) => isBelow(file, path))!)

  const links = new Map<string, { source: string; target: string; value: number } & FlowLink>()
  const link = (source: FlowNode, target: FlowNode, state: Tone, database: string | undefined) => {
    const key = [source.id, target.id, state].join('\n')
    const known = links.get(key)
    const count = (known?.count ?? 0) + 1
    links.set(key, { source: source.id, target: target.id, value: count, count, state, database })
  }
  for (const access of accesses) {
    const tone = toneOf(access.state)
    const { path, rest } = groupOf.get(access.file)!
    const group =
      rest === undefined
        ? node(`g ${path}`, { kind: 'group', name: path, database: undefined, column: 0 })
        : node(`r ${path}`, {
            kind: 'rest',
            name: `${rest} more in ${path.split('/').slice(-2).join('/')}`,
            database: undefined,
            column: 0,
          })
    const name = reached(access)
    const database = node(`d ${name}`, { kind: 'database', name, database: access.actual[0], column: 1 })
    const owner = access.expected[0]
    const table = shown.has(tableKey(access))
      ? node(`t ${tableKey(access)}`, { kind: 'table', name: access.target, database: owner, column: 2 })
      : node(`r ${owner ?? ''}`, {
          kind: 'rest',
          name: `further tables${owner ? ` of ${owner}` : ''}`,
          database: owner,
          column: 2,
        })
    for (const each of [group, database, table]) {
      each.count++
      if (tone !== 'right') each[tone === 'wrong' ? 'wrong' : 'unknown']++
    }
    link(group, database, tone, access.actual[0])
    link(database, table, tone, access.actual[0])
  }
  const rows = Math.max(
    ...[0, 1, 2].map((column) => [...nodes.values()].filter((each) => each.column === column).length),
  )
  const height = Math.max(320, rows * 27)
  const flow = sankey<FlowNode, FlowLink>()
    .nodeId(({ id }) => id)
    .nodeAlign(sankeyJustify)
    .nodeWidth(12)
    .nodePadding(13)
    .nodeSort((a, b) => order(a, b))
    .extent([
      [1, 6],
      [Math.max(width - 1, 300), height - 6],
    ])({ nodes: [...nodes.values()], links: [...links.values()] })
  return { flow, height }
}

/** Tables stand with those of their database; folders in the order of their paths. */
function order(a: FlowNode, b: FlowNode): number {
  const key = ({ kind, database, name }: FlowNode) =>
    kind === 'group'
      ? name
      : kind === 'rest' && database === undefined
        ? '\uffff'
        : `${database ?? '\uffff'} ${kind === 'rest' ? '\uffff' : ''}${name}`
  return key(a) < key(b) ? -1 : 1
}
