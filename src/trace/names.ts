import { dirname, join } from 'node:path'
import { importedName, type Module } from '../repo/module.ts'
import type { Binding, Node } from '../repo/node.ts'
import type { Repository } from '../repo/repository.ts'
import { packageSpecifier } from '../repo/specifier.ts'
import type { ExportName } from '../rules/model.ts'

/** Where a name is finally declared: in a file of the code base, or in a package. */
export type Declared =
  | { readonly kind: 'local'; readonly module: Module; readonly node: Node; readonly hops: readonly Hop[] }
  | { readonly kind: 'namespace'; readonly file: string; readonly hops: readonly Hop[] }
  | {
      readonly kind: 'external'
      readonly module: string
      readonly name: string
      readonly hops: readonly Hop[]
    }
  /** A file of the code base that doesn't export this name (or not yet). */
  | { readonly kind: 'missing'; readonly file: string; readonly name: string; readonly hops: readonly Hop[] }

/** One module through which a name was followed. */
export interface Hop {
  readonly file: string
  readonly name: string
}

/** Follows names through imports, barrels and re-exports to their declarations. */
export class Names {
  readonly #repository: Repository
  readonly #memo = new Map<string, Declared>()

  /** Modules that the rules name by a path and nobody has written yet, without extension. */
  readonly #planned: ReadonlySet<string>

  /** @param planned absolute paths of modules that are not written yet, as the rules name them */
  constructor(repository: Repository, planned: readonly string[] = []) {
    this.#repository = repository
    this.#planned = new Set(planned.map(bare))
  }

  /** What a module specifier and an exported name mean for an importing file. */
  imported(from: string, specifier: string, name: string): Declared {
    const file = this.#repository.resolve(from, specifier)
    if (file) return this.exported(file, name)
    const path = specifier.startsWith('.') ? bare(join(dirname(from), specifier)) : undefined
    if (path !== undefined && this.#planned.has(path))
      return { kind: 'missing', file: path, name, hops: [{ file: path, name }] }
    return { kind: 'external', module: packageSpecifier(specifier), name, hops: [] }
  }

  /** The declaration of an exported name of a file. `*` is the module's namespace. */
  exported(file: string, name: string): Declared {
    if (name === '*') return { kind: 'namespace', file, hops: [{ file, name }] }
    const key = `${file}\0${name}`
    const known = this.#memo.get(key)
    if (known) return known
    const missing: Declared = { kind: 'missing', file, name, hops: [{ file, name }] }
    this.#memo.set(key, missing)
    const found = this.#planned.has(file) ? undefined : this.#find(file, name)
    const declared = found ? { ...found, hops: [{ file, name }, ...found.hops] } : missing
    this.#memo.set(key, declared)
    return declared
  }

  #find(file: string, name: string): Declared | undefined {
    const module = this.#repository.module(file)
    if (!module) return undefined
    const entry = module.exports.get(name)
    if (entry?.kind === 'local') return { kind: 'local', module, node: entry.node, hops: [] }
    if (entry?.kind === 'again') return this.imported(file, entry.source, entry.name)
    if (entry?.kind === 'namespace') return this.imported(file, entry.source, '*')
    if (name === 'default') return undefined
    let outside: Declared | undefined
    for (const star of module.stars) {
      const found = this.imported(file, star, name)
      if (found.kind === 'local' || found.kind === 'namespace') return found
      if (found.kind === 'external') outside ??= found
    }
    return outside
  }

  /** What an import binding of a module names. */
  ofImport(module: Module, binding: Binding): Declared {
    const specifier = binding.declaration
    if (specifier.type === 'TSImportEqualsDeclaration') {
      const reference = specifier.moduleReference
      if (reference.type !== 'TSExternalModuleReference')
        return { kind: 'missing', file: module.file, name: binding.name, hops: [] }
      return this.imported(module.file, reference.expression.value, '*')
    }
    const name = specifier.type === 'ImportNamespaceSpecifier' ? '*' : importedName(specifier)
    return this.imported(module.file, specifier.parent.source.value, name)
  }
}

/** A path without extension and `/index`. */
function bare(path: string): string {
  return path.replace(/\.[mc]?[jt]sx?$/, '').replace(/\/index$/, '')
}

/** A name from the rules, found in the code base: compares with what an expression in a file names. */
export class NamedValue {
  readonly name: ExportName
  /** Places the name may be declared; several in a monorepo whose packages share an alias. */
  readonly places: readonly Declared[]
  readonly #keys: ReadonlySet<string>

  constructor(name: ExportName, places: readonly Declared[]) {
    this.name = name
    this.places = places
    this.#keys = new Set(places.map(declaredKey))
  }

  matches(declared: Declared): boolean {
    return this.#keys.has(declaredKey(declared)) || declared.hops.some((hop) => this.#keys.has(hopKey(hop)))
  }

  /** A value of a package, named by specifier: `next-auth/next` and `next-auth` are one package. */
  matchesExternal(module: string, name: string): boolean {
    return (
      name === this.name.export &&
      packageOf(module) === packageOf(this.name.module) &&
      this.places.every((place) => place.kind === 'external')
    )
  }
}

export function declaredKey(declared: Declared): string {
  switch (declared.kind) {
    case 'local':
      return `${declared.module.file}\0${declared.node.start}`
    case 'external':
      return `${packageOf(declared.module)}\0${declared.name}`
    case 'namespace':
      return `${declared.file}\0*`
    case 'missing':
      return hopKey(declared)
  }
}

function hopKey(hop: Hop): string {
  return `${hop.file}\0#${hop.name}`
}

export function packageOf(written: string): string {
  const specifier = packageSpecifier(written)
  if (specifier.startsWith('.') || specifier.startsWith('@/') || specifier.startsWith('~')) return specifier
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!
}
