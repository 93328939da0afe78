import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import ignore, { type Ignore } from 'ignore'

const sourceName = /\.[mc]?[jt]sx?$/
const componentName = /\.(?:vue|svelte|astro)$/

/** The files of a code base, as paths relative to its root with `/`, sorted. */
export interface Discovered {
  readonly sources: readonly string[]
  /** package.json files, for workspace packages. */
  readonly manifests: readonly string[]
  /** Folders with a tsconfig, a jsconfig or a package.json: an import means the same everywhere below, up to the next. */
  readonly configured: readonly string[]
  /** `.prisma` files. */
  readonly schemas: readonly string[]
  /** Components whose scripts are not read: `.vue`, `.svelte`, `.astro`. */
  readonly unread: readonly string[]
}

/** The rules of one .gitignore, with what has to be put before or cut from a path for them to apply. */
interface Rules {
  readonly ignores: Ignore
  /** Path from the .gitignore's folder to the root; empty inside the root. */
  readonly before: string
  /** How many characters of a path name the .gitignore's folder; 0 outside of the root. */
  readonly cut: number
}

/**
 * Finds the JavaScript and TypeScript files below a folder that git does not ignore.
 * @param root absolute path
 */
export function discover(root: string): Discovered {
  const sources: string[] = []
  const manifests: string[] = []
  const configured: string[] = []
  const schemas: string[] = []
  const unread: string[] = []
  visit(root, '', outerRules(root), ({ folder, name, kept }) => {
    if (isConfiguration(name)) {
      configured.push(folder.slice(0, -1))
      if (name === 'package.json' && kept()) manifests.push(folder + name)
    } else if (isSource(name) && kept()) sources.push(folder + name)
    else if (name.endsWith('.prisma') && kept()) schemas.push(folder + name)
    else if (componentName.test(name) && kept()) unread.push(folder + name)
  })
  return {
    sources: sources.sort(),
    manifests: manifests.sort(),
    configured,
    schemas: schemas.sort(),
    unread: unread.sort(),
  }
}

/**
 * Finds the files that may hold SQL: .sql files and scripts. A search of its own, for those who have any.
 * @param root absolute path
 */
export function discoverSql(root: string): string[] {
  const found: string[] = []
  visit(root, '', outerRules(root), ({ folder, name, kept }) => {
    if ((name.endsWith('.sql') || isSource(name)) && kept()) found.push(folder + name)
  })
  return found.sort()
}

/** Files that say what an import means. A link to one says it as well. */
function isConfiguration(name: string): boolean {
  return name === 'package.json' || name === 'tsconfig.json' || name === 'jsconfig.json'
}

export function isSource(name: string): boolean {
  return sourceName.test(name) && !name.endsWith('.d.ts')
}

/** A file, and whether git does not ignore it. */
interface Entry {
  /** Path relative to the root, empty or with `/` at its end. */
  readonly folder: string
  readonly name: string
  kept(): boolean
}

/**
 * Shows every file below a folder. Folders that can hold none of a team's own (`node_modules`, `.git`, what a
 * .gitignore names) are not entered, symbolic links not followed.
 */
function visit(root: string, folder: string, outer: readonly Rules[], see: (entry: Entry) => void): void {
  const entries = entriesOf(root + sep + folder)
  const own = entries.some((entry) => entry.name === '.gitignore' && entry.isFile())
  const rules = own ? [...outer, rulesIn(root, folder)] : outer
  const isIgnored = (path: string) =>
    rules.some(({ ignores, before, cut }) => ignores.ignores(before + path.slice(cut)))
  for (const entry of entries) {
    const { name } = entry
    if (entry.isFile() || (entry.isSymbolicLink() && isConfiguration(name)))
      see({ folder, name, kept: () => !isIgnored(folder + name) })
    else if (entry.isDirectory() && name !== 'node_modules' && name !== '.git') {
      const path = `${folder}${name}/`
      if (!isIgnored(path)) visit(root, path, rules, see)
    }
  }
}

function rulesIn(root: string, folder: string): Rules {
  const text = readFileSync(join(root, folder, '.gitignore'), 'utf8')
  return { ignores: ignore({ allowRelativePaths: true }).add(text), before: '', cut: folder.length }
}

/** What a folder holds; nothing when it can't be read. */
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** .gitignore files between the root of the repository and the folder above `root`. */
function outerRules(root: string): Rules[] {
  const found: Rules[] = []
  for (let folder = root; !existsSync(join(folder, '.git')); ) {
    const parent = dirname(folder)
    if (parent === folder) return []
    folder = parent
    const file = join(folder, '.gitignore')
    if (existsSync(file))
      found.push({
        before: `${relative(folder, root).split(sep).join('/')}/`,
        cut: 0,
        ignores: ignore().add(readFileSync(file, 'utf8')),
      })
  }
  return found
}
