import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import fastGlob from 'fast-glob'
import ignore, { type Ignore } from 'ignore'

const sources = '**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}'

/** The files of a code base, as paths relative to its root with `/`, sorted. */
export interface Discovered {
  readonly sources: readonly string[]
  /** package.json files, for workspace packages. */
  readonly manifests: readonly string[]
}

/**
 * Finds the JavaScript and TypeScript files below a folder that git does not ignore.
 * @param root absolute path
 */
export function discover(root: string): Discovered {
  const kept = search(root, [sources, '**/package.json'])
  const manifest = (path: string) => path === 'package.json' || path.endsWith('/package.json')
  return {
    sources: kept.filter((path) => !manifest(path) && !path.endsWith('.d.ts')),
    manifests: kept.filter(manifest),
  }
}

/**
 * Finds the files that may hold SQL: .sql files and scripts. A search of its own, for those who have any.
 * @param root absolute path
 */
export function discoverSql(root: string): string[] {
  return search(root, ['**/*.sql', sources]).filter((path) => !path.endsWith('.d.ts'))
}

/** The files below a folder that match and that git does not ignore, sorted. */
function search(root: string, patterns: readonly string[]): string[] {
  const outer = outerIgnores(root)
  const found = fastGlob.sync([...patterns, '**/.gitignore'], {
    cwd: root,
    dot: true,
    // Folders that are never a team's own code are pruned before they are entered.
    ignore: ['**/node_modules/**', '**/.git/**', ...prunable(root)],
    followSymbolicLinks: false,
    suppressErrors: true,
  })
  const inner: { folder: string; rules: Ignore }[] = []
  for (const path of found) {
    if (path === '.gitignore' || path.endsWith('/.gitignore'))
      inner.push({
        folder: path.slice(0, -'.gitignore'.length),
        rules: ignore({ allowRelativePaths: true }).add(readFileSync(join(root, path), 'utf8')),
      })
  }
  const kept = found.filter((path) => {
    for (const { folder, rules } of outer) if (rules.ignores(folder + path)) return false
    for (const { folder, rules } of inner)
      if (path.startsWith(folder) && rules.ignores(path.slice(folder.length))) return false
    return path !== '.gitignore' && !path.endsWith('/.gitignore')
  })
  return kept.sort()
}

/** .gitignore files between the root of the repository and the folder above `root`, with the path from there to `root`. */
function outerIgnores(root: string): { folder: string; rules: Ignore }[] {
  const found: { folder: string; rules: Ignore }[] = []
  for (let folder = root; !existsSync(join(folder, '.git')); ) {
    const parent = dirname(folder)
    if (parent === folder) return []
    folder = parent
    const file = join(folder, '.gitignore')
    if (existsSync(file))
      found.push({
        folder: `${relative(folder, root).split(sep).join('/')}/`,
        rules: ignore().add(readFileSync(file, 'utf8')),
      })
  }
  return found
}

/** Plain folder names of the root's .gitignore (`dist/`, `/.next`), as globs that stop the search from entering them. */
function prunable(root: string): string[] {
  const file = join(root, '.gitignore')
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split(/\r?\n/)
  if (lines.some((line) => line.startsWith('!'))) return []
  return lines.flatMap((line) => {
    const name = line.trim()
    if (!/^\/?[\w.-]+\/?$/.test(name) || name.startsWith('#')) return []
    const bare = name.replace(/^\/|\/$/g, '')
    return [name.startsWith('/') ? `${bare}/**` : `**/${bare}/**`]
  })
}
