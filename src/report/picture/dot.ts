import { edgesOf } from './edges.ts'
import { label } from './mermaid.ts'
import type { ReportResult } from './result.ts'

/** A graph for Graphviz. Source of the syntax: https://graphviz.org/doc/info/lang.html */
export function dot(result: ReportResult): string {
  const edges = edgesOf(result)
  const lines = [
    `digraph ${quoted(result.name)} {`,
    '  rankdir=LR; node [fontname="sans-serif"]; edge [fontname="sans-serif"];',
  ]
  for (const folder of new Set(edges.map((edge) => edge.folder)))
    lines.push(`  ${quoted(`folder ${folder}`)} [shape=folder, label=${quoted(folder)}];`)
  const owners = new Set(edges.map((edge) => edge.owner ?? ''))
  for (const [number, owner] of [...owners].entries()) {
    lines.push(`  subgraph cluster_${number} {`, `    label=${quoted(owner || 'no database of the rules')};`)
    for (const table of new Set(
      edges.filter((edge) => (edge.owner ?? '') === owner).map((edge) => edge.table),
    ))
      lines.push(`    ${quoted(`table ${owner} ${table}`)} [shape=cylinder, label=${quoted(table)}];`)
    lines.push('  }')
  }
  for (const edge of edges) {
    const style =
      edge.state === 'wrong'
        ? ', color="#c62828", fontcolor="#c62828", style=bold'
        : edge.state === 'right' || edge.state === 'free'
          ? ''
          : ', style=dashed, color=gray40'
    lines.push(
      `  ${quoted(`folder ${edge.folder}`)} -> ${quoted(`table ${edge.owner ?? ''} ${edge.table}`)} [label=${quoted(label(edge))}${style}];`,
    )
  }
  return `${lines.join('\n')}\n}\n`
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
