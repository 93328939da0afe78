import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/** Whether a repository holds several packages. */
export function hasWorkspaces(root: string): boolean {
  if (['pnpm-workspace.yaml', 'lerna.json', 'nx.json'].some((name) => existsSync(join(root, name))))
    return true
  try {
    return 'workspaces' in JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  } catch {
    return false
  }
}

/** The path of this package's schema from a folder, where the package is installed. */
export function schemaPath(root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const file = join(folder, 'node_modules', 'tenantize', 'schema', 'rules.schema.json')
    if (existsSync(file)) {
      const path = relative(root, file).split(sep).join('/')
      return path.startsWith('.') ? path : `./${path}`
    }
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return undefined
  }
}
