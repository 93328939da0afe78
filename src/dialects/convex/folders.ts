import { dirname, join } from 'node:path'
import { type Node, unwrap } from '../../repo/node.ts'
import { type Code, perCode } from '../sight.ts'
import { type Declared, declarationOf, exportedFrom } from './declared.ts'
import type { Reference } from './reference.ts'

/** Files by which a folder with functions is known; the first are written by `convex codegen`. */
const marks = /^(?:(.*)\/)?(?:_generated\/(?:api|server|dataModel)\.(?:d\.ts|ts|js)|schema\.[jt]s)$/

/** Folders that hold the functions of a deployment; absolute, the shortest first. */
export const functionFolders = perCode((code: Code): readonly string[] => {
  const { repository } = code
  const found = new Set<string>()
  for (const path of repository.files) {
    const match = marks.exec(path)
    if (!match) continue
    const file = repository.absolute(path)
    if (path.includes('_generated/') || repository.raw(file).includes('defineSchema'))
      found.add(match[1] === undefined ? repository.root : join(repository.root, match[1]))
  }
  return [...found].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
})

/** What the schemas of the code base are made of: the first argument of every `defineSchema`. */
export function schemasOf(code: Code): Declared[] {
  const { repository } = code
  return functionFolders(code).flatMap((folder): Declared[] => {
    const file = repository.resolve(join(folder, 'any.ts'), './schema')
    const exported = file && exportedFrom(repository, file, 'default')
    if (!exported) return []
    const { module, node } = declarationOf(repository, exported)
    const tables = node.type === 'CallExpression' ? (node.arguments[0] as Node | undefined) : undefined
    return tables ? [{ module, node: unwrap(tables) }] : []
  })
}

/** The declaration that a reference names: `conversations:list` is the export `list` of `conversations.ts`. */
export function functionOf(code: Code, { path, folder }: Reference): Declared | undefined {
  const { repository } = code
  const [name = '', exported = 'default'] = path.split(':')
  for (const at of folder === undefined ? functionFolders(code) : [folder]) {
    const file = repository.resolve(join(at, 'any.ts'), `./${name}`)
    const found = file && exportedFrom(repository, file, exported)
    if (found) return found
  }
  return undefined
}

/** Whether a file is inside of a folder with functions. */
export function isInFunctions(code: Code, file: string): boolean {
  return functionFolders(code).some((folder) => dirname(file).startsWith(folder))
}
