/** Looks at a text before it is parsed: whether it may hold something. Every `RegExp` is one. */
export interface TextTest {
  test(text: string): boolean
  /** What it looks for, in words of its own: two that read the same find the same. */
  toString(): string
}

/** What may stand between a closing parenthesis and the next call of a chain. */
export const between = String.raw`(?:[\s!?]|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*`

/**
 * Looks for one thing that another follows within some characters. One pattern for both would try every distance from
 * every beginning; two lists of places are compared in one go.
 */
export class Followed implements TextTest {
  readonly #first: RegExp
  readonly #second: RegExp
  readonly #within: number

  constructor(first: RegExp, second: RegExp, within: number) {
    this.#first = new RegExp(first.source, 'g')
    this.#second = new RegExp(second.source, 'g')
    this.#within = within
  }

  test(text: string): boolean {
    this.#first.lastIndex = 0
    let first = this.#first.exec(text)
    if (!first) return false
    this.#second.lastIndex = first.index
    let second = this.#second.exec(text)
    while (first && second) {
      if (second.index < first.index) {
        this.#second.lastIndex = Math.max(first.index, second.index + 1)
        second = this.#second.exec(text)
      } else if (second.index - first.index <= this.#within) return true
      else {
        this.#first.lastIndex = Math.max(first.index + 1, second.index - this.#within)
        first = this.#first.exec(text)
      }
    }
    return false
  }

  toString(): string {
    return `${this.#first} … ${this.#second} within ${this.#within}`
  }
}

/** Looks for any of several things. */
export class AnyOf implements TextTest {
  readonly #tests: readonly TextTest[]

  constructor(...tests: readonly TextTest[]) {
    this.#tests = tests
  }

  test(text: string): boolean {
    return this.#tests.some((test) => test.test(text))
  }

  toString(): string {
    return this.#tests.map(String).join(' | ')
  }
}
