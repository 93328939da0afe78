import type { SuppressionFact } from '../trace/facts.ts'
import type { Edit } from './result.ts'

/**
 * The edit that takes rules out of a suppression comment: the comment as a whole when none is left.
 * @param gone the rules to take out; the others of the comment stay, with the reason
 * @param text of the file
 */
export function withoutRules({ rules, range }: SuppressionFact, gone: readonly string[], text: string): Edit {
  const left = rules.filter((rule) => !gone.includes(rule))
  if (left.length === 0) return { range, text: '' }
  const comment = text.slice(range.start.offset, range.end.offset)
  // The list is between the keyword, which ends with the word before the first rule, and the dashes.
  const from = comment.indexOf(rules[0]!, comment.indexOf('next-line') + 'next-line'.length)
  const to = comment.indexOf('--', from)
  return { range, text: `${comment.slice(0, from)}${left.join(', ')} ${comment.slice(to)}` }
}

/**
 * Applies edits to a text. A line that held nothing but what is taken out goes as a whole.
 * @param edits of one file; equal ones count once
 */
export function edited(text: string, edits: readonly Edit[]): string {
  const last = [...new Map(edits.map((edit) => [edit.range.start.offset, edit])).values()].sort(
    (a, b) => b.range.start.offset - a.range.start.offset,
  )
  let result = text
  for (const { range, text: now } of last) {
    const [start, end] =
      now === ''
        ? widened(text, range.start.offset, range.end.offset)
        : [range.start.offset, range.end.offset]
    result = result.slice(0, start) + now + result.slice(end)
  }
  return result
}

/** A comment with its line when it is alone there, else with the white space before it when it ends the line. */
function widened(text: string, start: number, end: number): [start: number, end: number] {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const newline = text.indexOf('\n', end)
  const lineEnd = newline === -1 ? text.length : newline
  const before = text.slice(lineStart, start).replace(/^\uFEFF/, '')
  const behind = text.slice(end, lineEnd)
  if (behind.trim() !== '') return [start, end]
  if (before.trim() === '') return [start - before.length, newline === -1 ? lineEnd : newline + 1]
  return [start - (before.length - before.trimEnd().length), end]
}
