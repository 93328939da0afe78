import { join } from 'node:path'
import type { Module } from '../../repo/module.ts'
import type { Node } from '../../repo/node.ts'
import type { Declared } from '../names.ts'
import type { Program } from '../program.ts'

/** Says `module#export` for a declaration, the way rules.json names it. */
export class Namer {
  readonly #program: Program
  readonly #base: string
  readonly #specifiers = new Map<string, string>()

  constructor(program: Program) {
    this.#program = program
    this.#base = join(program.repository.root, 'rules.json')
  }

  /** The label of what an expression names; undefined for what no other file can import. */
  label(declared: Declared): string | undefined {
    if (declared.kind === 'external')
      return declared.name === '*' ? undefined : `${declared.module}#${declared.name}`
    if (declared.kind !== 'local') return undefined
    const name = exportedAs(declared.module, declared.node)
    return name === undefined ? undefined : `${this.specifier(declared.module.file)}#${name}`
  }

  /**
   * The specifier by which a file is imported from the folder of the rules: the alias that the code uses most, when
   * it leads there from that folder too (in a monorepo several packages may share one), else the relative path.
   */
  specifier(file: string): string {
    const known = this.#specifiers.get(file)
    if (known) return known
    const { repository } = this.#program
    const counts = new Map<string, number>()
    for (const importer of repository.importersByName(file)) {
      for (const statement of (repository.module(importer)?.program.body ?? []) as Node[]) {
        const source: string | undefined = statement.source?.value
        if (source === undefined || source.startsWith('.') || repository.resolve(importer, source) !== file)
          continue
        counts.set(source, (counts.get(source) ?? 0) + 1)
      }
    }
    const [alias] = [...counts]
      .filter(([source]) => repository.resolve(this.#base, source) === file)
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    const specifier = alias?.[0] ?? this.#fromAliases(file) ?? this.#relative(file)
    this.#specifiers.set(file, specifier)
    return specifier
  }

  /** An alias that nobody has used for this file yet, but that is the code's way of writing paths. */
  #fromAliases(file: string): string | undefined {
    const { repository } = this.#program
    const path = repository
      .relative(file)
      .replace(/\.[mc]?[jt]sx?$/, '')
      .replace(/\/index$/, '')
    const candidates = [
      `@/${path}`,
      `@/${path.replace(/^src\//, '')}`,
      `~/${path.replace(/^(?:src|app)\//, '')}`,
    ]
    return candidates.find((candidate) => repository.resolve(this.#base, candidate) === file)
  }

  #relative(file: string): string {
    const { repository } = this.#program
    const path = `./${repository.relative(file)}`
    const bare = path.replace(/\.[mc]?[jt]sx?$/, '')
    const short = [bare.replace(/\/index$/, ''), bare].find(
      (name) => repository.resolve(this.#base, name) === file,
    )
    return short ?? path
  }
}

/** The name under which a module exports a declaration. */
export function exportedAs(module: Module, node: Node): string | undefined {
  const id = node.binding?.id
  for (const [name, entry] of module.exports) {
    if (entry.kind !== 'local') continue
    if (entry.node === node || (id !== undefined && (entry.node === id || entry.node.binding?.id === id)))
      return name
  }
  return undefined
}
