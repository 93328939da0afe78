import type { Range } from '../repo/text.ts'
import { type Cell, cellsOf } from './columns.ts'

/** A line of source with the characters under it that point at a range. */
export interface Frame {
  readonly line: string
  readonly marks: string
}

/**
 * Shows the first line of a range with carets under the range, cut on both sides when it is wider than there is
 * room. Columns are counted as a terminal shows them, whatever the tabs and wide characters.
 * @param line the whole line, without its line end
 * @param room columns that the line may take
 */
export function frame(line: string, range: Range, room: number): Frame {
  const cells = cellsOf(line)
  const from = range.start.column - 1
  const to = range.end.line === range.start.line ? range.end.column - 1 : line.trimEnd().length
  const marked = cells.filter((cell) => cell.end > from && cell.start < Math.max(to, from + 1))
  const first = marked[0] ? cells.indexOf(marked[0]) : cells.length
  const [start, end] = cut(cells, first, first + marked.length, room)
  const left = start > 0 ? '…' : ''
  const right = end < cells.length ? '…' : ''
  const shown = cells.slice(start, end).map((cell) => cell.text)
  return {
    line: (left + shown.join('') + right).trimEnd(),
    marks:
      ' '.repeat(left.length + width(cells.slice(start, first))) +
      '^'.repeat(Math.max(1, width(cells.slice(first, Math.min(end, first + marked.length))))),
  }
}

/** The part of the line to show: all of it if it fits, else what surrounds the cells from `first` to `last`. */
function cut(
  cells: readonly Cell[],
  first: number,
  last: number,
  room: number,
): [start: number, end: number] {
  if (width(cells) <= room) return [0, cells.length]
  // One column on either side is for the sign that something was left out.
  const free = room - 2
  let start = first
  let end = first
  let used = 0
  const fits = (cell: Cell | undefined) => cell !== undefined && used + cell.width <= free
  while (end < last && fits(cells[end])) used += cells[end++]!.width
  // Half of the rest is for what comes before, which leads to the range; then whatever is left on either side.
  const half = used + Math.ceil((free - used) / 2)
  while (used < half && fits(cells[start - 1])) used += cells[--start]!.width
  while (fits(cells[end])) used += cells[end++]!.width
  while (fits(cells[start - 1])) used += cells[--start]!.width
  return [start, end]
}

const width = (cells: readonly Cell[]) => cells.reduce((sum, cell) => sum + cell.width, 0)
