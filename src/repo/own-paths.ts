import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { parse } from 'jsonc-parser'

/** `paths` of a tsconfig, with the folder that its targets are relative to. */
interface OwnPaths {
  readonly base: string
  /** Names that no pattern fits are looked for in that folder too: the configuration says `baseUrl`. */
  readonly bare: boolean
  readonly paths: ReadonlyMap<string, readonly string[]>
}

/**
 * The places that a tsconfig's own `paths` and `baseUrl` (or those of a file that it extends by a relative path) name for a
 * specifier. For configurations that a resolver can't read whole because they extend a package that isn't installed.
 * @param config absolute path of a tsconfig.json or jsconfig.json
 * @returns absolute paths without extension, best first; nothing when no pattern fits
 */
export type OwnPathTargets = (config: string, specifier: string) => string[]

/** A reader that remembers what it read. */
export function ownPathTargets(): OwnPathTargets {
  const known: Known = new Map()
  return (config, specifier) => targetsOf(readPaths(known, config, 0), specifier)
}

type Known = Map<string, OwnPaths | undefined>

function targetsOf(own: OwnPaths | undefined, specifier: string): string[] {
  if (!own) return []
  const exact = own.paths.get(specifier)
  if (exact) return exact.map((target) => join(own.base, target))
  let best: { prefix: string; suffix: string; targets: readonly string[] } | undefined
  for (const [pattern, targets] of own.paths) {
    const star = pattern.indexOf('*')
    if (star === -1) continue
    const prefix = pattern.slice(0, star)
    const suffix = pattern.slice(star + 1)
    if (specifier.length < prefix.length + suffix.length) continue
    if (!specifier.startsWith(prefix) || !specifier.endsWith(suffix)) continue
    // The longest prefix wins, as in TypeScript.
    if (!best || prefix.length > best.prefix.length) best = { prefix, suffix, targets }
  }
  if (!best) return own.bare ? [join(own.base, specifier)] : []
  const { prefix, suffix, targets } = best
  const middle = specifier.slice(prefix.length, specifier.length - suffix.length)
  return targets.map((target) => join(own.base, target.replace('*', middle)))
}

function readPaths(known: Known, config: string, depth: number): OwnPaths | undefined {
  if (known.has(config)) return known.get(config)
  const found = depth > 8 ? undefined : pathsOf(known, config, depth)
  known.set(config, found)
  return found
}

function pathsOf(known: Known, config: string, depth: number): OwnPaths | undefined {
  let document: { extends?: unknown; compilerOptions?: { baseUrl?: unknown; paths?: unknown } }
  try {
    document = parse(readFileSync(config, 'utf8'))
  } catch {
    return undefined
  }
  const { baseUrl, paths } = document?.compilerOptions ?? {}
  const bare = typeof baseUrl === 'string'
  if (bare || (paths && typeof paths === 'object')) {
    const base = bare ? join(dirname(config), baseUrl) : dirname(config)
    const entries = Object.entries(paths ?? {}).filter((entry): entry is [string, string[]] =>
      Array.isArray(entry[1]),
    )
    return { base, bare, paths: new Map(entries) }
  }
  const parents = [document?.extends].flat().filter((item): item is string => typeof item === 'string')
  for (const parent of parents.reverse()) {
    if (!parent.startsWith('.') && !isAbsolute(parent)) continue
    const file = isAbsolute(parent) ? parent : join(dirname(config), parent)
    const inherited = readPaths(known, file.endsWith('.json') ? file : `${file}.json`, depth + 1)
    if (inherited) return inherited
  }
  return undefined
}
