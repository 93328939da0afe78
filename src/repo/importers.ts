/** Which files may import which: an index over the last segment of every import's specifier, read from the text. */
export class ImporterIndex {
  readonly #bySegment = new Map<string, Set<string>>()
  /** The index of the same files before some of them changed. */
  readonly #before: ImporterIndex | undefined
  readonly #changed = new Set<string>()

  readonly #packageFile: (specifier: string) => string | undefined

  /** @param packageFile the path of the file that a workspace package's specifier names */
  constructor(packageFile: (specifier: string) => string | undefined, before?: ImporterIndex) {
    this.#packageFile = packageFile
    this.#before = before
  }

  /** Adds what a file imports, instead of what it imported before. */
  add(file: string, specifiers: Iterable<string>): void {
    if (this.#before) this.#changed.add(file)
    for (const specifier of specifiers) {
      this.#put(importName(specifier), file)
      // `@team/db` names a file whose path may say nothing of it.
      const entry = specifier.startsWith('.') ? undefined : this.#packageFile(specifier)
      if (entry !== undefined) this.#put(importName(entry), file)
    }
  }

  #put(name: string, file: string): void {
    const files = this.#bySegment.get(name)
    if (files) files.add(file)
    else this.#bySegment.set(name, new Set([file]))
  }

  /** The index as plain data, with files by their number. */
  outline(numberOf: ReadonlyMap<string, number>): [string, number[]][] {
    return [...this.#bySegment].map(([segment, files]) => [
      segment,
      [...files].map((file) => numberOf.get(file)!),
    ])
  }

  /** Takes what `outline` gave. */
  fill(outline: readonly (readonly [string, readonly number[]])[], files: readonly string[]): this {
    for (const [segment, numbers] of outline)
      this.#bySegment.set(segment, new Set(numbers.map((number) => files[number]!)))
    return this
  }

  /** Files with an import whose last path segment is this. */
  of(segment: string): ReadonlySet<string> {
    const own = this.#bySegment.get(segment)
    if (!this.#before) return own ?? nobody
    const kept = [...this.#before.of(segment)].filter((file) => !this.#changed.has(file))
    return new Set(own ? [...kept, ...own].sort() : kept)
  }
}

const nobody: ReadonlySet<string> = new Set()

/** What imports, re-exports and requires of a text name, found by searching it: some may stand in comments. */
export function specifiersOf(text: string): string[] {
  const found: string[] = []
  for (const [, single, double] of text.matchAll(specifiers)) found.push((single ?? double)!)
  return found
}

const specifiers = /(?:from|import|require)[ (\n]*(?:'([^']{0,299})'|"([^"]{0,299})")/g

const names = new Map<string, string>()

/** The word by which an import of this path is found: its last segment without extension, or the folder of an index. */
export function importName(path: string): string {
  const known = names.get(path)
  if (known !== undefined) return known
  const segments = path.replace(/\.[mc]?[jt]sx?$/, '').split('/')
  let last = segments.pop() ?? path
  if ((last === 'index' || last === 'src') && segments.length > 0) last = importName(segments.join('/'))
  names.set(path, last)
  return last
}
