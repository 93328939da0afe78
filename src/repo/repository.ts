import { readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { discover } from './discover.ts'
import { Module, type SyntaxProblem } from './module.ts'
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
}

/** A code base as files. Each file is read once; each file that matters is parsed once. */
export class Repository {
  readonly root: string
  /** Paths relative to the root, sorted. */
  readonly files: readonly string[]
  readonly broken = new Map<string, BrokenFile>()
  readonly #bytes = new Map<string, Buffer | string>()
  readonly #modules = new Map<string, Module | undefined>()
  readonly #released = new Set<string>()
  readonly #absolute: Set<string>
  readonly #resolver: Resolver
  readonly #packages: readonly string[]
  #importers: Map<string, Set<string>> | undefined

  constructor(root: string, options: RepositoryOptions = {}) {
    this.root = root
    const { before } = options
    if (before) {
      this.files = before.files
      this.#absolute = before.#absolute
      this.#resolver = before.#resolver
      this.#packages = before.#packages
      for (const [file, bytes] of before.#bytes) this.#bytes.set(file, bytes)
      for (const [file, module] of before.#modules)
        if (!options.overlay?.has(file)) this.#modules.set(file, module)
      for (const [file, broken] of before.broken)
        if (!options.overlay?.has(file)) this.broken.set(file, broken)
      for (const [path, text] of options.overlay ?? []) this.#bytes.set(path, text)
      return
    }
    const found = discover(root)
    this.files = options.includes ? found.sources.filter(options.includes) : found.sources
    // Files outside the rules' `files` are still resolved: a client may be declared in one.
    this.#absolute = new Set(found.sources.map((path) => join(root, path)))
    this.#packages = found.manifests.map((path) => join(root, path, '..'))
    this.#resolver = createResolver(root, found.manifests, (path) => this.#absolute.has(path))
    for (const [path, text] of options.overlay ?? []) this.#bytes.set(path, text)
  }

  get parsed(): number {
    return new Set([...this.#modules.keys(), ...this.#released]).size
  }

  absolute(path: string): string {
    return join(this.root, path)
  }

  /** Path relative to the root with `/`. */
  relative(file: string): string {
    return relative(this.root, file).split(sep).join('/')
  }

  /** The folder of the nearest package.json above a file; the root without one. */
  packageOf(file: string): string {
    let folder = this.root
    for (const manifest of this.#packages)
      if (file.startsWith(`${manifest}/`) && manifest.length > folder.length) folder = manifest
    return folder
  }

  has(file: string): boolean {
    return this.#absolute.has(file)
  }

  resolve(from: string, specifier: string): string | undefined {
    return this.#resolver.resolve(from, specifier)
  }

  /** The content as one character per byte: good for searching ASCII text, cheap for files that are never parsed. */
  raw(file: string): string {
    const bytes = this.#read(file)
    return typeof bytes === 'string' ? bytes : bytes.toString('latin1')
  }

  text(file: string): string {
    const bytes = this.#read(file)
    return typeof bytes === 'string' ? bytes : bytes.toString('utf8')
  }

  /** The parsed file; undefined (and an entry in `broken`) when it can't be read or parsed. */
  module(file: string): Module | undefined {
    if (this.#modules.has(file)) return this.#modules.get(file)
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
    this.#importers ??= this.#indexImporters()
    return this.#importers.get(importName(this.relative(file))) ?? new Set()
  }

  /** Files with an import whose last path segment is this. */
  importersOf(segment: string): ReadonlySet<string> {
    this.#importers ??= this.#indexImporters()
    return this.#importers.get(segment) ?? new Set()
  }

  /** Whether no file of the code base imports this one: what it declares can't matter to others. */
  isLeaf(file: string): boolean {
    const importers = this.importersByName(file)
    return importers.size === 0 || (importers.size === 1 && importers.has(file))
  }

  /** Forgets the tree of a file; it is parsed again when it is asked for. */
  release(file: string): void {
    this.#modules.delete(file)
    this.#released.add(file)
  }

  #indexImporters(): Map<string, Set<string>> {
    const index = new Map<string, Set<string>>()
    const add = (name: string, file: string): void => {
      let files = index.get(name)
      if (!files) index.set(name, (files = new Set()))
      files.add(file)
    }
    for (const path of this.files) {
      const file = this.absolute(path)
      for (const specifier of specifiersIn(this.raw(file))) {
        add(importName(specifier), file)
        // `@team/db` names a file whose path may say nothing of it.
        const entry = specifier.startsWith('.') ? undefined : this.#resolver.packageFile(specifier)
        if (entry) add(importName(this.relative(entry)), file)
      }
    }
    return index
  }

  #read(file: string): Buffer | string {
    let bytes = this.#bytes.get(file)
    if (bytes === undefined) {
      try {
        bytes = readFileSync(file)
      } catch (error) {
        bytes = ''
        this.broken.set(file, {
          file: this.relative(file),
          message: `can't be read: ${(error as NodeJS.ErrnoException).code}`,
          offset: 0,
        })
      }
      this.#bytes.set(file, bytes)
    }
    return bytes
  }
}

/** What imports, re-exports and requires of a text name, found by searching it: some may stand in comments. */
function* specifiersIn(text: string): Generator<string> {
  for (const word of ['from', 'import', 'require']) {
    for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at)) {
      at += word.length
      let start = at
      while (text[start] === ' ' || text[start] === '(' || text[start] === '\n') start++
      const quote = text[start]
      if (quote !== "'" && quote !== '"') continue
      const end = text.indexOf(quote, start + 1)
      if (end === -1 || end - start > 300) continue
      yield text.slice(start + 1, end)
      at = end + 1
    }
  }
}

/** The word by which an import of this path is found: its last segment without extension, or the folder of an index. */
function importName(path: string): string {
  const segments = path.replace(/\.[mc]?[jt]sx?$/, '').split('/')
  let last = segments.pop() ?? path
  if ((last === 'index' || last === 'src') && segments.length > 0) last = importName(segments.join('/'))
  return last
}
