/**
 * Proves that a change adds no type error. The compiler is loaded here and nowhere else in the program, and only
 * when a check is asked for.
 */
import { type Compiler, loadCompiler } from './compiler.ts'
import { Configs, type ProjectConfig } from './config.ts'
import type { FileError } from './errors.ts'
import { type ParsedFiles, versionOf } from './host.ts'
import { compilerPath, realPath } from './paths.ts'
import { Project } from './project.ts'
import type { GainedError, PlannedExport, VerifyResult } from './result.ts'

export { type GainedError, type PlannedExport, VerifyError, type VerifyResult } from './result.ts'

export interface VerifyInput {
  /** Absolute path of the folder above which no configuration is looked for. */
  readonly root: string
  /** New texts by absolute path. */
  readonly changes: ReadonlyMap<string, string>
  /** Old texts by absolute path; a changed file without one is new. */
  readonly originals: ReadonlyMap<string, string>
  readonly planned: readonly PlannedExport[]
}

/**
 * Type-checks the new texts against the old ones, in memory.
 * @returns what each changed file gained; an error in a file that only imports changed ones counts for all of those
 * @throws VerifyError when a configuration can't be read
 */
export async function verifyTypes(input: VerifyInput): Promise<VerifyResult> {
  return (await openVerifier(input.root)).check(input)
}

/** A verifier keeps parsed files between checks, so that trying again with fewer changes is quick. */
export async function openVerifier(root: string): Promise<Verifier> {
  return new Verifier(await loadCompiler(), compilerPath(root))
}

export class Verifier {
  readonly #compiler: Compiler
  readonly #root: string
  readonly #configs: Configs
  readonly #parsed: ParsedFiles = new Map()
  readonly #projects = new Map<ProjectConfig, Project>()

  constructor(compiler: Compiler, root: string) {
    this.#compiler = compiler
    this.#root = root
    this.#configs = new Configs(compiler, root)
  }

  check({ changes, originals, planned }: Omit<VerifyInput, 'root'>): VerifyResult {
    const keys = new Map([...changes.keys()].map((key) => [compilerPath(key, this.#root), key]))
    const after = versionOf([...changes].map(([key, text]) => [compilerPath(key, this.#root), text]))
    const before = versionOf(
      [...changes.keys()].map((key) => [compilerPath(key, this.#root), originals.get(key)]),
    )
    const keyOf = keyFinder(keys)
    const gained = new Map<string, GainedError[]>()
    const checked = new Set<string>()
    const missingConfig: string[] = []
    const byConfig = this.#group([...keys.keys()])
    for (const [config, changed] of byConfig) {
      if (config.file === undefined) missingConfig.push(...changed.map((file) => keys.get(file)!))
      const project = this.#project(config)
      const outcome = project.check({
        changed,
        before,
        after,
        planned,
        root: this.#root,
        skip: checked,
      })
      for (const file of outcome.checked) checked.add(file)
      for (const error of outcome.gained) {
        for (const key of culprits(error, project, keyOf) ?? changed.map((file) => keys.get(file)!)) {
          gained.set(key, [...(gained.get(key) ?? []), publicPart(error)])
        }
      }
    }
    return {
      gained,
      checkedFiles: checked.size,
      programs: byConfig.size,
      missingConfig: missingConfig.sort(),
    }
  }

  #group(files: readonly string[]): Map<ProjectConfig, string[]> {
    const groups = new Map<ProjectConfig, string[]>()
    for (const file of [...files].sort()) {
      const config = this.#configs.for(file)
      groups.set(config, [...(groups.get(config) ?? []), file])
    }
    return groups
  }

  #project(config: ProjectConfig): Project {
    let project = this.#projects.get(config)
    if (!project) this.#projects.set(config, (project = new Project(this.#compiler, config, this.#parsed)))
    return project
  }
}

type KeyFinder = (path: string) => string | undefined

/** Finds the caller's key of a changed file by its path or by the path behind symbolic links. */
function keyFinder(keys: ReadonlyMap<string, string>): KeyFinder {
  const real = new Map([...keys].map(([path, key]) => [realPath(path), key]))
  return (path) => keys.get(path) ?? real.get(path)
}

/**
 * The changed files that answer for an error, by key: the one that shows it, or else those that it imports;
 * undefined when it imports none, because a global declaration is the cause.
 */
function culprits(error: FileError, project: Project, keyOf: KeyFinder): string[] | undefined {
  const own = keyOf(error.file)
  if (own !== undefined) return [own]
  const imported = new Set(
    [...project.dependencies(error.file)].map(keyOf).filter((key) => key !== undefined),
  )
  return imported.size > 0 ? [...imported].sort() : undefined
}

function publicPart({ file, line, column, code, message }: FileError): GainedError {
  return { file, line, column, code, message }
}
