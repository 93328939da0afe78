/** Words for the figures of the runtime. */

export function renderWarm(rows) {
  const lines = rows.map(({ name, ns, least, bytes }) => [
    name,
    `${(ns / 1000).toFixed(2)} µs`,
    `${(least / 1000).toFixed(2)} µs`,
    `${Math.round(bytes)} B`,
  ])
  return align([['', 'median', 'least', 'allocated'], ...lines])
}

export function renderFleet({ tenants, clients, rows }) {
  const heading = `${tenants} tenants in the directory, ${clients} clients at a time`
  return `${heading}\n\n${align(rows.map(({ what, value }) => [what, value]))}`
}

function align(rows) {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)))
  const cell = (text, at) => (at === 0 ? text.padEnd(widths[at]) : text.padStart(widths[at]))
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n')
}
