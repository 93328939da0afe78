import { FILE_HEADERS_ONLY, formatPatch, type StructuredPatchHunk, structuredPatch } from 'diff'

/** Unchanged lines shown around an edit, as in `git diff`. */
const context = 3

/**
 * Lines added and removed up to which the smallest edit is searched for. The search takes time in the square of
 * it: a fifth of a second at this many, minutes for a file of 40,000 lines that is another one altogether.
 */
const maxEditLength = 2_000

/**
 * The edit of one file as a unified diff that `git apply` takes; several of them make a patch when they are put
 * one after the other. Line ends, a byte order mark and a missing last newline are kept as they are.
 * @param path relative to the root of the code base, with `/`
 * @returns headers `--- a/<path>` and `+++ b/<path>` and the hunks; empty when nothing differs
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return ''
  const names = {
    oldFileName: `a/${path}`,
    newFileName: `b/${path}`,
    oldHeader: undefined,
    newHeader: undefined,
  }
  const patch = structuredPatch(names.oldFileName, names.newFileName, before, after, undefined, undefined, {
    context,
    maxEditLength,
  }) ?? { ...names, hunks: [replacement(before, after)] }
  const [from, to, ...hunks] = formatPatch(patch, FILE_HEADERS_ONLY).split('\n')
  return [endName(from!), endName(to!), ...hunks].join('\n')
}

/** A reader takes a space for the end of a name, unless it is quoted or a tab ends it, as in git's own diffs. */
function endName(header: string): string {
  return header.indexOf(' ', 4) === -1 || header.endsWith('"') ? header : `${header}\t`
}

/** Every line of the file taken out and every line of the new one put in. */
function replacement(before: string, after: string): StructuredPatchHunk {
  const [removed, added] = [before, after].map((text) => text.split(/(?<=\n)/))
  const lines = [...signed('-', removed!), ...signed('+', added!)]
  return { oldStart: 1, oldLines: removed!.length, newStart: 1, newLines: added!.length, lines }
}

function signed(sign: string, lines: readonly string[]): string[] {
  return lines.flatMap((line) =>
    line.endsWith('\n') ? [sign + line.slice(0, -1)] : [sign + line, '\\ No newline at end of file'],
  )
}
