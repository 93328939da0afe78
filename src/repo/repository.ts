import { join, relative, sep } from 'node:path'
import { type Discovered, discover } from './discover.ts'
import { ImporterIndex, importName, specifiersOf } from './importers.ts'
import { type Look, type NotedWord, notedWords } from './look.ts'
import { Module, type SyntaxProblem } from './module.ts'
import { decoded, readLatin1 } from './read.ts'
import { createResolver, type Resolver } from './resolve.ts'

/** A file that could not be read or parsed. */
export interface BrokenFile {
  readonly file: string
  readonly message: string
  readonly offset: number
}

export interface RepositoryOptions {
  /** Whether a path relative to the root belongs to the code base. */
  readonly includes?: (path: string) => boolean
  /** The same code base before some texts changed: everything about files that did not change is taken from it. */
  readonly before?: Repository
  /** Texts that stand in for files on disk, by absolute path. */
  readonly overlay?: ReadonlyMap<string, string>
  /** Texts of the overlay that are parsed already. */
  readonly modules?: ReadonlyMap<string, Module>
  /** What another thread knows of the same code base, instead of a search of the disk. */
  readonly outline?: RepositoryOutline
  /** The files, instead of a search of the disk: another state of the same code base has others. */
  readonly found?: Discovered
  /** What the texts said at an earlier first look, by absolute path; what is found out now is added. */
  readonly looks?: Map<string, Look>
}

/** What is known of a code base before a file is parsed, as plain data. */
export interface RepositoryOutline {
  readonly found: Discovered
  readonly files: readonly string[]
  readonly importers: readonly (readonly [string, readonly number[]])[]
  /** Numbers of the files that hold each of the noted words. */
  readonly mentions: readonly (readonly [NotedWord, readonly number[]])[]
}

/** What is asked of every text. */
export interface Questions {
  /** Names the questions: the same key asks the same. */
  readonly key: string
  readonly count: number
  /** The answers for a text; bit n is set where that to question n is yes. */
  readonly ask: (text: string) => number
}

/** How many characters of texts wait for the second search. */
const mostWaiting = 64_000_000

/** A code base as files. Each file is read once; each file that matters is parsed once. */
export class Repository {
  readonly root: string
  readonly #files: readonly string[]
  #absolute: readonly string[] | undefined
  #leftOut: readonly string[] | undefined
  readonly broken = new Map<string, BrokenFile>()
  /** Contents with one character per byte, of files that are needed again. */
  readonly #latin1: Map<string, string> = new Map()
  /** Contents of other files between one search of all and the next. */
  readonly #waiting = new Map<string, string>()
  readonly #overlay: ReadonlyMap<string, string>
  /** Files that are other than in the code base before. */
  readonly #changed: ReadonlySet<string>
  readonly #modules = new Map<string, Module | undefined>()
  readonly #released = new Set<string>()
  /** Every file of the code base: its path relative to the root, by the absolute one. */
  readonly #paths: ReadonlyMap<string, string>
  readonly #resolver: Resolver
  readonly #packages: readonly string[]
  readonly #found: Discovered
  #configured: ReadonlySet<string> | undefined
  #included: ReadonlySet<string> | undefined
  #importers: ImporterIndex | undefined
  #mentions: ReadonlyMap<NotedWord, ReadonlySet<string>> | undefined
  /** How many characters of texts outside of the files that matter are kept. */
  #spare = 8_000_000
  readonly #before: Repository | undefined
  readonly #looks: Map<string, Look> | undefined

  /** Told the path of each file that is parsed. */
  onParse: ((path: string) => void) | undefined

  #scanned: { readonly key: string; readonly files: readonly (readonly string[])[] } | undefined

  constructor(root: string, options: RepositoryOptions = {}) {
    this.root = root
    const { before } = options
    this.#overlay = new Map([...(before ? before.#overlay : []), ...(options.overlay ?? [])])
    this.#changed = new Set(options.overlay?.keys())
    this.#before = before
    this.#looks = options.looks
    if (before) {
      this.onParse = before.onParse
      this.#files = before.#files
      this.#paths = before.#paths
      this.#resolver = before.#resolver
      this.#packages = before.#packages
      this.#found = before.#found
      this.#mentions = before.#mentions
      this.#latin1 = before.#latin1
      for (const [file, module] of before.#modules)
        if (!options.overlay?.has(file)) this.#modules.set(file, module)
      for (const [file, module] of options.modules ?? []) this.#modules.set(file, module)
      for (const [file, broken] of before.broken)
        if (!options.overlay?.has(file)) this.broken.set(file, broken)
      return
    }
    const { outline } = options
    const found = outline?.found ?? options.found ?? discover(root)
    this.#found = found
    this.#files =
      outline?.files ?? (options.includes ? found.sources.filter(options.includes) : found.sources)
    // Files outside the rules' `files` are still resolved: a client may be declared in one.
    this.#paths = new Map(found.sources.map((path) => [join(root, path), path]))
    this.#packages = found.manifests.map((path) => join(root, path, '..'))
    this.#resolver = createResolver(root, found, (path) => this.#paths.has(path))
    if (!outline) return
    const files = this.#filePaths()
    this.#importers = this.#newIndex().fill(outline.importers, files)
    this.#mentions = new Map(
      outline.mentions.map(([word, numbers]) => [word, new Set(numbers.map((number) => files[number]!))]),
    )
  }

  /** What another thread needs to open the same code base. */
  outline(): RepositoryOutline {
    const numbers = new Map(this.#filePaths().map((file, number) => [file, number] as const))
    const files = this.#filePaths()
    const mentions = notedWords.map(
      (word) => [word, [...files.keys()].filter((number) => this.mentions(files[number]!, word))] as const,
    )
    return { found: this.#found, files: this.#files, importers: this.#index().outline(numbers), mentions }
  }

  /** Absolute paths of the files that were parsed. */
  get parsedFiles(): ReadonlySet<string> {
    return new Set([...this.#modules.keys(), ...this.#released])
  }

  /** Counts what another thread parsed, and takes over what was wrong there. */
  adopt(parsed: Iterable<string>, broken: Iterable<BrokenFile>): void {
    for (const file of parsed) this.#released.add(file)
    for (const problem of broken) this.broken.set(this.absolute(problem.file), problem)
  }

  get parsed(): number {
    return this.parsedFiles.size
  }

  absolute(path: string): string {
    return join(this.root, path)
  }

  /** Absolute paths of `files`, in the same order. */
  #filePaths(): readonly string[] {
    this.#absolute ??= this.#files.map((path) => this.absolute(path))
    return this.#absolute
  }

  /** Path relative to the root with `/`. */
  relative(file: string): string {
    return this.#paths.get(file) ?? relative(this.root, file).split(sep).join('/')
  }

  /** Paths relative to the root, sorted. */
  get files(): readonly string[] {
    return this.#files
  }

  /** All files that were found, as plain data. */
  get found(): Discovered {
    return this.#found
  }

  /** Source files that the rules leave out, such as tests: absolute paths. */
  get leftOut(): readonly string[] {
    if (!this.#leftOut) {
      const own = new Set(this.#files)
      this.#leftOut = this.#found.sources.filter((path) => !own.has(path)).map((path) => this.absolute(path))
    }
    return this.#leftOut
  }

  /** Paths relative to the root of the `.prisma` files, also outside of the rules' `files`. */
  get schemas(): readonly string[] {
    return this.#found.schemas
  }

  /** The folder of the nearest package.json above a file; the root without one. */
  packageOf(file: string): string {
    let folder = this.root
    for (const manifest of this.#packages)
      if (file.startsWith(`${manifest}/`) && manifest.length > folder.length) folder = manifest
    return folder
  }

  has(file: string): boolean {
    return this.#paths.has(file)
  }

  /** Whether a folder holds a tsconfig, a jsconfig or a package.json. */
  isConfigured(folder: string): boolean {
    this.#configured ??= new Set(this.#found.configured.map((path) => join(this.root, path)))
    return this.#configured.has(folder)
  }

  resolve(from: string, specifier: string): string | undefined {
    return this.#resolver.resolve(from, specifier)
  }

  /** The content as one character per byte: good for searching ASCII text, cheap for files that are never parsed. */
  raw(file: string): string {
    const changed = this.#overlay.get(file)
    if (changed !== undefined) return changed
    const known = this.#latin1.get(file) ?? this.#waiting.get(file)
    if (known !== undefined) return known
    const text = this.#read(file)
    // Some are asked for again and again; all of them together would be the whole code base.
    if (this.#spare >= text.length) {
      this.#spare -= text.length
      this.#latin1.set(file, text)
    }
    return text
  }

  /** Whether a text holds a word somewhere; known from the first look at all files. */
  mentions(file: string, word: NotedWord): boolean {
    if (this.#mentions && !this.#overlay.has(file)) return this.#mentions.get(word)!.has(file)
    return this.raw(file).includes(word)
  }

  /** Whether any text of the code base holds a word. */
  anyMentions(word: NotedWord): boolean {
    return this.#filePaths().some((file) => this.mentions(file, word))
  }

  text(file: string): string {
    return (
      this.#overlay.get(file) ??
      decoded(this.#latin1.get(file) ?? this.#waiting.get(file) ?? this.#read(file))
    )
  }

  /** Whether a file is one of those that are looked at, and not only one that these may import. */
  includes(file: string): boolean {
    this.#included ??= new Set(this.#files.map((path) => this.absolute(path)))
    return this.#included.has(file)
  }

  /**
   * Which of these patterns match a text of the code base, and the files that one more pattern matches. This is the first
   * look at all files: who imports whom and who holds the noted words is written down, and the texts wait for the next
   * search as far as there is room.
   */
  matching(
    patterns: readonly RegExp[],
    every?: RegExp,
  ): { readonly present: ReadonlySet<RegExp>; readonly files: readonly string[] } {
    if (patterns.length === 0 && !every) return { present: new Set(), files: [] }
    const all = every ? [every, ...patterns] : patterns
    const key = all.map(String).join()
    const open = new Set(all)
    const files: string[] = []
    let room = mostWaiting
    this.#firstLook(
      key,
      // (What is kept for another run has to say it all.)
      (text) => {
        let matched = 0
        for (const [bit, pattern] of all.entries())
          if ((this.#looks || pattern === every || open.has(pattern)) && pattern.test(text))
            matched |= 1 << bit
        return matched
      },
      (file, matched, text) => {
        if (matched !== 0)
          for (const [bit, pattern] of all.entries()) if (matched & (1 << bit)) open.delete(pattern)
        if (every && matched & 1) files.push(file)
        room -= text?.length ?? 0
        if (text !== undefined && room >= 0) this.#waiting.set(file, text)
      },
    )
    return { present: new Set(patterns.filter((pattern) => !open.has(pattern))), files }
  }

  /**
   * Looks at every text once, and writes down what will be asked about any. What an earlier look said is not read again.
   * @param key names the question @param ask the question about a text @param see is told the answers
   */
  #firstLook(
    key: string,
    ask: (text: string) => number,
    see: (file: string, answer: number, text: string | undefined) => void,
  ): void {
    const index = this.#before || this.#importers ? undefined : this.#newIndex()
    const mentions =
      this.#before || this.#mentions
        ? undefined
        : new Map(notedWords.map((word) => [word, new Set<string>()]))
    for (const file of this.#filePaths()) {
      let look = this.#looks?.get(file)
      let text: string | undefined
      let answer = look?.answers[key]
      if (answer === undefined) {
        text =
          this.#overlay.get(file) ?? this.#latin1.get(file) ?? this.#waiting.get(file) ?? this.#read(file)
        answer = ask(text)
        if (this.#looks) {
          look ??= {
            specifiers: specifiersOf(text),
            words: notedWords.filter((word) => text!.includes(word)),
            answers: {},
          }
          look.answers[key] = answer
          this.#looks.set(file, look)
        }
      }
      if (index) index.add(file, look?.specifiers ?? specifiersOf(text!))
      if (mentions) {
        if (look) for (const word of look.words) mentions.get(word)?.add(file)
        else for (const [word, files] of mentions) if (text!.includes(word)) files.add(file)
      }
      see(file, answer, text)
    }
    if (index) this.#importers = index
    if (mentions) this.#mentions = mentions
  }

  /**
   * The files whose text holds one of these words or matches one of these patterns, sorted. Reads each file once and
   * keeps the text of those that do; the others are read again when they are asked for.
   */
  containing(words: readonly string[], patterns: readonly RegExp[]): readonly string[] {
    const holds = (text: string) =>
      patterns.some((pattern) => pattern.test(text)) || words.some((word) => text.includes(word))
    return this.sorted({
      key: JSON.stringify([words, patterns.map(String)]),
      count: 1,
      ask: (text) => (holds(text) ? 1 : 0),
    })[0]!
  }

  /**
   * The files for which each of several questions has a yes, sorted; asked in one look at the files. The texts of the
   * first are kept.
   */
  sorted({ key, count, ask }: Questions): readonly (readonly string[])[] {
    if (this.#scanned?.key === key) return this.#scanned.files
    const found: string[][] = Array.from({ length: count }, () => [])
    const see = (file: string, answer: number, text: string | undefined) => {
      if (answer & 1 && text !== undefined && !this.#overlay.has(file)) this.#latin1.set(file, text)
      for (const [bit, files] of found.entries()) if (answer & (1 << bit)) files.push(file)
    }
    const earlier = this.#before ? this.#before.#scanned : undefined
    const before = earlier?.key === key ? earlier.files.map((files) => new Set(files)) : undefined
    if (before)
      for (const file of this.#filePaths()) {
        if (this.#changed.has(file)) see(file, ask(this.#overlay.get(file)!), undefined)
        else for (const [bit, files] of before.entries()) if (files.has(file)) found[bit]!.push(file)
      }
    else this.#firstLook(key, ask, see)
    this.#waiting.clear()
    this.#scanned = { key, files: found }
    return found
  }

  /** The parsed file; undefined (and an entry in `broken`) when it can't be read or parsed. */
  module(file: string): Module | undefined {
    if (this.#modules.has(file)) return this.#modules.get(file)
    this.onParse?.(this.relative(file))
    let module: Module | SyntaxProblem
    try {
      module = Module.parse(file, this.text(file))
    } catch (error) {
      module = { message: (error as Error).message, offset: 0 }
    }
    if (!(module instanceof Module)) {
      this.broken.set(file, { file: this.relative(file), ...module })
      this.#modules.set(file, undefined)
      return undefined
    }
    this.#modules.set(file, module)
    return module
  }

  /** Files with an import whose specifier ends in this file's name (or folder, for an index): who may import it. */
  importersByName(file: string): ReadonlySet<string> {
    return this.#index().of(importName(this.relative(file)))
  }

  /**
   * Files that import this one, as far as imports lead to files: `importersByName` without those that import another
   * file of the same name. An import that leads nowhere counts by its name. Comments may hold one of them.
   */
  importers(file: string): readonly string[] {
    const name = importName(this.relative(file))
    return [...this.importersByName(file)].filter((importer) => {
      for (const specifier of specifiersOf(this.raw(importer))) {
        const target = this.resolve(importer, specifier)
        if (target === file || (target === undefined && importName(specifier) === name)) return true
      }
      return false
    })
  }

  /** Files with an import whose last path segment is this. */
  importersOf(segment: string): ReadonlySet<string> {
    return this.#index().of(segment)
  }

  /** Whether no file of the code base imports this one: what it declares can't matter to others. */
  isLeaf(file: string): boolean {
    const importers = this.importersByName(file)
    return importers.size === 0 || (importers.size === 1 && importers.has(file))
  }

  /** Forgets the tree and the text of a file; it is read again when it is asked for. */
  release(file: string): void {
    this.#modules.delete(file)
    this.#latin1.delete(file)
    this.#released.add(file)
  }

  #index(): ImporterIndex {
    if (this.#importers) return this.#importers
    const index = this.#newIndex()
    for (const file of this.#before ? this.#changed : this.#filePaths())
      index.add(file, specifiersOf(this.#overlay.get(file) ?? this.#latin1.get(file) ?? this.#read(file)))
    this.#importers = index
    return index
  }

  #newIndex(): ImporterIndex {
    const nameOf = (specifier: string): string | undefined => {
      const entry = this.#resolver.packageFile(specifier)
      return entry === undefined ? undefined : this.relative(entry)
    }
    return new ImporterIndex(nameOf, this.#before ? this.#before.#index() : undefined)
  }

  /** A file on disk, one character per byte; empty, with an entry in `broken`, when it can't be read. */
  #read(file: string): string {
    try {
      return readLatin1(file)
    } catch (error) {
      this.broken.set(file, {
        file: this.relative(file),
        message: `can't be read: ${(error as NodeJS.ErrnoException).code}`,
        offset: 0,
      })
      return ''
    }
  }
}
