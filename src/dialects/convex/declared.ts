import type { Module } from '../../repo/module.ts'
import { type Node, unwrap } from '../../repo/node.ts'
import type { Repository } from '../../repo/repository.ts'

/** Something that is declared, and where. */
export interface Declared {
  readonly module: Module
  readonly node: Node
}

/**
 * The declaration behind an exported name, through `export { … } from` and `export *`.
 * @returns the declared identifier, or the expression that is exported; undefined for what a package exports
 */
export function exportedFrom(
  repository: Repository,
  file: string,
  name: string,
  depth = 0,
): Declared | undefined {
  const module = depth < 8 ? repository.module(file) : undefined
  if (!module) return undefined
  const entry = module.exports.get(name)
  if (entry?.kind === 'local') return { module, node: entry.node }
  if (entry?.kind === 'again') {
    const source = repository.resolve(file, entry.source)
    return source ? exportedFrom(repository, source, entry.name, depth + 1) : undefined
  }
  for (const star of entry ? [] : module.stars) {
    const source = repository.resolve(file, star)
    const found = source ? exportedFrom(repository, source, name, depth + 1) : undefined
    if (found) return found
  }
  return undefined
}

/** What a name or an expression is declared as: the initialiser of a constant, a function, a class. */
export function declarationOf(repository: Repository, { module, node }: Declared, depth = 0): Declared {
  const expression = unwrap(node)
  const binding = expression.type === 'Identifier' ? expression.binding : undefined
  if (!binding || depth > 8) return { module, node: expression }
  const { declaration } = binding
  if (binding.kind === 'import') {
    const source = declaration.parent?.source?.value
    const file = source === undefined ? undefined : repository.resolve(module.file, source)
    if (!file || declaration.type === 'ImportNamespaceSpecifier') return { module, node: expression }
    const name =
      declaration.type === 'ImportDefaultSpecifier'
        ? 'default'
        : (declaration.imported.name ?? declaration.imported.value)
    const found = exportedFrom(repository, file, name)
    return found ? declarationOf(repository, found, depth + 1) : { module, node: expression }
  }
  if (declaration.type === 'VariableDeclarator')
    return declaration.init && declaration.id === binding.id
      ? declarationOf(repository, { module, node: declaration.init }, depth + 1)
      : { module, node: expression }
  return { module, node: declaration }
}
