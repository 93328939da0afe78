import { find, scopeOf } from '../../repo/bind.ts'
import type { Module } from '../../repo/module.ts'
import { type Binding, keyName, type Node } from '../../repo/node.ts'
import { outermostFunction } from '../../trace/points.ts'
import type { Planning } from '../planning.ts'
import type { Target } from '../target.ts'

/**
 * The name of a client of the target's database that the function has already, at every place that needs one: what
 * moves in a second step (writes after reads) takes the client of the first.
 */
export function existingClient(
  planning: Planning,
  module: Module,
  target: Target,
  nodes: readonly Node[],
): string | undefined {
  for (const creation of planning.trace.creations) {
    if (creation.module !== module || creation.entry !== target.entry) continue
    if (target.needsTenantId && creation.fact.tenantId?.status !== 'proven') continue
    const binding = holderOf(creation.node, target)
    if (binding && nodes.every((node) => isVisible(binding, creation.node, node))) return binding.name
  }
  return undefined
}

/** The constant that a call's result, or the client in it, is given to. */
function holderOf(call: Node, { entry, async }: Target): Binding | undefined {
  if (async && call.parent.type !== 'AwaitExpression') return undefined
  const expression = async ? call.parent : call
  const declarator = expression.parent
  if (declarator.type !== 'VariableDeclarator' || declarator.init !== expression) return undefined
  if (declarator.parent.kind !== 'const') return undefined
  if (entry.result === undefined)
    return declarator.id.type === 'Identifier' ? declarator.id.binding : undefined
  let pattern: Node = declarator.id
  for (const name of entry.result.split('.')) {
    if (pattern.type !== 'ObjectPattern') return undefined
    const member = pattern.properties.find(
      (property: Node) => property.type === 'Property' && keyName(property) === name,
    )
    if (!member) return undefined
    pattern = member.value
  }
  return pattern.type === 'Identifier' ? pattern.binding : undefined
}

function isVisible(binding: Binding, made: Node, node: Node): boolean {
  return (
    made.end < node.start &&
    outermostFunction(made) === outermostFunction(node) &&
    find(scopeOf(node), binding.name) === binding
  )
}
