import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { RulePosition } from './model.ts'

/** A value of the rules file together with the place it stands at. */
export interface Spot {
  readonly position: RulePosition
  /** The plain JSON value. */
  readonly value: unknown
  /** The value of a key; undefined when this is no object or has no such key. */
  get(key: string): Spot | undefined
  /** Place of a key itself; the place of the object when it has no such key. */
  keyPosition(key: string): RulePosition
  /** The keys and values of an object, in order; none of anything else. */
  readonly entries: readonly (readonly [key: string, value: Spot])[]
  /** The elements of an array; none of anything else. */
  readonly items: readonly Spot[]
}

/** A mistake in the rules file, before it is known what the file is called. */
export interface Mistake extends RulePosition {
  readonly message: string
  readonly suggestion?: string
}

const syntax: Readonly<Record<string, string>> = {
  InvalidNumberFormat: 'this is not a number',
  PropertyNameExpected: 'expected a key in double quotes',
  ValueExpected: 'expected a value',
  ColonExpected: 'expected ":" after the key',
  CommaExpected: 'expected ","',
  CloseBraceExpected: 'expected "}"',
  CloseBracketExpected: 'expected "]"',
  EndOfFileExpected: 'expected the end of the file',
  UnexpectedEndOfComment: 'this comment is not closed',
  UnexpectedEndOfString: 'this string is not closed',
  UnexpectedEndOfNumber: 'this number is not complete',
  InvalidUnicode: 'expected four hexadecimal digits after \\u',
  InvalidEscapeCharacter: 'unknown escape in a string; a backslash itself is written \\\\',
  InvalidCharacter: 'control characters in a string must be escaped',
}

/**
 * Parses JSON with comments and trailing commas, keeping where everything stands.
 * @param text of the file; a byte order mark and any kind of line end are tolerated
 * @returns the root value, or undefined when there is none; and what is wrong with the syntax, doubled keys included
 */
export function parseDocument(text: string): { root: Spot | undefined; mistakes: Mistake[] } {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  const positionOf = positions(plain)
  const errors: ParseError[] = []
  const tree = parseTree(plain, errors, { allowTrailingComma: true, allowEmptyContent: true })
  const mistakes = syntaxMistakes(plain, errors, positionOf)
  if (tree && mistakes.length === 0) {
    doubledKeys(tree, (key, { offset }) =>
      mistakes.push({ ...positionOf(offset), message: `key "${key}" stands here twice` }),
    )
  }
  return { root: tree && spot(tree, positionOf), mistakes }
}

function syntaxMistakes(
  text: string,
  errors: readonly ParseError[],
  positionOf: (offset: number) => RulePosition,
): Mistake[] {
  const found = errors.map(({ error, offset, length }) => {
    const code = printParseErrorCode(error)
    const word = text.slice(offset, offset + length)
    const noJson = word.startsWith("'") ? 'strings and keys take double quotes' : `"${word}" is no JSON`
    return { ...positionOf(offset), message: code === 'InvalidSymbol' ? noJson : (syntax[code] ?? code) }
  })
  // A mistake of syntax brings others with it in the same line.
  return found.filter(({ line }, i) => line !== found[i - 1]?.line)
}

function spot(node: Node, positionOf: (offset: number) => RulePosition): Spot {
  const position = positionOf(node.offset)
  const properties =
    node.type === 'object' ? (node.children ?? []).filter((item) => item.children?.length === 2) : []
  const property = (key: string) => properties.find((item) => item.children![0]!.value === key)
  return {
    position,
    get value() {
      return getNodeValue(node)
    },
    get(key) {
      const found = property(key)
      return found && spot(found.children![1]!, positionOf)
    },
    keyPosition(key) {
      const found = property(key)
      return found ? positionOf(found.offset) : position
    },
    get entries() {
      return properties.map(
        (item) => [item.children![0]!.value as string, spot(item.children![1]!, positionOf)] as const,
      )
    },
    get items() {
      return node.type === 'array' ? (node.children ?? []).map((item) => spot(item, positionOf)) : []
    },
  }
}

function doubledKeys(node: Node, report: (key: string, node: Node) => void): void {
  const seen = new Set<string>()
  for (const child of node.children ?? []) {
    if (node.type === 'object') {
      const key = child.children?.[0]
      if (key && seen.has(key.value)) report(key.value, key)
      if (key) seen.add(key.value)
    }
    doubledKeys(child, report)
  }
}

/** Turns offsets into lines and columns, both from 1, whatever the line ends are. */
function positions(text: string): (offset: number) => RulePosition {
  const starts = [0]
  for (const end of text.matchAll(/\r\n|\r|\n/g)) starts.push(end.index + end[0].length)
  return (offset) => {
    let line = starts.length
    while (starts[line - 1]! > offset) line--
    return { line, column: offset - starts[line - 1]! + 1 }
  }
}
