import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Repository } from '../repo/repository.ts'
import type { ExportName, Rules } from '../rules/model.ts'
import { type Declared, declaredKey, type Names } from './names.ts'

/**
 * Finds the declarations that a `module#export` of the rules means: resolved from the rules' folder, then from the
 * root of the code base, then from every folder with a tsconfig (in a monorepo several packages may share an alias).
 */
export function resolveName(
  repository: Repository,
  names: Names,
  rules: Rules,
  name: ExportName,
): Declared[] {
  const bases = [...new Set([join(dirname(rules.file), 'rules.json'), join(repository.root, 'rules.json')])]
  for (const base of bases) {
    const declared = names.imported(base, name.module, name.export)
    if (declared.kind !== 'external') return [declared]
  }
  const found = new Map<string, Declared>()
  for (const folder of configFolders(repository)) {
    const declared = names.imported(join(folder, 'rules.json'), name.module, name.export)
    if (declared.kind !== 'external') found.set(declaredKey(declared), declared)
  }
  return found.size > 0
    ? [...found.values()]
    : [{ kind: 'external', module: name.module, name: name.export, hops: [] }]
}

const folders = new WeakMap<Repository, string[]>()

/** Folders of source files' ancestors that hold a tsconfig or jsconfig. */
function configFolders(repository: Repository): string[] {
  const known = folders.get(repository)
  if (known) return known
  const seen = new Set<string>()
  for (const file of repository.files)
    for (
      let folder = dirname(repository.absolute(file));
      folder.length >= repository.root.length && !seen.has(folder);
      folder = dirname(folder)
    )
      seen.add(folder)
  const found = [...seen].filter(
    (folder) =>
      repository.isConfigured(folder) &&
      (existsSync(join(folder, 'tsconfig.json')) || existsSync(join(folder, 'jsconfig.json'))),
  )
  folders.set(repository, found)
  return found
}
