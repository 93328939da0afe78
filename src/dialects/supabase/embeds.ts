import { embedsOf, parsePartialSelect } from './select.ts'

/** Tables that a select text touches besides the one it is asked of. */
export interface EmbeddedTables {
  readonly tables: readonly {
    /** Empty when it is only known at run time. */
    readonly name: string
    readonly start: number
    readonly end: number
    readonly alias?: string
    readonly hints: readonly string[]
  }[]
  /** False when a part is only known at run time or the text is not valid. */
  readonly complete: boolean
  readonly problem?: string
}

/** What select texts embed: the same few stand in thousands of queries. */
const plainSelects = new Map<string, EmbeddedTables>()

/** @param parts a select text; `null` stands for what is only known at run time */
export function embeddedTables(parts: readonly (string | null)[]): EmbeddedTables {
  const [only] = parts
  if (parts.length !== 1 || typeof only !== 'string') return read(parts)
  let known = plainSelects.get(only)
  if (!known) plainSelects.set(only, (known = read(parts)))
  return known
}

/** A list of columns without anything else, which most select texts are. */
const onlyColumns = /^\s*(?:\*|[A-Za-z0-9_$]+)(?:\s*,\s*(?:\*|[A-Za-z0-9_$]+))*\s*$/

function read(parts: readonly (string | null)[]): EmbeddedTables {
  const [only] = parts
  if (parts.length === 1 && typeof only === 'string' && onlyColumns.test(only))
    return { tables: [], complete: true }
  const tree = parsePartialSelect(parts)
  return {
    tables: embedsOf(tree).map((embed) => ({
      name: embed.target ?? '',
      start: embed.start,
      end: embed.end,
      hints: embed.hints,
      ...(embed.alias === undefined ? {} : { alias: embed.alias }),
    })),
    complete: tree.complete,
    ...(tree.problem ? { problem: tree.problem.message } : {}),
  }
}
