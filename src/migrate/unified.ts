import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff'

/** Unchanged lines shown around an edit, as in `git diff`. */
const context = 3

/**
 * The edit of one file as a unified diff that `git apply` takes; several of them make a patch when they are put
 * one after the other. Line ends, a byte order mark and a missing last newline are kept as they are.
 * @param path relative to the root of the code base, with `/`
 * @returns headers `--- a/<path>` and `+++ b/<path>` and the hunks; empty when nothing differs
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return ''
  const patch = structuredPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, { context })
  const [from, to, ...hunks] = formatPatch(patch, FILE_HEADERS_ONLY).split('\n')
  return [endName(from!), endName(to!), ...hunks].join('\n')
}

/** A reader takes a space for the end of a name, unless it is quoted or a tab ends it, as in git's own diffs. */
function endName(header: string): string {
  return header.indexOf(' ', 4) === -1 || header.endsWith('"') ? header : `${header}\t`
}
