/** Reads the select strings of PostgREST, as supabase-js sends them: `id, owner:users!inner(name), ...team(*)`. */
import { SelectParser } from './select-parser.ts'
import { hole } from './select-scanner.ts'
import type { SelectEmbed, SelectTree } from './select-tree.ts'

export type * from './select-tree.ts'

/**
 * Reads a select string. Never throws: text that PostgREST would refuse comes back with the first `problem` and
 * everything that could be understood.
 */
export function parseSelect(text: string): SelectTree {
  return new SelectParser(text, new Set()).parse()
}

/**
 * Reads a select string of which some parts are only known at run time.
 * @param parts the text in order; null for each part decided at run time (it counts as one character in offsets)
 * @returns a tree that is never `complete` when there is a null. A mistake after the first null is no `problem`,
 *   since what comes in there may mend it.
 */
export function parsePartialSelect(parts: readonly (string | null)[]): SelectTree {
  const holes = new Set<number>()
  let text = ''
  for (const part of parts) {
    if (part === null) holes.add(text.length)
    text += part ?? hole
  }
  return new SelectParser(text, holes).parse()
}

/** The embeds of every depth, in the order of the text. */
export function embedsOf(tree: Pick<SelectTree, 'embeds'>): SelectEmbed[] {
  const found: SelectEmbed[] = []
  const waiting = tree.embeds.toReversed()
  for (let embed = waiting.pop(); embed !== undefined; embed = waiting.pop()) {
    found.push(embed)
    for (const child of embed.children.toReversed()) if (child.kind === 'embed') waiting.push(child)
  }
  return found
}
