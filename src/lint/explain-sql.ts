import type { Classifier } from '../rules/classify.ts'
import type { Rules } from '../rules/model.ts'
import { isUnknown } from '../sql/contents.ts'
import type { SqlFact, SqlFacts, TableUse } from '../sql/facts.ts'
import { databaseOf } from '../sql/files.ts'
import { sqlInput } from './sql.ts'

/** What is known about a line of a SQL file, or of a script whose strings hold SQL. */
export interface SqlExplanation {
  /** The database of the file; undefined where no entry of `sql` gives it to one. */
  readonly database?: string
  /** The entry of the rules that decided. */
  readonly decided?: string
  /** Tables that the statements on the line name; those of the whole file where the line names none. */
  readonly tables: readonly {
    readonly name: string
    readonly line: number
    readonly column: number
    readonly operation: string
    /** The databases that the table belongs to; undefined when no rule says so. */
    readonly expected?: readonly string[]
  }[]
  /** Whether `tables` are those of the whole file. */
  readonly whole: boolean
  /** What of the file can't be read, with the reason. */
  readonly unread: readonly { readonly line: number; readonly message: string }[]
}

/** @returns undefined for a file that holds no SQL as far as the rules say */
export function explainSql(
  sql: SqlFacts | undefined,
  rules: Rules,
  classifier: Classifier,
  file: string,
  line: number,
): SqlExplanation | undefined {
  const known = sql?.files.find((item) => item.file === file)
  if (!sql || !known) return file.endsWith('.sql') ? { tables: [], whole: false, unread: [] } : undefined
  const { owners } = sqlInput(sql, classifier)
  const uses = known.facts.flatMap(usesOf).sort((a, b) => a.range.start.offset - b.range.start.offset)
  const here = uses.filter(({ range }) => range.start.line <= line && line <= range.end.line)
  const shown = here.length > 0 ? here : file.endsWith('.sql') ? firstOfEach(uses) : []
  const unread = known.unread
    .filter(({ range }) => shown !== here || (range.start.line <= line && line <= range.end.line))
    .map(({ range, message }) => ({ line: range.start.line, message }))
  if (shown.length === 0 && unread.length === 0 && !file.endsWith('.sql')) return undefined
  const entry = databaseOf(rules, file)
  return {
    database: known.database,
    ...(entry ? { decided: entry.files } : {}),
    tables: shown.map(({ table, range, operation }) => {
      const expected = isUnknown(table) ? undefined : owners(table, file)
      return {
        name: isUnknown(table) ? 'a name that is only known when it runs' : table,
        line: range.start.line,
        column: range.start.column,
        operation,
        ...(expected ? { expected } : {}),
      }
    }),
    whole: here.length === 0,
    unread,
  }
}

/** The tables that a statement names, with that which it makes. */
function usesOf(fact: SqlFact): TableUse[] {
  switch (fact.does) {
    case 'create': {
      const on = fact.on === undefined ? [] : [{ table: fact.on, range: fact.range, operation: fact.object }]
      const made =
        fact.object === 'table' || fact.object === 'view'
          ? [{ table: fact.name, range: fact.range, operation: `create ${fact.object}` }]
          : []
      return [...made, ...on, ...fact.contents.uses]
    }
    case 'foreign-key':
      return [{ table: fact.target, range: fact.range, operation: 'references' }]
    case 'run':
      return [...fact.contents.uses]
    default:
      return []
  }
}

function firstOfEach(uses: readonly TableUse[]): TableUse[] {
  const seen = new Set<string>()
  return uses.filter(({ table, operation }) => {
    const key = `${operation} ${table}`
    return !seen.has(key) && seen.add(key)
  })
}
