import { cellsOf } from '../../report/columns.ts'

/** Rows of text under each other, each column as wide as its widest text. Ends with a line end unless it is empty. */
export function columns(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map((text) => cellsOf(text)))
  const widthOf = (cells: ReturnType<typeof cellsOf>) => cells.reduce((sum, { width }) => sum + width, 0)
  const widths = (shown[0] ?? []).map((_, at) => Math.max(...shown.map((row) => widthOf(row[at] ?? []))))
  return shown
    .map((row) => {
      const texts = row.map((cells, at) => {
        const text = cells.map((cell) => cell.text).join('')
        return at === row.length - 1 ? text : text + ' '.repeat(widths[at]! - widthOf(cells))
      })
      return `${texts.join('  ').trimEnd()}\n`
    })
    .join('')
}
