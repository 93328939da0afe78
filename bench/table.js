/** Words for the figures. */

const milliseconds = (ms) => (ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`)
const number = (value) => value.toLocaleString('en-US')

/** One size: what the tree is, and a line for each program. */
export function render({ tree, rows }) {
  const floor = rows.find((row) => row.name === 'floor')?.median
  const lines = rows.map((row) =>
    row.failure
      ? [row.name, row.task, row.failure]
      : [
          row.name,
          row.task,
          milliseconds(row.median),
          milliseconds(row.min),
          floor ? `${(row.median / floor).toFixed(1)}×` : '',
          row.rssMb === undefined ? '–' : `${Math.round(row.rssMb)} MB`,
          content(row.content),
        ],
  )
  const heading = `${number(tree.files)} files, ${(tree.bytes / 1e6).toFixed(1)} MB; ${number(tree.mentioning)} mention the application's client, which they make in ${number(tree.creations)} calls for ${number(tree.queries)} queries`
  const columns = ['program', 'task', 'median', 'min', 'to floor', 'peak RSS', 'what its result contains']
  return `${heading}\n\n${align([columns, ...lines])}`
}

/** What a result holds, in the order of a question: how much, of which table, with which verdict. */
export function content({ unit, found, rewritten, tables, verdicts, extra }) {
  const parts = []
  if (found !== undefined) parts.push(`${number(found)} ${unit} found`)
  if (rewritten !== undefined) parts.push(`${number(rewritten)} ${unit} rewritten`)
  if (extra) parts.push(extra)
  if (tables !== undefined) parts.push(tables > 0 ? `tables known (${number(tables)})` : 'tables unknown')
  if (verdicts !== undefined)
    parts.push(verdicts > 0 ? `verdict per call (${number(verdicts)})` : 'no verdict')
  return parts.join(', ')
}

function align(rows) {
  const full = rows.filter((row) => row.length > 3)
  const widths = rows[0].map((_, at) =>
    Math.max(...full.map((row) => row[at].length), ...(at < 2 ? rows.map((row) => row[at].length) : [])),
  )
  const isFigure = (at) => at >= 2 && at <= 5
  return rows
    .map((row) =>
      row
        .map((cell, at) =>
          isFigure(at) && row.length > 3 ? cell.padStart(widths[at]) : cell.padEnd(at < 2 ? widths[at] : 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
