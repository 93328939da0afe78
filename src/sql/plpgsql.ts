import { isUnknown } from './contents.ts'
import { readDynamic } from './dynamic.ts'
import type { SqlFact } from './facts.ts'
import { listName } from './names.ts'
import { type PgNode, SqlSyntaxError, type Statement } from './parser.ts'
import type { Reader, ReadText } from './reader.ts'
import { SqlText } from './text.ts'

/** SQL inside PL/pgSQL, as its parser hands it over. */
interface Embedded {
  readonly sql: string
  /** 0: statements; 2: an expression; 3 and more: an assignment (RawParseMode in PostgreSQL's parser.h). */
  readonly mode: number
  /** 1-based line of the body at which the statement around it begins. */
  readonly line: number
  /** The expression makes the text of a statement. */
  readonly dynamic: boolean
}

/** Statements whose `query` makes the text of a statement. */
const executes = new Set(['PLpgSQL_stmt_dynexecute', 'PLpgSQL_stmt_dynfors'])

/** Reads what a PL/pgSQL body runs. */
export function readPlpgsql(
  reader: Reader,
  statement: Statement,
  body: SqlText,
  what: string,
  read: ReadText,
): SqlFact[] {
  let functions: PgNode[]
  try {
    functions = reader.parser.plpgsql(statement.text.slice(statement.start, statement.end))
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error
    const [start, end] = wordIn(body.text, error.message)
    reader.skip('syntax', `${what}: ${error.message}`, reader.range(body, start, end))
    return []
  }
  const finder = new Finder(body)
  const facts = functions.flatMap((found) => [
    ...rowTypes(reader, found, finder),
    ...embeddedIn(found).flatMap((embedded) => readEmbedded(reader, embedded, finder, read)),
  ])
  const strings = (reader.parser.tokens(body) ?? []).flatMap(({ name, text }) =>
    name === 'SCONST' ? [text.slice(1, -1)] : [],
  )
  return facts.map((fact) =>
    fact.does === 'drop' && isUnknown(fact.on ?? '') ? { ...fact, near: strings } : fact,
  )
}

/** Where the word stands that PL/pgSQL's parser complains of; it does not say so itself. Else the body's begin. */
function wordIn(body: string, message: string): [start: number, end: number] {
  const word = /"(.+)"$/.exec(message)?.[1]
  const at = word === undefined ? -1 : body.indexOf(word)
  return word === undefined || at === -1 || body.includes(word, at + 1) ? [0, 1] : [at, at + word.length]
}

function readEmbedded(
  reader: Reader,
  { sql, mode, line, dynamic }: Embedded,
  finder: Finder,
  read: ReadText,
): SqlFact[] {
  const text = finder.find(sql, line)
  if (dynamic) return readDynamic(reader, text, read)
  if (mode === 0) return read(reader, text)
  const value = mode === 2 ? text : afterAssignment(text)
  return value.text.trim() === '' ? [] : read(reader, value.after('SELECT '))
}

function afterAssignment(text: SqlText): SqlText {
  const at = text.text.indexOf(':=')
  return at === -1 ? text.slice(text.text.indexOf('=') + 1) : text.slice(at + 2)
}

/** Every expression and statement of a function, with the line that its own statement begins at. */
function embeddedIn(value: unknown, line = 1, dynamic = false): Embedded[] {
  if (Array.isArray(value)) return value.flatMap((item) => embeddedIn(item, line))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value as PgNode).flatMap(([key, child]): Embedded[] => {
    if (typeof child !== 'object' || child === null) return []
    const here = typeof child.lineno === 'number' ? child.lineno : line
    if (key === 'PLpgSQL_expr')
      return [{ sql: String(child.query ?? ''), mode: Number(child.parseMode ?? 0), line: here, dynamic }]
    if (!executes.has(key)) return embeddedIn(child, here, key === 'dynquery')
    const { query, ...others } = child
    return [...embeddedIn(query, here, true), ...embeddedIn(others, here)]
  })
}

/** Variables that are declared as a row of a table: `r users%ROWTYPE`, `id users.id%TYPE`. */
function rowTypes(reader: Reader, found: PgNode, finder: Finder): SqlFact[] {
  const datums = (found.PLpgSQL_function?.datums ?? []) as PgNode[]
  return datums.flatMap((datum) => {
    const variable = datum.PLpgSQL_var ?? datum.PLpgSQL_rec
    const type = String(variable?.datatype?.PLpgSQL_type?.typname ?? '')
    const [written, kind] = type.split('%')
    if (!written || !kind || variable.lineno === undefined) return []
    const words = written
      .replaceAll('"', '')
      .split('.')
      .map((sval) => ({ String: { sval } }))
    const table = listName(kind.toLowerCase() === 'type' ? words.slice(0, -1) : words)
    if (table === '') return []
    const place = finder.find(written, variable.lineno)
    return [
      {
        does: 'run',
        contents: {
          uses: [{ table, range: reader.range(place, 0, place.text.length), operation: 'select' }],
          calls: [],
          settings: [],
          sets: [],
        },
      },
    ]
  })
}

/**
 * Finds the SQL that PL/pgSQL's parser hands over in the body that it was taken from. The parser keeps the text as it
 * is written, but blanks `INTO …` and writes PERFORM as SELECT, and tells only the line of the statement around it.
 */
class Finder {
  readonly #body: SqlText
  readonly #lines: number[] = [0]
  readonly #taken = new Set<number>()

  constructor(body: SqlText) {
    this.#body = body
    for (let at = body.text.indexOf('\n'); at !== -1; at = body.text.indexOf('\n', at + 1))
      this.#lines.push(at + 1)
  }

  find(sql: string, line: number): SqlText {
    const from = this.#lines[line - 1] ?? 0
    const { text } = this.#body
    for (let at = text.indexOf(sql, from); at !== -1; at = text.indexOf(sql, at + 1))
      if (this.#take(at, sql)) return this.#body.slice(at, at + sql.length)
    for (let at = from; at + sql.length <= text.length; at++)
      if (sameButBlanks(text, at, sql) && this.#take(at, sql))
        return this.#body.slice(at, at + sql.length).withText(sql)
    return SqlText.at(sql, this.#body.offset(from))
  }

  #take(at: number, sql: string): boolean {
    const after = this.#body.text[at + sql.length]
    if (this.#taken.has(at) || (after !== undefined && /\w/.test(after) && /\w$/.test(sql))) return false
    this.#taken.add(at)
    return true
  }
}

/** Whether a statement stands at an index, where the parser may have put blanks and a SELECT of its own. */
function sameButBlanks(text: string, at: number, sql: string): boolean {
  const perform = sql.startsWith('SELECT ') && text.slice(at - 1, at + 6).toUpperCase() === 'PERFORM'
  for (let index = perform ? 7 : 0; index < sql.length; index++)
    if (sql[index] !== text[at + index] && sql[index] !== ' ') return false
  return perform || sql[0] === text[at]
}
