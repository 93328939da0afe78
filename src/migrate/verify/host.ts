/**
 * The compiler's view of the disk: changed files come from memory, in their old or their new text, and every other
 * file is read and parsed once for all programs.
 */
import type { ts as Typescript } from 'ts-morph'
import type { Compiler } from './compiler.ts'
import type { ProjectConfig } from './config.ts'
import { realPath } from './paths.ts'

/** Texts by path; undefined: the file does not exist in this version. */
export type Version = ReadonlyMap<string, string | undefined>

/** Every path under which a file may be asked for leads to its text. */
export function versionOf(texts: Iterable<readonly [string, string | undefined]>): Version {
  const version = new Map<string, string | undefined>()
  for (const [path, text] of texts) {
    const plain = text?.startsWith('\uFEFF') ? text.slice(1) : text
    version.set(path, plain)
    version.set(realPath(path), plain)
  }
  return version
}

/** Parsed files that several programs may share, by everything that their syntax tree depends on. */
export type ParsedFiles = Map<string, { readonly text: string; readonly file: Typescript.SourceFile }[]>

export interface VersionedHost extends Typescript.CompilerHost {
  /** Chooses what the changed files contain from now on. */
  show(version: Version): void
  /** True when a version lacks a file: an import that failed in one program may then succeed in the next. */
  createsFiles: boolean
}

export function createHost(compiler: Compiler, config: ProjectConfig, parsed: ParsedFiles): VersionedHost {
  const { ts } = compiler
  const shared = sharingKey(config.options)
  const diskTexts = new Map<string, string | undefined>()
  let version: Version = new Map()

  const inLibrary = (path: string) => path.startsWith(`${compiler.libFolder}/`)
  const readDisk = (path: string) => {
    if (inLibrary(path)) return compiler.readLib(path)
    return ts.sys.readFile(path)
  }
  const host: VersionedHost = {
    ...ts.createCompilerHost(config.options),
    show: (next) => {
      version = next
    },
    createsFiles: false,
    hasInvalidatedResolutions: () => host.createsFiles,
    jsDocParsingMode: ts.JSDocParsingMode.ParseForTypeErrors,
    getCurrentDirectory: () => config.folder,
    getDefaultLibLocation: () => config.libFolder,
    getDefaultLibFileName: (options) => `${config.libFolder}/${ts.getDefaultLibFileName(options)}`,
    writeFile: () => {},
    fileExists: (path) => {
      if (version.has(path)) return version.get(path) !== undefined
      return inLibrary(path) ? compiler.libExists(path) : ts.sys.fileExists(path)
    },
    readFile: (path) => (version.has(path) ? version.get(path) : readDisk(path)),
    getSourceFile: (path, language) => {
      const changed = version.has(path)
      if (!changed && !diskTexts.has(path)) diskTexts.set(path, readDisk(path))
      const text = changed ? version.get(path) : diskTexts.get(path)
      if (text === undefined) return undefined
      const format = typeof language === 'object' ? language.impliedNodeFormat : undefined
      const key = `${path}\0${format}\0${shared}`
      const versions = parsed.get(key) ?? []
      const known = versions.find((one) => one.text === text)
      if (known) return known.file
      const file = ts.createSourceFile(path, text, languageWithFastComments(compiler, language))
      parsed.set(key, [...versions, { text, file }])
      return file
    },
  }
  return host
}

function languageWithFastComments(
  { ts }: Compiler,
  language: Typescript.ScriptTarget | Typescript.CreateSourceFileOptions,
): Typescript.CreateSourceFileOptions {
  const options = typeof language === 'object' ? language : { languageVersion: language }
  return { ...options, jsDocParsingMode: ts.JSDocParsingMode.ParseForTypeErrors }
}

/** Programs share a parsed and bound file only when all options are equal, apart from where modules are found. */
function sharingKey(options: Typescript.CompilerOptions): string {
  const { paths, baseUrl, pathsBasePath, configFilePath, configFile, rootDir, rootDirs, outDir, ...rest } =
    options
  return JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)))
}
