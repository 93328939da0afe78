import { constantOf } from './contents.ts'
import type { SqlFact } from './facts.ts'
import { listName, unknownName } from './names.ts'
import { type PgNode, SqlSyntaxError } from './parser.ts'
import type { Reader, ReadText } from './reader.ts'
import { SqlText } from './text.ts'

/** Without quotes: it may be a part of a name, as in `'idx_' || table`. */
const unknownIdentifier = unknownName
const unknownString = `'${unknownName}'`

/**
 * Reads a statement that is put together when it runs, as far as its parts are constant: `EXECUTE 'ALTER TABLE ' ||
 * quote_ident(t) || …`, `EXECUTE format('…%I…', …)`. What is not constant stands in it as a name that nobody wrote.
 * @param expression the expression that makes the statement's text
 */
export function readDynamic(reader: Reader, expression: SqlText, read: ReadText): SqlFact[] {
  const range = reader.range(expression, 0, expression.text.length)
  const made = textOf(expressionNode(reader, expression))
  const isConstant = made !== undefined && made !== unknownIdentifier
  if (isConstant) {
    const text = SqlText.at(made, expression.offset(0))
    try {
      reader.parser.statements(text)
      return read(reader, text).map((fact) => placedAt(fact, range))
    } catch (error) {
      if (!(error instanceof SqlSyntaxError)) throw error
    }
  }
  reader.skip('dynamic', 'the statement that EXECUTE runs is only known when it runs', range)
  return []
}

function expressionNode(reader: Reader, expression: SqlText): PgNode | undefined {
  try {
    return reader.parser.statements(expression.after('SELECT '))[0]?.node.targetList?.[0]?.ResTarget?.val
  } catch {
    return undefined
  }
}

/** The text that an expression makes, with placeholders; undefined when nothing of it is constant. */
function textOf(node: PgNode | undefined): string | undefined {
  const constant = constantOf(node)
  if (constant !== undefined) return constant
  if (node?.A_Expr?.kind === 'AEXPR_OP' && listName(node.A_Expr.name) === '||') {
    const [left, right] = [textOf(node.A_Expr.lexpr), textOf(node.A_Expr.rexpr)]
    return left === undefined && right === undefined
      ? undefined
      : (left ?? unknownIdentifier) + (right ?? unknownIdentifier)
  }
  if (!node?.FuncCall) return undefined
  const name = listName(node.FuncCall.funcname)
  const first = constantOf(node.FuncCall.args?.[0])
  if (name === 'format' && first !== undefined)
    return formatted(first, (node.FuncCall.args as PgNode[]).slice(1))
  if (name === 'quote_ident') return first === undefined ? unknownIdentifier : `"${first}"`
  if (name === 'quote_literal' || name === 'quote_nullable') return unknownString
  return undefined
}

/** PostgreSQL's format(): %I is a name, %L a string, %s any text, %% a percent sign; `%1$I` counts by itself. */
function formatted(pattern: string, values: readonly PgNode[]): string {
  let next = 0
  return pattern.replace(/%(?:(\d+)\$)?-?\d*([ILs%])/g, (_, position: string | undefined, kind: string) => {
    if (kind === '%') return '%'
    const value = constantOf(values[position === undefined ? next++ : Number(position) - 1])
    if (kind === 'L') return value === undefined ? unknownString : `'${value.replaceAll("'", "''")}'`
    if (value === undefined) return unknownIdentifier
    return kind === 'I' ? `"${value}"` : value
  })
}

/** Nothing inside a text that was put together has a place of its own. */
function placedAt<T>(value: T, range: unknown): T {
  if (Array.isArray(value)) return value.map((item) => placedAt(item, range)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'range' ? range : placedAt(item, range)]),
  ) as T
}
