import { sankeyLinkHorizontal } from 'd3-sankey'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Access } from './data.ts'
import type { Filter } from './filter.ts'
import { type FlowLink, type FlowNode, flowOf } from './flow.ts'
import { type Colours, plural } from './words.ts'

interface Props {
  readonly accesses: readonly Access[]
  readonly colours: Colours
  readonly filter: Filter
  readonly onFilter: (change: Partial<Filter>) => void
}

const labelWidth = 230

/** The picture itself: folders, databases, tables. Every node can be reached and opened by keyboard. */
export function FlowView({ accesses, colours, filter, onFilter }: Props) {
  const frame = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = frame.current!
    const measure = () => setWidth(element.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const inner = Math.max(width - 2 * labelWidth, 260)
  const drawn = useMemo(
    () => (width > 0 && accesses.length > 0 ? flowOf(accesses, inner) : undefined),
    [accesses, inner, width],
  )
  const choose = (node: FlowNode) => {
    if (node.kind === 'group') onFilter({ path: filter.path === node.name ? undefined : node.name })
    if (node.kind === 'database')
      onFilter({ database: filter.database === node.name ? undefined : node.name })
    if (node.kind === 'table') onFilter({ target: filter.target === node.name ? undefined : node.name })
  }
  const path = sankeyLinkHorizontal<FlowNode, FlowLink>()
  return (
    <div class="flow" ref={frame}>
      {accesses.length === 0 && <p class="empty">No access fits the filter.</p>}
      {drawn && (
        <svg
          width={inner + 2 * labelWidth}
          height={drawn.height}
          aria-label="Folders, the databases they reach, and their tables"
        >
          <g transform={`translate(${labelWidth} 0)`}>
            <g class="links">
              {drawn.flow.links.map((link) => {
                const source = link.source as FlowNode
                const target = link.target as FlowNode
                const said = `${source.name || 'all'} → ${target.name}: ${plural(link.count, 'access', 'accesses')}${link.state === 'wrong' ? ', wrong database' : link.state === 'unknown' ? ', not known' : ''}`
                return (
                  <path
                    key={`${source.id} ${target.id} ${link.state}`}
                    class={`link ${link.state}`}
                    d={path(link) ?? ''}
                    stroke={link.state === 'right' ? colours(link.database) : undefined}
                    stroke-width={Math.max(1.2, link.width ?? 1)}
                    data-count={link.count}
                    data-state={link.state}
                  >
                    <title>{said}</title>
                  </path>
                )
              })}
            </g>
            {drawn.flow.nodes.map((node) => (
              <Node key={node.id} node={node} colours={colours} onChoose={choose} filter={filter} />
            ))}
          </g>
        </svg>
      )}
    </div>
  )
}

interface NodeProps {
  readonly node: FlowNode & { x0?: number; x1?: number; y0?: number; y1?: number }
  readonly colours: Colours
  readonly filter: Filter
  readonly onChoose: (node: FlowNode) => void
}

function Node({ node, colours, filter, onChoose }: NodeProps) {
  const { x0 = 0, x1 = 0, y0 = 0, y1 = 0 } = node
  const middle = (y0 + y1) / 2
  const chosen = [filter.path, filter.database, filter.target].includes(node.name)
  const opens = node.kind !== 'rest'
  const what = {
    group: node.name.endsWith('/') ? 'folder' : 'file',
    database: 'database',
    table: 'table',
    rest: '',
  }
  const said = [
    `${what[node.kind]} ${node.name || 'everything'}`.trim(),
    plural(node.count, 'access', 'accesses'),
    node.wrong > 0 ? `${node.wrong} wrong` : '',
    node.unknown > 0 ? `${node.unknown} not known` : '',
  ]
    .filter(Boolean)
    .join(', ')
  const [x, anchor] =
    node.column === 0 ? [x0 - 8, 'end'] : node.column === 2 ? [x1 + 8, 'start'] : [x1 + 6, 'start']
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <g
      class={`node ${node.kind}${chosen ? ' chosen' : ''}`}
      role="button"
      tabindex={opens ? 0 : -1}
      aria-label={said}
      aria-pressed={chosen}
      data-name={node.name}
      data-count={node.count}
      onClick={() => onChoose(node)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        onChoose(node)
      }}
    >
      <title>{said}</title>
      <rect
        x={x0}
        y={y0}
        width={x1 - x0}
        height={Math.max(2, y1 - y0)}
        rx="2"
        fill={node.column === 0 ? 'var(--folder)' : colours(node.database)}
      />
      <text x={x} y={middle} dy="0.35em" text-anchor={anchor}>
        {cut(shortName(node), 32)}
        <tspan class="number"> {node.count}</tspan>
        {node.wrong > 0 && <tspan class="wrong-number"> ✕{node.wrong}</tspan>}
      </text>
    </g>
  )
}

/** The end of a path tells folders apart. */
function shortName({ kind, name }: FlowNode): string {
  if (kind !== 'group') return name
  const parts = name.split('/').filter(Boolean)
  const last = parts.at(-1) ?? 'everything'
  const file = !name.endsWith('/') && parts.length > 1
  return file ? parts.slice(-2).join('/') : name.endsWith('/') ? `${parts.slice(-2).join('/')}/` : last
}

function cut(text: string, most: number): string {
  return text.length > most ? `…${text.slice(text.length - most + 1)}` : text
}
