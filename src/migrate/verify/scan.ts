/** The files of one configuration and their imports, gathered once and completed when another check comes. */
import type { Compiler } from './compiler.ts'
import type { ProjectConfig } from './config.ts'
import type { Version, VersionedHost } from './host.ts'
import { ImportGraph, isAmbient, reachesEverywhere } from './imports.ts'

export class Scan {
  /** The project's own files: those it includes and those they import, without packages. */
  readonly files = new Set<string>()
  /** Files that count without being imported. */
  readonly ambient = new Set<string>()
  readonly #graph: ImportGraph
  readonly #everywhere = new Set<string>()
  readonly #config: ProjectConfig
  readonly #host: VersionedHost

  constructor(compiler: Compiler, config: ProjectConfig, host: VersionedHost) {
    this.#config = config
    this.#host = host
    this.#graph = new ImportGraph(compiler, config, host)
  }

  /** Takes in both versions of the changed files and, the first time, every file they can affect. */
  add(changed: readonly string[], versions: readonly Version[]): void {
    const queue = new Set([...(this.files.size === 0 ? this.#config.fileNames : []), ...changed])
    for (const file of queue) {
      this.files.add(file)
      for (const text of this.#texts(file, versions)) {
        this.#graph.add(file, text)
        if (isAmbient(file, text)) this.ambient.add(file)
        if (reachesEverywhere(text)) this.#everywhere.add(file)
      }
      for (const next of this.#graph.imports(file)) {
        if (/\.[cm]?[jt]sx?$/.test(next) && !this.files.has(next)) queue.add(next)
      }
    }
  }

  /** The file itself and every file whose types can depend on it. */
  dependents(file: string): ReadonlySet<string> {
    return this.#everywhere.has(file) ? new Set([...this.files, file]) : this.#graph.dependents([file])
  }

  /** The file itself and every file whose types it can depend on. */
  dependencies(file: string): ReadonlySet<string> {
    return this.#graph.dependencies(file)
  }

  #texts(file: string, versions: readonly Version[]): string[] {
    const texts = versions.some((version) => version.has(file))
      ? versions.map((version) => version.get(file))
      : [this.#host.readFile(file)]
    return texts.filter((text) => text !== undefined)
  }
}
