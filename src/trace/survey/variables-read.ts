import type { Module } from '../../repo/module.ts'
import { memberName, type Node, unwrap, walk } from '../../repo/node.ts'
import type { Repository } from '../../repo/repository.ts'

/**
 * The environment variables that a program reads: `process.env.NAME`, `process.env['NAME']`,
 * `const { NAME } = process.env`, and `env('NAME')` as Prisma's configuration writes it. Follows imports within the
 * code base.
 * @param file absolute path of the program
 * @returns names, sorted
 */
export function variablesRead(repository: Repository, file: string): string[] {
  const names = new Set<string>()
  const seen = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    const module = repository.module(path)
    if (!module) return
    for (const name of namesIn(module)) names.add(name)
    for (const statement of module.program.body as Node[]) {
      const source = statement.source?.value
      const target = typeof source === 'string' ? repository.resolve(path, source) : undefined
      if (target !== undefined) visit(target)
    }
  }
  visit(file)
  return [...names].sort()
}

function namesIn(module: Module): Set<string> {
  const names = new Set<string>()
  const add = (name: string | undefined) => {
    if (name !== undefined) names.add(name)
  }
  walk(module.program, (node) => {
    if (node.type === 'MemberExpression' && isEnvironment(node.object)) add(memberName(node))
    else if (node.type === 'VariableDeclarator' && node.init && isEnvironment(node.init))
      for (const property of (node.id.properties ?? []) as Node[])
        add(property.key?.name ?? property.key?.value)
    else if (
      node.type === 'CallExpression' &&
      node.callee.type === 'Identifier' &&
      node.callee.name === 'env'
    ) {
      const [first] = node.arguments as Node[]
      if (first?.type === 'Literal' && typeof first.value === 'string') add(first.value)
    }
    return undefined
  })
  return names
}

/** `process.env`, `import.meta.env`, `Bun.env`. */
function isEnvironment(node: Node): boolean {
  const object = unwrap(node)
  return object.type === 'MemberExpression' && memberName(object) === 'env'
}
