/**
 * What an option means when the configuration leaves it out depends on the compiler's version. The project's own
 * version decides, so that its errors are the ones its `tsc` reports.
 */
import { existsSync, readFileSync } from 'node:fs'
import type { ts as Typescript } from 'ts-morph'
import type { Compiler } from './compiler.ts'
import { folderOf } from './paths.ts'

export interface InstalledTypescript {
  readonly major: number
  /** Folder of its `lib.*.d.ts`, when the package has them. */
  readonly libFolder?: string
}

/** The TypeScript that a project in `folder` has installed, looked up as Node does. */
export function installedTypescript(folder: string): InstalledTypescript | undefined {
  for (let at = folder; ; at = folderOf(at)) {
    const home = `${at === '/' ? '' : at}/node_modules/typescript`
    if (existsSync(`${home}/package.json`)) return readInstalled(home)
    if (at === folderOf(at) || !at.includes('/')) return undefined
  }
}

function readInstalled(home: string): InstalledTypescript | undefined {
  try {
    const { version } = JSON.parse(readFileSync(`${home}/package.json`, 'utf8')) as { version?: string }
    const major = Number.parseInt(version ?? '', 10)
    if (Number.isNaN(major)) return undefined
    return existsSync(`${home}/lib/lib.es5.d.ts`) ? { major, libFolder: `${home}/lib` } : { major }
  } catch {
    return undefined
  }
}

/**
 * Fills in what TypeScript 5 and earlier took for granted, unless the project has a later one: TypeScript 6
 * changed `strict`, `types`, `target`, `module` and the check of side-effect imports
 * (https://www.typescriptlang.org/docs/handbook/release-notes/typescript-6-0.html).
 * With nothing installed, only what would add errors is relaxed.
 */
export function withDefaults(
  { ts }: Compiler,
  options: Typescript.CompilerOptions,
  installed: InstalledTypescript | undefined,
): Typescript.CompilerOptions {
  if (installed && installed.major >= 6) return options
  const relaxed = { strict: false, types: ['*'], noUncheckedSideEffectImports: false, ...options }
  return installed ? { ...relaxed, ...oldModules(ts, options) } : relaxed
}

/** Target, module format and resolution as TypeScript 5 derives them from one another. */
function oldModules(ts: Compiler['ts'], options: Typescript.CompilerOptions): Typescript.CompilerOptions {
  const { ModuleKind, ModuleResolutionKind, ScriptTarget } = ts
  const forNode =
    options.module !== undefined &&
    options.module >= ModuleKind.Node16 &&
    options.module <= ModuleKind.NodeNext
  const target = options.target ?? (forNode ? ScriptTarget.ES2022 : ScriptTarget.ES5)
  const module = options.module ?? (target >= ScriptTarget.ES2015 ? ModuleKind.ES2015 : ModuleKind.CommonJS)
  const oldStyle = module === ModuleKind.CommonJS && options.moduleResolution === undefined
  return { target, module, ...(oldStyle ? { moduleResolution: ModuleResolutionKind.Node10 } : {}) }
}

/** Options of a file for which there is no configuration: everything is allowed, nothing is strict. */
export function optionsWithoutConfig({ ts }: Compiler): Typescript.CompilerOptions {
  return {
    allowJs: true,
    esModuleInterop: true,
    experimentalDecorators: true,
    jsx: ts.JsxEmit.Preserve,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    strict: false,
    target: ts.ScriptTarget.ESNext,
    types: ['*'],
    noUncheckedSideEffectImports: false,
  }
}
