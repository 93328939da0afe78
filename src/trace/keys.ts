import type { Module } from '../repo/module.ts'
import { type Node, unwrap, walk } from '../repo/node.ts'
import { evaluate } from './evaluate.ts'
import { rootOf } from './holders.ts'
import { accessPath } from './narrowing.ts'
import type { Program } from './program.ts'
import { tenantPaths } from './tenant-ids.ts'

/**
 * Whether a key tells tenants apart: it holds an id that the value was made with, another trusted tenant id, or
 * something that is called as these are.
 * @param ids the tenant ids that the value was made with
 */
export function holdsTenant(program: Program, module: Module, key: Node, ids: readonly Node[]): boolean {
  const roots = new Set(ids.map(rootOf).filter((root) => root !== undefined))
  const names = new Set([...ids.flatMap(lastName), ...ruleNames(program)])
  const seen = new Set<Node>()
  const look = (expression: Node): boolean => {
    if (seen.has(expression)) return false
    seen.add(expression)
    let found = false
    walk(expression, (node) => {
      if (found) return false
      if (node.type === 'MemberExpression' && !node.computed && names.has(node.property.name)) found = true
      if (node.type !== 'Identifier' && node.type !== 'MemberExpression') return
      if (node.type === 'Identifier') {
        if (!node.binding) return
        const init =
          node.binding.declaration.type === 'VariableDeclarator' ? node.binding.declaration.init : undefined
        if (
          names.has(node.name) ||
          roots.has(node.binding) ||
          (init && node.binding.scope.kind !== 'module' && look(init))
        )
          found = true
      }
      found ||= tenantPaths(program, evaluate(program, module, node)).some((path) => path.length === 0)
    })
    return found
  }
  return look(key)
}

/** The name by which an id goes: the last one of its path. */
function lastName(id: Node): string[] {
  const path = accessPath(id)
  const node = unwrap(id)
  const name = path?.names.at(-1) ?? path?.binding.name
  return [
    ...(name === undefined || name === 'id' ? [] : [name]),
    ...(node.type === 'Identifier' && node.name !== 'id' ? [node.name] : []),
  ]
}

/** Names that the rules' sources give to tenant ids. */
function ruleNames(program: Program): string[] {
  return program.rules.tenantId.sources.flatMap((source) => {
    const name =
      source.kind === 'parameter'
        ? (source.path.at(-1) ?? source.parameter)
        : source.kind === 'request'
          ? source.request
          : source.kind === 'expression'
            ? undefined
            : source.path.at(-1)
    return name === undefined || name === 'id' ? [] : [name]
  })
}
