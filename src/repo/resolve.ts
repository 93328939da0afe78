import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { type NapiResolveOptions, ResolverFactory } from 'oxc-resolver'
import type { Discovered } from './discover.ts'
import { ownPathTargets } from './own-paths.ts'

const extensionAlias: Record<string, string[]> = {
  '.js': ['.ts', '.tsx', '.js', '.jsx'],
  '.jsx': ['.tsx', '.jsx'],
  '.mjs': ['.mts', '.mjs'],
  '.cjs': ['.cts', '.cjs'],
}
const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs']

/** Finds the file of the code base that an import names. */
export interface Resolver {
  /**
   * @param from absolute path of the importing file
   * @returns absolute path of a file of the code base; undefined for a package or a file that is not there
   */
  resolve(from: string, specifier: string): string | undefined
  /** The file of a workspace package that a specifier names, whoever imports it. */
  packageFile(specifier: string): string | undefined
}

/**
 * Resolves through the nearest tsconfig's `paths` (with `extends` and references), relative paths, and workspace
 * packages by name even when nothing is installed.
 * @param known whether an absolute path is a source file of the code base
 */
export function createResolver(
  root: string,
  { manifests, configured: folders }: Pick<Discovered, 'manifests' | 'configured'>,
  known: (path: string) => boolean,
): Resolver {
  const options: NapiResolveOptions = {
    extensions,
    extensionAlias,
    conditionNames: ['source', 'development', 'types', 'import', 'require', 'node', 'default'],
    mainFields: ['source', 'module', 'main', 'types'],
  }
  let factory: ResolverFactory | undefined
  let plain: ResolverFactory | undefined
  const configured = new Map<string, ResolverFactory | undefined>()
  /** A resolver with the nearest tsconfig or jsconfig of a folder, whatever files that one includes. */
  const explicit = (folder: string): ResolverFactory | undefined => {
    if (configured.has(folder)) return configured.get(folder)
    const config = configIn(folder)
    const parent = dirname(folder)
    const resolver = config
      ? new ResolverFactory({ ...options, tsconfig: { configFile: config, references: 'auto' } })
      : folder === root || parent === folder
        ? undefined
        : explicit(parent)
    configured.set(folder, resolver)
    return resolver
  }
  let packages: Map<string, string> | undefined
  const memos = new Map<string, Map<string, string | undefined>>()
  // (`resolve` takes the slash away that a discovered folder ends in.)
  const boundaries = new Set(folders.map((folder) => resolve(root, folder)))
  const boundaryOf = new Map<string, string>()
  /** The nearest folder above with a configuration or a manifest of its own; the root when there is none. */
  const boundary = (folder: string): string => {
    let found = boundaryOf.get(folder)
    if (found === undefined) {
      const parent = dirname(folder)
      found = boundaries.has(folder) || folder === root || parent === folder ? folder : boundary(parent)
      boundaryOf.set(folder, found)
    }
    return found
  }
  const packageFolders = new Set(manifests.map((manifest) => dirname(join(root, manifest))))
  /** The file that a relative path names in the plain way; a folder with a manifest may say otherwise. */
  const plainly = (base: string): string | undefined => {
    for (const candidate of aliased(base)) if (known(candidate)) return candidate
    if (known(base)) return base
    for (const extension of extensions) if (known(base + extension)) return base + extension
    if (packageFolders.has(base)) return undefined
    for (const extension of extensions)
      if (known(`${base}/index${extension}`)) return `${base}/index${extension}`
    return undefined
  }

  const targets = ownPathTargets()
  const configs = new Map<string, string | undefined>()
  const nearestConfig = (folder: string): string | undefined => {
    if (configs.has(folder)) return configs.get(folder)
    const parent = dirname(folder)
    const found =
      configIn(folder) ?? (folder === root || parent === folder ? undefined : nearestConfig(parent))
    configs.set(folder, found)
    return found
  }
  /** Through the nearest configuration's own `paths`, when what it extends can't be read. */
  const ownPath = (from: string, specifier: string): string | undefined => {
    const config = specifier.startsWith('.') ? undefined : nearestConfig(dirname(from))
    for (const target of config ? targets(config, specifier) : []) {
      const path = (plain ??= new ResolverFactory(options)).sync(
        dirname(target),
        `./${basename(target)}`,
      ).path
      if (path) return path
    }
    return undefined
  }
  /** `$lib` of SvelteKit, whose configuration with the alias is only generated: https://svelte.dev/docs/kit/$lib */
  const libraryOfSvelteKit = (from: string, specifier: string): string | undefined =>
    specifier === '$lib' || specifier.startsWith('$lib/')
      ? plainly(join(boundary(dirname(from)), 'src/lib', specifier.slice('$lib/'.length)))
      : undefined
  const packageFiles = new Map<string, string | undefined>()
  const packageFile = (specifier: string): string | undefined => {
    if (packageFiles.has(specifier)) return packageFiles.get(specifier)
    packages ??= workspacePackages(root, manifests)
    let found: string | undefined
    for (const [name, folder] of packages) {
      if (specifier !== name && !specifier.startsWith(`${name}/`)) continue
      found = inPackage(folder, specifier.slice(name.length + 1), known)
      break
    }
    packageFiles.set(specifier, found)
    return found
  }

  const find = (from: string, specifier: string): string | undefined => {
    const attempts = [
      () =>
        (factory ??= new ResolverFactory({ ...options, tsconfig: 'auto' })).resolveFileSync(from, specifier)
          .path,
      // (Own caches: a clone shares the failures of the resolver it is made from.)
      // The nearest tsconfig may leave the file out (`include`), or extend a package that is not installed.
      () => explicit(dirname(from))?.sync(dirname(from), specifier).path,
      () => ownPath(from, specifier),
      () => libraryOfSvelteKit(from, specifier),
      () => (plain ??= new ResolverFactory(options)).sync(dirname(from), specifier).path,
    ]
    for (const attempt of attempts) {
      try {
        const path = attempt()
        if (path && known(path)) return path
        if (path) break
      } catch {
        // A configuration that can't be read here is reported by the type check; the next attempt may do without it.
      }
    }
    if (specifier.startsWith('.')) return undefined
    return packageFile(specifier)
  }

  return {
    packageFile,
    resolve(from, specifier) {
      // Aliases and packages depend on the nearest configuration and manifest, relative paths on the folder.
      const folder = dirname(from)
      const relative =
        specifier === '.' || specifier === '..' || specifier.startsWith('./') || specifier.startsWith('../')
      const key = relative ? folder : boundary(folder)
      let memo = memos.get(key)
      if (!memo) memos.set(key, (memo = new Map()))
      let path = memo.get(specifier)
      if (path !== undefined || memo.has(specifier)) return path
      path = (relative ? plainly(join(folder, specifier)) : undefined) ?? find(from, specifier)
      memo.set(specifier, path)
      return path
    },
  }
}

function configIn(folder: string): string | undefined {
  return ['tsconfig.json', 'jsconfig.json'].map((name) => join(folder, name)).find((file) => existsSync(file))
}

/** The source files that `x.js` may stand for, as TypeScript writes its imports. */
function aliased(base: string): string[] {
  const dot = base.lastIndexOf('.')
  const aliases = extensionAlias[base.slice(dot)]
  return aliases ? aliases.map((extension) => base.slice(0, dot) + extension) : []
}

/** Name of every package.json below the root, with its absolute folder; longer names first. */
function workspacePackages(root: string, manifests: readonly string[]): Map<string, string> {
  const named: [string, string][] = []
  for (const manifest of manifests) {
    try {
      const name = JSON.parse(readFileSync(join(root, manifest), 'utf8')).name
      if (typeof name === 'string') named.push([name, dirname(join(root, manifest))])
    } catch {
      // A manifest that is no JSON names no package; npm itself reports it.
    }
  }
  return new Map(named.sort((a, b) => b[0].length - a[0].length))
}

/** The source file of a package for an import of `subpath`, although it is not built or installed. */
function inPackage(folder: string, subpath: string, known: (path: string) => boolean): string | undefined {
  const declared = declaredEntries(folder, subpath)
  const candidates = [
    ...declared,
    ...declared.map((path) => path.replace(/^(?:dist|build|lib|out)\//, 'src/')),
    subpath || 'index',
    `src/${subpath || 'index'}`,
    `${subpath}/index`,
    `src/${subpath}/index`,
  ]
  for (const candidate of candidates) {
    const base = join(folder, candidate.replace(/\.d\.([mc]?)ts$/, '.$1ts'))
    if (known(base)) return base
    const bare = base.replace(/\.[mc]?[jt]sx?$/, '')
    for (const extension of extensions) if (known(bare + extension)) return bare + extension
    for (const extension of extensions)
      if (known(join(base, `index${extension}`))) return join(base, `index${extension}`)
  }
  return undefined
}

/** Files that a manifest's `exports`, `main`, `module` and `types` name for a subpath, relative to the package. */
function declaredEntries(folder: string, subpath: string): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const found: string[] = []
  const collect = (value: unknown, star: string): void => {
    if (typeof value === 'string')
      found.push(
        relative('.', join('.', value.replaceAll('*', star)))
          .split(sep)
          .join('/'),
      )
    else if (Array.isArray(value)) for (const item of value) collect(item, star)
    else if (value && typeof value === 'object') for (const item of Object.values(value)) collect(item, star)
  }
  const exports = manifest.exports
  const key = subpath ? `./${subpath}` : '.'
  if (exports && typeof exports === 'object' && !Array.isArray(exports)) {
    if (key in exports) collect(exports[key], '')
    else if (key === '.' && !Object.keys(exports).some((name) => name.startsWith('.'))) collect(exports, '')
    else {
      for (const [pattern, value] of Object.entries(exports)) {
        const [head, tail] = pattern.split('*')
        if (
          tail !== undefined &&
          head !== undefined &&
          key.startsWith(head) &&
          key.endsWith(tail) &&
          key.length >= pattern.length
        )
          collect(value, key.slice(head.length, key.length - tail.length))
      }
    }
  } else if (exports && key === '.') collect(exports, '')
  if (key === '.')
    for (const field of ['source', 'types', 'module', 'main'])
      if (typeof manifest[field] === 'string') collect(manifest[field], '')
  return found
}
