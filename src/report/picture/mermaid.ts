import { type Edge, edgesOf } from './edges.ts'
import type { ReportResult } from './result.ts'

/**
 * A flowchart for documents: folders, the databases they reach, their tables; calls to a wrong database are red and dashed.
 * Source of the syntax: https://mermaid.js.org/syntax/flowchart.html
 */
export function mermaid(result: ReportResult): string {
  const edges = edgesOf(result)
  const lines = ['flowchart LR']
  const ids = new Map<string, string>()
  const id = (kind: string, name: string): string => {
    const key = `${kind} ${name}`
    let found = ids.get(key)
    if (!found) ids.set(key, (found = `${kind}${ids.size}`))
    return found
  }
  const box = (kind: string, name: string, open: string, close: string) =>
    lines.push(`  ${id(kind, name)}${open}"${escaped(name)}"${close}`)

  for (const folder of new Set(edges.map((edge) => edge.folder))) box('f', folder, '[', ']')
  const owners = new Set(edges.map((edge) => edge.owner ?? ''))
  for (const owner of owners) {
    lines.push(
      `  subgraph ${id('d', owner)}["${escaped(owner === '' ? 'no database of the rules' : owner)}"]`,
    )
    for (const table of new Set(
      edges.filter((edge) => (edge.owner ?? '') === owner).map((edge) => edge.table),
    ))
      lines.push(`    ${id('t', `${owner} ${table}`)}[("${escaped(table)}")]`)
    lines.push('  end')
  }
  const red: number[] = []
  for (const [index, edge] of edges.entries()) {
    const arrow =
      edge.state === 'wrong' ? '-.->' : edge.state === 'right' || edge.state === 'free' ? '-->' : '-.-'
    lines.push(
      `  ${id('f', edge.folder)} ${arrow}|"${escaped(label(edge))}"| ${id('t', `${edge.owner ?? ''} ${edge.table}`)}`,
    )
    if (edge.state === 'wrong') red.push(index)
  }
  if (red.length > 0) lines.push(`  linkStyle ${red.join(',')} stroke:#c62828,color:#c62828`)
  return `${lines.join('\n')}\n`
}

/** What an edge says: how many calls, and what is not right about them. */
export function label({ count, state, database }: Edge): string {
  if (state === 'wrong') return `${count} on ${database ?? 'another database'}`
  if (state === 'unresolved') return `${count} unresolved`
  if (state === 'undecided') return `${count} undecided`
  return String(count)
}

/** Mermaid takes entities by number, and quotes by none. */
function escaped(text: string): string {
  return text.replace(/["#<>&]/g, (character) => `#${character.charCodeAt(0)};`)
}
