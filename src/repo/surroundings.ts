import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { parse } from 'jsonc-parser'
import type { Discovered } from './discover.ts'
import { contentId } from './watched.ts'

/**
 * The identity of everything but source files that says what a code base means: manifests, configurations with what
 * they extend, schemas, and other files that are named.
 * @param others absolute paths
 */
export function surroundingsId(root: string, found: Discovered, others: readonly string[]): string {
  const lines: string[] = []
  const seen = new Set<string>()
  const add = (file: string): string | undefined => {
    if (seen.has(file)) return undefined
    seen.add(file)
    const text = textOf(file)
    lines.push(
      `${file.startsWith(root) ? file.slice(root.length) : file}\n${text === undefined ? '' : contentId(text)}`,
    )
    return text
  }
  const addConfiguration = (file: string): void => {
    const text = add(file)
    if (text === undefined) return
    const extended: unknown = (parse(text) as { extends?: unknown } | undefined)?.extends
    for (const name of Array.isArray(extended) ? extended : [extended])
      if (typeof name === 'string') for (const path of extendedPaths(file, name)) addConfiguration(path)
  }
  for (const file of [...found.manifests, ...found.schemas]) add(join(root, file))
  for (const folder of new Set(['', ...found.configured]))
    for (const name of ['tsconfig.json', 'jsconfig.json', 'package.json'])
      addConfiguration(join(root, folder, name))
  for (const file of others) add(file)
  return contentId([...lines, ...found.configured].join('\n'))
}

/** Where a configuration that another one extends may lie. */
function extendedPaths(from: string, name: string): string[] {
  if (name.startsWith('.') || isAbsolute(name)) {
    const path = resolve(dirname(from), name)
    return [path, `${path}.json`]
  }
  const require = createRequire(from)
  return [name, `${name}.json`, `${name}/tsconfig.json`].flatMap((specifier) => {
    try {
      return [require.resolve(specifier)]
    } catch {
      return []
    }
  })
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
