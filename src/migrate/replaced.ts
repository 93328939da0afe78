import { diffArrays } from 'diff'

/** A piece of a text and what takes its place; lines and columns from 1, the end exclusive. */
export interface Replacement {
  readonly start: { readonly line: number; readonly column: number }
  readonly end: { readonly line: number; readonly column: number }
  readonly text: string
}

/**
 * The lines of one text that another one has otherwise, in order. A byte order mark is no part of the lines, as in
 * SARIF's regions.
 * @param before,after texts with any line ends
 */
export function replacedLines(before: string, after: string): Replacement[] {
  const [old, now] = [linesOf(before), linesOf(after)]
  const replacements: Replacement[] = []
  let line = 1
  let start = 1
  let text = ''
  const flush = () => {
    if (start < line || text !== '')
      replacements.push({ start: { line: start, column: 1 }, end: endOf(old, line), text })
    text = ''
  }
  for (const { added, removed, value } of diffArrays(old, now)) {
    if (added) text += value.join('')
    else if (removed) line += value.length
    else {
      flush()
      line += value.length
      start = line
    }
  }
  flush()
  return replacements
}

function linesOf(text: string): string[] {
  const plain = text.replace(/^\uFEFF/, '')
  return plain === '' ? [] : plain.split(/(?<=\n)/)
}

/** In front of a line; behind the last one where no newline ends it. */
function endOf(lines: readonly string[], line: number): { line: number; column: number } {
  const last = lines.at(-1)
  if (line <= lines.length || last === undefined || last.endsWith('\n')) return { line, column: 1 }
  return { line: lines.length, column: last.length + 1 }
}
