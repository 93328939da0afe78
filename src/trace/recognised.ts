import type { Candidate, Dialect } from '../dialects/dialect.ts'
import type { Node } from '../repo/node.ts'

/** What a dialect takes a call for: nothing, a query, or several. */
export function recognised(dialect: Dialect, call: Node): readonly Candidate[] {
  const found = dialect.recognise(call)
  return found === undefined ? none : Array.isArray(found) ? found : [found as Candidate]
}

const none: readonly Candidate[] = []
