import { Module } from '../repo/module.ts'
import { type Node, walk } from '../repo/node.ts'
import { readSuppression } from '../repo/suppression.ts'
import type { SqlFact } from './facts.ts'
import { unescaped } from './literals.ts'
import { unknownName } from './names.ts'
import type { Token } from './parser.ts'
import { readSql } from './read.ts'
import type { Reader } from './reader.ts'
import { SqlText } from './text.ts'

/** What must follow a word for a string to be SQL and not a sentence that begins with the same word. */
const followers: Readonly<Record<string, readonly string[]>> = {
  create: [
    'or',
    'table',
    'temp',
    'temporary',
    'unlogged',
    'view',
    'materialized',
    'recursive',
    'function',
    'procedure',
    'policy',
    'trigger',
    'unique',
    'index',
    'schema',
    'foreign',
  ],
  alter: ['table', 'view', 'policy', 'function', 'materialized', 'database', 'role'],
  drop: ['table', 'view', 'policy', 'function', 'trigger', 'materialized'],
  insert: ['into'],
  delete: ['from'],
  merge: ['into'],
  truncate: ['table', 'only'],
}

/** Reads the SQL in the strings and templates of a script. Expressions in a template stand in it as unknown names. */
export function readScript(reader: Reader, text: string): SqlFact[] {
  const module = Module.parse(reader.file, text)
  if (!(module instanceof Module)) {
    const at = new SqlText(text)
    reader.skip('syntax', module.message, reader.range(at, module.offset, module.offset + 1))
    return []
  }
  for (const comment of module.comments) {
    const suppression = readSuppression(comment.text)
    const range = module.range(comment)
    if (suppression)
      reader.suppressions.push({ file: reader.file, range, line: range.end.line + 1, ...suppression })
  }
  const facts: SqlFact[] = []
  walk(module.program, (node) => {
    const sql = textOf(node, text)
    if (!sql) return true
    if (isSql(reader, sql)) facts.push(...readSql(reader, sql))
    // The parts of a text are no texts of their own.
    return node.type === 'TemplateLiteral'
  })
  return facts
}

function textOf(node: Node, source: string): SqlText | undefined {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string'
        ? unescaped(node.value, source, node.start + 1, node.end - 1)
        : undefined
    case 'TemplateLiteral':
      return joined(
        (node.quasis as Node[]).flatMap((quasi, index) => {
          const part = unescaped(quasi.value.cooked ?? quasi.value.raw, source, quasi.start, quasi.end)
          const expression = node.expressions[index] as Node | undefined
          return expression ? [part, placeholder(expression)] : [part]
        }),
      )
    case 'BinaryExpression': {
      if (node.operator !== '+') return undefined
      const [left, right] = [textOf(node.left, source), textOf(node.right, source)]
      return left || right
        ? joined([left ?? placeholder(node.left), right ?? placeholder(node.right)])
        : undefined
    }
    default:
      return undefined
  }
}

function placeholder(expression: Node): SqlText {
  return SqlText.at(unknownName, expression.start)
}

function joined(parts: readonly SqlText[]): SqlText {
  return new SqlText(
    parts.map((part) => part.text).join(''),
    parts.flatMap((part) => Array.from({ length: part.text.length }, (_, index) => part.offset(index))),
  )
}

/** Whether a string is SQL, by its first words. */
function isSql(reader: Reader, text: SqlText): boolean {
  if (!/\b(?:select|insert|update|delete|create|alter|drop|truncate|with|merge|do)\s/i.test(text.text))
    return false
  const tokens = (reader.parser.tokens(text) ?? []).filter(({ name }) => !name.endsWith('_COMMENT'))
  const words = tokens.map((token: Token) => token.text.toLowerCase())
  const [first = '', second = ''] = words
  if (followers[first]) return followers[first].includes(second)
  // Sentences and queries are told apart by what a sentence never has.
  if (first === 'select')
    return words.includes('from') ? parses(reader, text) : words.includes('(') && parses(reader, text)
  if (first === 'update') return words.includes('set') && words.includes('=')
  if (first === 'with') return words.includes('as') && words.includes('(') && words.includes('select')
  return first === 'do' && tokens[1]?.name === 'SCONST'
}

function parses(reader: Reader, text: SqlText): boolean {
  if (/[*=(,;]/.test(text.text)) return true
  try {
    return reader.parser.statements(text).length > 0 && text.text.includes('\n')
  } catch {
    return false
  }
}
