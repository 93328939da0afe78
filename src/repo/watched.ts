import { hash } from 'node:crypto'
import { importName } from './importers.ts'
import type { NotedWord } from './look.ts'
import type { Module } from './module.ts'
import { Repository, type RepositoryOptions } from './repository.ts'

/**
 * Something that was asked about a code base, as a text: its kind and what it is about. `answerOf` asks it again, of the
 * same code base at another time.
 */
export type Question = string

/** Separates the parts of a question; in no path and no specifier. */
const mark = '\n'

/** What a code base was asked for. */
export interface Asked {
  /** Everything that the answers came from. */
  readonly questions: ReadonlySet<Question>
  /** Absolute paths of the files that were parsed. */
  readonly parsed: ReadonlySet<string>
}

export interface WatchedOptions extends RepositoryOptions {
  /** The identity of a file's text, where it is known without reading it. */
  readonly contentOf?: (file: string) => string | undefined
}

/**
 * A code base that notes what it is asked for, so that one can tell whether an answer that was made from it still
 * holds. What is the same for all files (where an import leads with the files and configurations there are) is asked
 * with the paths of the files, and files are named by their path from the root.
 */
export class WatchedRepository extends Repository {
  #noted: { readonly questions: Set<Question>; readonly parsed: Set<string> } | undefined
  readonly #contents = new Map<string, string>()
  readonly #contentOf: (file: string) => string | undefined

  constructor(root: string, options: WatchedOptions) {
    super(root, options)
    this.#contentOf = options.contentOf ?? (() => undefined)
  }

  /** Runs something, and notes what it asks. */
  watch<T>(run: () => T): { readonly result: T; readonly asked: Asked } {
    const outer = this.#noted
    const asked = { questions: new Set<Question>(), parsed: new Set<string>() }
    this.#noted = asked
    try {
      return { result: run(), asked }
    } finally {
      this.#noted = outer
    }
  }

  /** The answer to a question as the code base is now. */
  answer(question: Question): string {
    const [kind, first = '', second = ''] = question.split(mark)
    switch (kind) {
      case 'text':
        return this.content(this.absolute(first))
      case 'has':
        return String(super.has(this.absolute(first)))
      case 'resolve': {
        const target = super.resolve(this.absolute(first), second)
        return target === undefined ? '' : this.relative(target)
      }
      case 'importers':
        return digest([...super.importersOf(first)].map((file) => this.relative(file)).sort())
      case 'mentions':
        return String(
          super.has(this.absolute(first)) && super.mentions(this.absolute(first), second as NotedWord),
        )
      case 'files':
        return digest(super.files)
      case 'any':
        return String(super.anyMentions(first as NotedWord))
      default:
        throw new Error(`a question that nobody asks: ${kind}`)
    }
  }

  /** The identity of a file's text; empty for a file that is not there. */
  content(file: string): string {
    let known = this.#contents.get(file)
    if (known === undefined) {
      known = this.#contentOf(file) ?? (super.has(file) ? contentId(super.text(file)) : '')
      this.#contents.set(file, known)
    }
    return known
  }

  override get files(): readonly string[] {
    this.#noted?.questions.add('files')
    return super.files
  }

  override module(file: string): Module | undefined {
    this.#noted?.parsed.add(file)
    this.#note('text', file)
    return super.module(file)
  }

  override text(file: string): string {
    this.#note('text', file)
    return super.text(file)
  }

  override raw(file: string): string {
    this.#note('text', file)
    return super.raw(file)
  }

  override has(file: string): boolean {
    this.#note('has', file)
    return super.has(file)
  }

  override resolve(from: string, specifier: string): string | undefined {
    this.#noted?.questions.add(['resolve', this.relative(from), specifier].join(mark))
    return super.resolve(from, specifier)
  }

  override importersByName(file: string): ReadonlySet<string> {
    return this.importersOf(importName(this.relative(file)))
  }

  override importersOf(segment: string): ReadonlySet<string> {
    this.#noted?.questions.add(['importers', segment].join(mark))
    return super.importersOf(segment)
  }

  override mentions(file: string, word: NotedWord): boolean {
    this.#noted?.questions.add(['mentions', this.relative(file), word].join(mark))
    const noted = this.#noted
    this.#noted = undefined
    try {
      return super.mentions(file, word)
    } finally {
      this.#noted = noted
    }
  }

  override anyMentions(word: NotedWord): boolean {
    this.#noted?.questions.add(['any', word].join(mark))
    const noted = this.#noted
    this.#noted = undefined
    try {
      return super.anyMentions(word)
    } finally {
      this.#noted = noted
    }
  }

  #note(kind: 'text' | 'has', file: string): void {
    this.#noted?.questions.add([kind, this.relative(file)].join(mark))
  }
}

/** The identity of a text. */
export function contentId(text: string): string {
  return hash('sha1', text, 'base64')
}

function digest(words: readonly string[]): string {
  return words.length === 0 ? '' : contentId(words.join(mark))
}
