import type { Range } from '../repo/text.ts'
import { merged, nothing } from './contents.ts'
import type { Contents, SqlFact } from './facts.ts'
import { contentsOfFacts } from './fold.ts'
import { listName } from './names.ts'
import type { PgNode, Statement } from './parser.ts'
import { readPlpgsql } from './plpgsql.ts'
import { signatureOf } from './read-drop.ts'
import type { Reader, ReadText } from './reader.ts'
import { stringToken } from './strings.ts'
import { SqlText } from './text.ts'

/** CREATE FUNCTION or PROCEDURE, with what its body names. */
export function readFunction(reader: Reader, statement: Statement, read: ReadText): SqlFact {
  const { node, text } = statement
  const name = listName(node.funcname)
  const range = nameRange(reader, statement, name.slice(name.lastIndexOf('.') + 1))
  const options = optionsOf(node.options)
  const sets = ((node.options ?? []) as PgNode[]).flatMap((option) => reader.contents(option, text).sets)
  const language = String(options.get('language')?.arg?.String?.sval ?? 'sql').toLowerCase()
  const parts: Contents[] = [{ ...nothing, sets }]
  if (node.sql_body) parts.push(reader.contents(node.sql_body, text))
  const body = bodyText(reader, statement, options.get('as'))
  if (body)
    parts.push(
      contentsOfFacts(readBody(reader, statement, body, language, `the body of function \`${name}\``, read)),
    )
  return {
    does: 'create',
    object: 'function',
    name,
    signature: signatureOf(argumentTypes(node)),
    range,
    contents: merged(parts),
  }
}

/** Where a function's name stands: its tree does not say so. */
function nameRange(reader: Reader, { text, start, end }: Statement, name: string): Range {
  const at = text.text.slice(start, end).toLowerCase().indexOf(name.toLowerCase())
  return at === -1
    ? reader.range(text, start, start + 1)
    : reader.range(text, start + at, start + at + name.length)
}

/** Types of the arguments that a call passes. */
function argumentTypes(node: PgNode): PgNode[] {
  return ((node.parameters ?? []) as PgNode[])
    .map((item) => item.FunctionParameter as PgNode)
    .filter(({ mode }) => mode !== 'FUNC_PARAM_OUT' && mode !== 'FUNC_PARAM_TABLE')
    .map(({ argType }) => argType)
}

/** DO: its statements run once, as if they stood there. */
export function runBlock(reader: Reader, statement: Statement, read: ReadText): SqlFact[] {
  const options = optionsOf(statement.node.args)
  const language = String(options.get('language')?.arg?.String?.sval ?? 'plpgsql').toLowerCase()
  const body = bodyText(reader, statement, options.get('as'))
  return body ? readBody(reader, statement, body, language, 'this DO block', read) : []
}

function readBody(
  reader: Reader,
  statement: Statement,
  body: SqlText,
  language: string,
  what: string,
  read: ReadText,
): SqlFact[] {
  switch (language) {
    case 'sql':
      return read(reader, body)
    case 'plpgsql':
      reader.readComments(body)
      return readPlpgsql(reader, statement, body, what, read)
    // Functions in C name no table in SQL.
    case 'c':
    case 'internal':
      return []
    default:
      reader.skip('language', `${what} is written in ${language}`, reader.range(body, 0, 1))
      return []
  }
}

function optionsOf(options: readonly PgNode[] | undefined): Map<string, PgNode> {
  return new Map(
    (options ?? []).flatMap((item) =>
      item.DefElem ? [[String(item.DefElem.defname), item.DefElem as PgNode]] : [],
    ),
  )
}

/** The body as it stands in the file: the string after AS, without its quotes. */
function bodyText(reader: Reader, statement: Statement, option: PgNode | undefined): SqlText | undefined {
  const value = option?.arg?.String?.sval ?? option?.arg?.List?.items?.[0]?.String?.sval
  if (!option || value === undefined) return undefined
  const { text } = statement
  const from = text.atByte(option.location ?? 0)
  return (
    stringToken(reader.parser, text.slice(from, statement.end)) ??
    SqlText.at(String(value), text.offset(from))
  )
}
