import { type SchemaToken, scan } from './scanner.ts'
import type {
  SchemaArgument,
  SchemaAttribute,
  SchemaBlock,
  SchemaField,
  SchemaModel,
  SchemaProblem,
  SchemaTree,
  SchemaValue,
} from './tree.ts'

/**
 * Reads a `.prisma` file. Never throws: of a text that Prisma would refuse, everything that can be understood comes
 * back, with the first `problem`.
 * Source of the grammar: https://www.prisma.io/docs/orm/prisma-schema/overview
 */
export function parseSchema(text: string): SchemaTree {
  return new SchemaParser(scan(text)).parse()
}

class SchemaParser {
  readonly #tokens: readonly SchemaToken[]
  #at = 0
  #problem: SchemaProblem | undefined

  constructor(tokens: readonly SchemaToken[]) {
    this.#tokens = tokens
  }

  parse(): SchemaTree {
    const models: SchemaModel[] = []
    const blocks: SchemaBlock[] = []
    while (this.#next.kind !== 'end') {
      const head = this.#take()
      const name = this.#next
      if (head.kind !== 'word' || name.kind !== 'word') {
        this.#refuse('Expected a block such as `model Name { … }`', head)
        continue
      }
      this.#take()
      if (!this.#eat('{')) this.#refuse(`Expected "{" after \`${head.text} ${name.text}\``, this.#next)
      else if (head.text === 'model' || head.text === 'view' || head.text === 'type')
        models.push(this.#model(head.text, head.start, name.text))
      else if (head.text === 'datasource' || head.text === 'generator')
        blocks.push(this.#block(head.text, head.start, name.text))
      else {
        if (head.text !== 'enum') this.#refuse(`There is no kind of block called "${head.text}"`, head)
        this.#skipBlock()
      }
    }
    return { models, blocks, ...(this.#problem ? { problem: this.#problem } : {}) }
  }

  #model(kind: SchemaModel['kind'], start: number, name: string): SchemaModel {
    const fields: SchemaField[] = []
    const attributes: SchemaAttribute[] = []
    while (!this.#closes()) {
      const token = this.#take()
      if (token.text === '@@' && token.kind === 'sign') attributes.push(this.#attribute(token.start))
      else if (token.kind === 'word' && this.#next.kind === 'word' && !this.#next.first)
        fields.push(this.#field(token))
      else {
        this.#refuse(`Expected a field or an attribute of ${name}`, token)
        this.#skipLine()
      }
    }
    return { kind, name, fields, attributes, start, end: this.#take().end }
  }

  #field(name: SchemaToken): SchemaField {
    const type = this.#take().text
    // `Unsupported("circle")`
    if (this.#eat('(')) this.#arguments()
    let list = false
    let optional = false
    for (;;) {
      if (this.#eat('[')) list = this.#eat(']') || list
      else if (this.#eat('?')) optional = true
      else if (!this.#eat('!')) break
    }
    const attributes: SchemaAttribute[] = []
    for (let sign = this.#next; this.#eat('@'); sign = this.#next)
      attributes.push(this.#attribute(sign.start))
    if (!this.#next.first && !this.#closes()) {
      this.#refuse(`Expected the end of the field "${name.text}"`, this.#next)
      this.#skipLine()
    }
    return { name: name.text, type, list, optional, attributes, start: name.start, end: this.#before.end }
  }

  /** What comes after `@` or `@@`. */
  #attribute(start: number): SchemaAttribute {
    if (this.#next.kind !== 'word') this.#refuse('Expected the name of an attribute', this.#next)
    const name = this.#next.kind === 'word' ? this.#take().text : ''
    const args = this.#eat('(') ? this.#arguments() : []
    return { name, args, start, end: this.#before.end }
  }

  /** Up to the closing parenthesis. */
  #arguments(): SchemaArgument[] {
    const found: SchemaArgument[] = []
    while (!this.#eat(')')) {
      if (this.#next.kind === 'end' || (this.#next.kind === 'sign' && this.#next.text === '}')) {
        this.#refuse('A parenthesis is not closed', this.#next)
        break
      }
      const named = this.#next.kind === 'word' && this.#tokens[this.#at + 1]?.text === ':'
      const name = named ? this.#take().text : undefined
      if (named) this.#take()
      const value = this.#value()
      if (value) found.push(name === undefined ? { value } : { name, value })
      this.#eat(',')
    }
    return found
  }

  #value(): SchemaValue | undefined {
    const token = this.#take()
    const { start } = token
    if (token.kind === 'text') return { kind: 'text', value: token.text, start, end: token.end }
    if (token.kind === 'word') {
      if (!this.#eat('(')) return { kind: 'word', value: token.text, start, end: token.end }
      return { kind: 'call', name: token.text, args: this.#arguments(), start, end: this.#before.end }
    }
    if (token.text === '[' || token.text === '{') {
      const close = token.text === '[' ? ']' : '}'
      const items: SchemaValue[] = []
      while (!this.#eat(close) && this.#next.kind !== 'end') {
        const item = this.#value()
        if (item) items.push(item)
        this.#eat(':')
        this.#eat(',')
      }
      return { kind: 'list', items, start, end: this.#before.end }
    }
    this.#refuse('Expected a value', token)
    return undefined
  }

  #block(kind: SchemaBlock['kind'], start: number, name: string): SchemaBlock {
    const settings = new Map<string, SchemaValue>()
    while (!this.#closes()) {
      const key = this.#take()
      if (key.kind !== 'word' || !this.#eat('=')) {
        this.#refuse(`Expected a setting of ${name}, such as \`provider = "…"\``, key)
        this.#skipLine()
        continue
      }
      const value = this.#value()
      if (value) settings.set(key.text, value)
    }
    return { kind, name, settings, start, end: this.#take().end }
  }

  get #next(): SchemaToken {
    return this.#tokens[this.#at]!
  }

  get #before(): SchemaToken {
    return this.#tokens[this.#at - 1]!
  }

  #take(): SchemaToken {
    const token = this.#next
    if (token.kind !== 'end') this.#at++
    return token
  }

  #eat(sign: string): boolean {
    if (this.#next.kind !== 'sign' || this.#next.text !== sign) return false
    this.#at++
    return true
  }

  /** Whether the block ends here, or the file does. */
  #closes(): boolean {
    if (this.#next.kind === 'end') this.#refuse('A block is not closed', this.#next)
    return this.#next.kind === 'end' || (this.#next.kind === 'sign' && this.#next.text === '}')
  }

  #skipLine(): void {
    while (!this.#next.first && this.#next.kind !== 'end') {
      if (this.#next.kind === 'sign' && this.#next.text === '}') return
      this.#at++
    }
  }

  #skipBlock(): void {
    while (this.#next.kind !== 'end' && !this.#eat('}')) this.#at++
  }

  #refuse(message: string, token: SchemaToken): void {
    this.#problem ??= { message, offset: token.start }
  }
}
