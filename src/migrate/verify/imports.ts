/**
 * Which files import which, from the text alone. It decides whose errors are computed again, so it may see an
 * import too many (in a comment) but never one too few.
 */
import type { ts as Typescript } from 'ts-morph'
import type { Compiler } from './compiler.ts'
import type { ProjectConfig } from './config.ts'
import { folderOf } from './paths.ts'

const gap = String.raw`(?:\s|/\*[^]*?\*/)*`
const specifiers = new RegExp(
  String.raw`\b(?:from|import|require|mock)${gap}\(?${gap}(?:"([^"\n]+)"|'([^'\n]+)'|${'`'}([^${'`'}$\n]+)${'`'})|reference\s+path=["']([^"'\n]+)["']`,
  'g',
)

/** The module specifiers that a text mentions; the path of a triple-slash reference comes out as a relative one. */
export function mentionedModules(text: string): Set<string> {
  const found = new Set<string>()
  for (const match of text.matchAll(specifiers)) {
    const reference = match[4]
    if (reference !== undefined) found.add(/^[./]/.test(reference) ? reference : `./${reference}`)
    else found.add((match[1] ?? match[2] ?? match[3])!)
  }
  return found
}

/** True when the text changes names or types beyond its importers: a script, or declarations for other modules. */
export function reachesEverywhere(text: string): boolean {
  return (
    /\bdeclare\s+(?:global|module)\b/.test(text) ||
    !/^\s*(?:import|export)\b(?!\s*\()|\brequire\s*\(|\bexports\b/m.test(text)
  )
}

/** True when a file must be part of a program although nothing that is checked imports it. */
export function isAmbient(path: string, text: string): boolean {
  return /\.d\.[cm]?ts$/.test(path) || reachesEverywhere(text) || /^\s*import\s*["']/m.test(text)
}

export class ImportGraph {
  readonly #imports = new Map<string, Set<string>>()
  readonly #importers = new Map<string, Set<string>>()
  readonly #resolve: (specifier: string, from: string) => string | undefined

  constructor({ ts }: Compiler, config: ProjectConfig, host: Typescript.ModuleResolutionHost) {
    const cache = ts.createModuleResolutionCache(config.folder, (name) => name, config.options)
    const known = new Map<string, string | undefined>()
    const modes = [ts.ModuleKind.ESNext, ts.ModuleKind.CommonJS] as const
    this.#resolve = (specifier, from) => {
      const key = `${folderOf(from)}\0${specifier}`
      if (known.has(key)) return known.get(key)
      let path: string | undefined
      for (const mode of modes) {
        const { resolvedModule } = ts.resolveModuleName(
          specifier,
          from,
          config.options,
          host,
          cache,
          undefined,
          mode,
        )
        path ??= resolvedModule?.resolvedFileName
      }
      known.set(key, path)
      return path
    }
  }

  /** Adds what a text of `file` imports to what other texts of it do. */
  add(file: string, text: string): void {
    for (const specifier of mentionedModules(text)) {
      const target = this.#resolve(specifier, file)
      if (target === undefined || target.includes('/node_modules/')) continue
      entry(this.#imports, file).add(target)
      entry(this.#importers, target).add(file)
    }
  }

  imports(file: string): ReadonlySet<string> {
    return this.#imports.get(file) ?? new Set()
  }

  /** The files themselves and whatever imports them, directly or not. */
  dependents(files: Iterable<string>): Set<string> {
    return closure(files, this.#importers)
  }

  /** The file itself and whatever it imports, directly or not. */
  dependencies(file: string): Set<string> {
    return closure([file], this.#imports)
  }
}

function entry(map: Map<string, Set<string>>, key: string): Set<string> {
  let set = map.get(key)
  if (!set) map.set(key, (set = new Set()))
  return set
}

function closure(start: Iterable<string>, edges: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const reached = new Set(start)
  for (const file of reached) for (const next of edges.get(file) ?? []) reached.add(next)
  return reached
}
