/** Which configuration checks a file: the nearest tsconfig.json or jsconfig.json, or one it refers to. */
import { existsSync, statSync } from 'node:fs'
import type { ts as Typescript } from 'ts-morph'
import type { Compiler } from './compiler.ts'
import { installedTypescript, optionsWithoutConfig, withDefaults } from './defaults.ts'
import { folderOf, foldersUpTo } from './paths.ts'
import { VerifyError } from './result.ts'

export interface ProjectConfig {
  /** The configuration's path; undefined when the files have none. */
  readonly file: string | undefined
  readonly folder: string
  readonly options: Typescript.CompilerOptions
  /** The files it includes. */
  readonly fileNames: readonly string[]
  /** Folder of the library files to check against: the project's own, or the compiler's. */
  readonly libFolder: string
}

/** Finds and reads configurations, each once. */
export class Configs {
  readonly #parsed = new Map<string, Typescript.ParsedCommandLine>()
  readonly #configs = new Map<string, ProjectConfig>()
  readonly #compiler: Compiler
  readonly #root: string

  constructor(compiler: Compiler, root: string) {
    this.#compiler = compiler
    this.#root = root
  }

  /**
   * The configuration that `file` is checked with. One that leaves the file out still counts, because its options
   * are the ones an editor uses for it.
   * @throws VerifyError when a configuration can't be read
   */
  for(file: string): ProjectConfig {
    const nearest = this.#nearest(file)
    const chosen = nearest && (this.#including(nearest, file, new Set()) ?? nearest)
    const key = chosen ?? ''
    let config = this.#configs.get(key)
    if (!config) this.#configs.set(key, (config = this.#describe(chosen)))
    return config
  }

  #nearest(file: string): string | undefined {
    for (const folder of foldersUpTo(folderOf(file), this.#root)) {
      for (const name of ['tsconfig.json', 'jsconfig.json']) {
        const path = `${folder === '/' ? '' : folder}/${name}`
        if (existsSync(path)) return path
      }
    }
    return undefined
  }

  /** `config` or the first configuration it refers to, at any depth, that includes the file. */
  #including(config: string, file: string, seen: Set<string>): string | undefined {
    if (seen.has(config)) return undefined
    seen.add(config)
    const parsed = this.#parse(config)
    if (parsed.fileNames.includes(file)) return config
    for (const reference of parsed.projectReferences ?? []) {
      const path = this.#compiler.ts.resolveProjectReferencePath(reference)
      const found = existsSync(path) && this.#including(path, file, seen)
      if (found) return found
    }
    return undefined
  }

  #parse(config: string): Typescript.ParsedCommandLine {
    let parsed = this.#parsed.get(config)
    if (!parsed) this.#parsed.set(config, (parsed = readConfig(this.#compiler, config)))
    return parsed
  }

  #describe(config: string | undefined): ProjectConfig {
    const folder = config === undefined ? this.#root : folderOf(config)
    const parsed = config === undefined ? undefined : this.#parse(config)
    const installed = installedTypescript(folder)
    const ownLibrary = installed && installed.major >= 5 ? installed.libFolder : undefined
    return {
      file: config,
      folder,
      options: parsed
        ? checkOnly(withDefaults(this.#compiler, parsed.options, installed))
        : optionsWithoutConfig(this.#compiler),
      fileNames: parsed?.fileNames ?? [],
      libFolder: ownLibrary ?? this.#compiler.libFolder,
    }
  }
}

/** Options another version of the compiler knows: the project's own compiler is the one to judge them. */
const optionsOfOtherVersions = new Set([5023, 5024, 5025, 6046, 6114])
/** "No inputs were found": the changed files become the inputs. */
const withoutInputs = new Set([18002, 18003])

function readConfig({ ts }: Compiler, config: string): Typescript.ParsedCommandLine {
  const fail = (problem: Typescript.Diagnostic): never => {
    throw new VerifyError(problem.file?.fileName ?? config, explain(ts, problem))
  }
  if (!statSync(config).isFile()) throw new VerifyError(config, 'is not a file.')
  const parsed = ts.getParsedCommandLineOfConfigFile(
    config,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  )!
  for (const problem of ts.getConfigFileParsingDiagnostics(parsed)) {
    if (problem.category !== ts.DiagnosticCategory.Error) continue
    if (!withoutInputs.has(problem.code) && !optionsOfOtherVersions.has(problem.code)) fail(problem)
  }
  return parsed
}

function explain(ts: Compiler['ts'], problem: Typescript.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(problem.messageText, ' ')
  const place =
    problem.file && problem.start !== undefined
      ? ts.getLineAndCharacterOfPosition(problem.file, problem.start)
      : undefined
  const at = place ? `line ${place.line + 1}, column ${place.character + 1}: ` : ''
  return `${at}${text} The type check needs this configuration: mend it (a missing "extends" is often a package that is not installed), or run with --no-verify.`
}

/** The same options without anything about output, so that only types are looked at. */
function checkOnly(options: Typescript.CompilerOptions): Typescript.CompilerOptions {
  const { composite, tsBuildInfoFile, incremental, outFile, plugins, ...rest } = options
  return {
    ...rest,
    declaration: Boolean(rest.declaration || composite),
    emitDeclarationOnly: false,
    declarationMap: false,
    noEmit: true,
    skipLibCheck: true,
  }
}
