import { isUnknown } from './contents.ts'
import { readDynamic } from './dynamic.ts'
import type { SqlFact } from './facts.ts'
import { Finder } from './finder.ts'
import { type PgNode, SqlSyntaxError, type Statement } from './parser.ts'
import type { Reader, ReadText } from './reader.ts'
import { rowTypes } from './row-types.ts'
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
    functions = parse(reader, statement)
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error
    const [start, end] = wordIn(body.text, error.message)
    reader.skip('syntax', `${what}: ${error.message}`, reader.range(body, start, end))
    return []
  }
  const finder = new Finder(body)
  const tokens = reader.parser.tokens(body) ?? []
  const facts = [
    ...rowTypes(reader, body, tokens),
    ...functions.flatMap((found) =>
      embeddedIn(found).flatMap((embedded) => readEmbedded(reader, embedded, finder, read)),
    ),
  ]
  const strings = tokens.flatMap(({ name, text }) => (name === 'SCONST' ? [text.slice(1, -1)] : []))
  return facts.map((fact) =>
    fact.does === 'drop' && isUnknown(fact.on ?? '') ? { ...fact, near: strings } : fact,
  )
}

/**
 * PL/pgSQL's parser has no catalog here: it refuses fields of a variable that is declared as a row, and arrays of a
 * team's own types as results. Both are then written in a way that it takes; positions are found in the body itself.
 */
function parse(reader: Reader, { text, start, end, node }: Statement): PgNode[] {
  const written = text.slice(start, end)
  try {
    return reader.parser.plpgsql(written)
  } catch (error) {
    if (!(error instanceof SqlSyntaxError) || error.message.startsWith('syntax error')) throw error
    let again = written.text.replace(/%rowtype\b/gi, (word) => ' '.repeat(word.length))
    const from = text.atByte(node.returnType?.location ?? -1) - start
    const options = ((node.options ?? []) as PgNode[]).map(
      (option) => text.atByte(option.DefElem.location) - start,
    )
    const to = Math.min(...options.filter((at) => at > from))
    if (node.returnType?.arrayBounds && Number.isFinite(to))
      again = `${again.slice(0, from)}text[] ${again.slice(to)}`
    try {
      return reader.parser.plpgsql(new SqlText(again))
    } catch {
      throw error
    }
  }
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
