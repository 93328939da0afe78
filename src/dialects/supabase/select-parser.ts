/**
 * The grammar of select strings is PostgREST's (`pFieldForest` in src/PostgREST/ApiRequest/QueryParams.hs,
 * version 13), after supabase-js has removed whitespace outside double quotes. Nesting is kept on a stack of our
 * own, so that no text can exhaust the call stack.
 */
import { type ScannedName, SelectScanner } from './select-scanner.ts'
import type {
  JsonStep,
  SelectColumn,
  SelectEmbed,
  SelectNode,
  SelectProblem,
  SelectTree,
} from './select-tree.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type OpenEmbed = Mutable<Omit<SelectEmbed, 'children'>> & { children: SelectNode[] }

/** One list of items that is being read: the top level, or what stands between an embed's parentheses. */
interface Frame {
  readonly nodes: SelectNode[]
  readonly embed?: OpenEmbed
  /** Offset of the opening parenthesis. */
  readonly open: number
}

const aggregates = new Set(['avg', 'count', 'max', 'min', 'sum'])

/** Reads one text, once. */
export class SelectParser {
  private readonly scanner: SelectScanner
  private readonly firstHole: number
  private readonly frames: Frame[] = [{ nodes: [], open: 0 }]
  private problem: SelectProblem | undefined

  /** @param holes offsets in `text`, ascending, of the characters that stand for run-time parts */
  constructor(text: string, holes: ReadonlySet<number>) {
    this.scanner = new SelectScanner(text, holes)
    this.firstHole = holes.values().next().value ?? Number.POSITIVE_INFINITY
  }

  parse(): SelectTree {
    const { scanner } = this
    let comma: number | undefined
    let itemExpected = true
    for (let next = scanner.peek(); next !== ''; next = scanner.peek()) {
      const start = scanner.at
      if (scanner.eat(')')) {
        if (comma !== undefined) this.refuse('Expected a column or a relation after this comma', comma)
        this.close(start)
        comma = undefined
        itemExpected = false
      } else if (scanner.eat(',')) {
        if (itemExpected) this.refuse('Expected a column or a relation before this comma', start)
        comma = start
        itemExpected = true
      } else if (itemExpected || scanner.atHole() || this.frames.at(-1)!.nodes.at(-1)?.kind === 'hole') {
        itemExpected = this.item()
        comma = undefined
      } else {
        this.refuse(`Expected a comma before ${JSON.stringify(next)}`, start)
        scanner.skipItem()
      }
    }
    return this.finish(comma)
  }

  private finish(comma: number | undefined): SelectTree {
    const { text, openQuote } = this.scanner
    if (comma !== undefined) this.refuse('Expected a column or a relation after this comma', comma)
    if (openQuote !== undefined) this.refuse('This quote is never closed', openQuote, text.length)
    const innermost = this.frames.at(-1)!
    if (innermost.embed) this.refuse('This parenthesis is never closed', innermost.open, text.length)
    for (const frame of this.frames) if (frame.embed) frame.embed.end = this.scanner.end
    const { nodes } = this.frames[0]!
    const complete = this.problem === undefined && this.firstHole === Number.POSITIVE_INFINITY
    return {
      text,
      nodes,
      embeds: nodes.filter((node) => node.kind === 'embed'),
      complete,
      ...(this.problem && { problem: this.problem }),
    }
  }

  /** Reads one item. Returns true when it opened a parenthesis, so that another item is due. */
  private item(): boolean {
    const { scanner } = this
    const start = scanner.at
    if (scanner.eat('*')) {
      this.push({ kind: 'star', start, end: scanner.end })
      return false
    }
    let spread = scanner.eat('...')
    let name = scanner.name()
    let alias: ScannedName | undefined
    if (name && scanner.sees(':') && !scanner.sees('::')) {
      scanner.eat(':')
      const ellipsis = scanner.at
      if (spread || scanner.eat('...')) {
        this.refuse('A spread relation takes no alias', spread ? start : ellipsis)
        spread = true
      }
      alias = name
      name = scanner.name()
    }
    if (!name) {
      this.refuse('Expected the name of a column or a relation', scanner.at)
      scanner.skipItem()
      return false
    }
    const named = alias?.value === undefined ? {} : { alias: alias.value }
    if (!spread && name.value === 'count' && !name.quoted && scanner.eat('()')) {
      const cast = this.cast()
      this.push({ kind: 'count', ...named, ...(cast && { cast }), start, end: scanner.end })
      return false
    }
    if (spread || scanner.sees('!') || scanner.sees('(')) return this.embed(start, named, name, spread)
    if (!alias && name.value === undefined && name.end - name.start === 1) {
      this.push({ kind: 'hole', start, end: scanner.end })
      return false
    }
    this.column(start, named, name)
    return false
  }

  private embed(start: number, named: { alias?: string }, name: ScannedName, spread: boolean): boolean {
    const { scanner } = this
    const hints: string[] = []
    const joins = new Set<string>()
    while (scanner.eat('!')) {
      const hint = scanner.name()
      if (!hint) this.refuse('Expected a hint, "inner" or "left" after "!"', scanner.at)
      else if (!hint.quoted && (hint.value === 'inner' || hint.value === 'left')) joins.add(hint.value)
      else if (hint.value !== undefined) {
        if (hints.length > 0) this.refuse('A relation takes one hint', hint.start)
        hints.push(hint.value)
      }
    }
    const embed: OpenEmbed = {
      kind: 'embed',
      target: name.value,
      ...(name.likely !== undefined && { likely: name.likely }),
      targetStart: name.start,
      targetEnd: name.end,
      ...named,
      hints,
      inner: joins.has('inner'),
      left: joins.has('left'),
      spread,
      start,
      end: scanner.end,
      depth: this.frames.length - 1,
      children: [],
    }
    this.push(embed)
    scanner.peek()
    const open = scanner.at
    if (scanner.eat('(')) {
      this.frames.push({ nodes: embed.children, embed, open })
      return true
    }
    this.refuse('Expected "(" after the name of a relation', open)
    return false
  }

  private column(start: number, named: { alias?: string }, name: ScannedName): void {
    const { scanner } = this
    const path: JsonStep[] = []
    while (scanner.sees('->')) {
      const asText = scanner.eat('->>') || !scanner.eat('->')
      const key = scanner.jsonKey()
      if (key) path.push({ key: key.value, asText })
      else this.refuse('Expected a key or an index after the arrow', scanner.at)
    }
    const column: Mutable<SelectColumn> = { kind: 'column', name: name.value, ...named, path, start, end: 0 }
    const cast = this.cast()
    if (cast) column.cast = cast
    if (scanner.eat('.')) {
      const aggregate = scanner.name()
      if (aggregate?.value !== undefined) column.aggregate = aggregate.value
      if (aggregate?.value !== undefined && !aggregates.has(aggregate.value)) {
        this.refuse(`There is no aggregate function "${aggregate.value}"`, aggregate.start)
      }
      if (!scanner.eat('()')) this.refuse('Expected an aggregate function such as "sum()"', scanner.at)
      const aggregateCast = this.cast()
      if (aggregateCast) column.aggregateCast = aggregateCast
    }
    column.end = scanner.end
    this.push(column)
  }

  /** The type after `::`; undefined when there is none, or when it is decided at run time. */
  private cast(): string | undefined {
    if (!this.scanner.eat('::')) return undefined
    const type = this.scanner.name()
    if (!type) this.refuse('Expected a type after "::"', this.scanner.at)
    return type?.value
  }

  private push(node: SelectNode): void {
    this.frames.at(-1)!.nodes.push(node)
  }

  private close(offset: number): void {
    const { embed } = this.frames.at(-1)!
    if (embed) {
      this.frames.pop()
      embed.end = offset + 1
    } else this.refuse('This parenthesis closes nothing', offset)
  }

  /** Keeps the first mistake. One that is only certain at `from` is none when a hole comes before that. */
  private refuse(message: string, offset: number, from = offset): void {
    if (this.firstHole > from) this.problem ??= { message, offset }
  }
}
