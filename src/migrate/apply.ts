import MagicString from 'magic-string'
import type { SourceEdit } from '../trace/asynchrony.ts'

/** Edits that touch the same text: nothing is written for the file then. */
export class EditConflict extends Error {}

/**
 * Splices edits into a text; every byte outside of them stays.
 * @throws EditConflict when two edits overlap
 */
export function applyEdits(text: string, edits: readonly SourceEdit[]): string {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end)
  let end = 0
  for (const edit of ordered) {
    if (edit.start < end) throw new EditConflict(`two rewrites change the same text at offset ${edit.start}`)
    end = Math.max(end, edit.end)
  }
  const result = new MagicString(text)
  for (const edit of ordered) {
    if (edit.start === edit.end) result.appendLeft(edit.start, edit.text)
    else if (edit.text === '') result.remove(edit.start, edit.end)
    else result.update(edit.start, edit.end, edit.text)
  }
  return result.toString()
}
