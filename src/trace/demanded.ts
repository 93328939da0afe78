import type { Module } from '../repo/module.ts'
import { type Binding, isFunction, keyName, memberName, type Node, unwrap, wrapped } from '../repo/node.ts'

/**
 * Every place that reads an export of a module which is imported while the program runs: `await import('m')`,
 * `import('m').then(…)`, `require('m')`.
 * @param of whether a specifier names the module
 * @param isWhole whether the export is all that `require` gives
 * @returns identifiers and member expressions that are the export, and places where the whole module goes elsewhere
 */
export function demandedUses(
  module: Module,
  of: (specifier: string) => boolean,
  name: string,
  isWhole = false,
): Node[] {
  return module.demands.flatMap((demand) => {
    const source = demand.type === 'ImportExpression' ? demand.source : demand.arguments[0]
    if (source?.type !== 'Literal' || typeof source.value !== 'string' || !of(source.value)) return []
    if (demand.type === 'ImportExpression') return ofPromise(demand, name)
    return isWhole ? ofValue(demand) : ofNamespace(demand, name)
  })
}

/** What is done with the promise of a module. */
function ofPromise(demand: Node, name: string): Node[] {
  const outer = wrapped(demand)
  const { parent } = outer
  if (parent.type === 'AwaitExpression') return ofNamespace(parent, name)
  // It only has to run: `void import('m')`.
  if (parent.type === 'ExpressionStatement' || parent.type === 'UnaryExpression') return []
  if (parent.type === 'MemberExpression' && parent.object === outer) {
    const call = wrapped(parent).parent
    const then =
      call.type === 'CallExpression' && memberName(parent) === 'then' ? call.arguments[0] : undefined
    const given = then && unwrap(then)
    if (!isFunction(given)) return memberName(parent) === 'catch' ? [] : [demand]
    return given!.params[0] ? ofPattern(given!.params[0], name) : []
  }
  // `lazy(() => import('./page'))`, `dynamic(() => import('./chart'))`: the component is the default export.
  const isGiven =
    isFunction(parent) && parent.body === outer && wrapped(parent).parent.type === 'CallExpression'
  return isGiven && name !== 'default' ? [] : [demand]
}

/** What is done with an expression that is the module. */
function ofNamespace(node: Node, name: string): Node[] {
  const outer = wrapped(node)
  const { parent } = outer
  switch (parent.type) {
    case 'ExpressionStatement':
      return []
    case 'MemberExpression':
      if (parent.object !== outer) return [node]
      return memberName(parent) === name ? [parent] : memberName(parent) === undefined ? [node] : []
    case 'VariableDeclarator':
      return ofPattern(parent.id, name)
    default:
      return [node]
  }
}

/** Where an expression is read: where it stands, or by the name of the constant that it is put into. */
function ofValue(node: Node): Node[] {
  const { parent } = wrapped(node)
  return parent.type === 'VariableDeclarator' && parent.id.type === 'Identifier'
    ? referencesOf(parent.id.binding)
    : [node]
}

function referencesOf(binding: Binding | undefined): Node[] {
  return (binding?.references ?? []).filter((reference) => !binding!.writes.includes(reference))
}

/** What is done with a name or a pattern that the module is put into. */
function ofPattern(pattern: Node, name: string): Node[] {
  if (pattern.type === 'Identifier')
    return referencesOf(pattern.binding).flatMap((reference) => ofNamespace(reference, name))
  if (pattern.type !== 'ObjectPattern') return [pattern]
  const property = (pattern.properties as Node[]).find(
    (entry) => entry.type === 'RestElement' || keyName(entry) === name,
  )
  if (!property) return []
  if (property.type === 'RestElement') return ofPattern(property.argument, name)
  const target = property.value.type === 'AssignmentPattern' ? property.value.left : property.value
  return target.type === 'Identifier' ? referencesOf(target.binding) : [target]
}
