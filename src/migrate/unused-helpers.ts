import type { Module } from '../repo/module.ts'
import { type Binding, isFunction, type Node, walk } from '../repo/node.ts'

/**
 * Functions of a module that only obtained the client that is gone: `const getClient = () => createClient()`, private to
 * it and called nowhere any more.
 * @param removed the expressions that are gone from the text, with their files
 */
export function unusedHelpers(removed: ReadonlyMap<Node, Module>): Map<Binding, Module> {
  const gone = new Map<Node, Module>()
  for (const [expression, module] of removed)
    walk(expression, (node) => {
      if (node.type === 'Identifier') gone.set(node, module)
    })
  const found = new Map<Binding, Module>()
  for (const [{ binding }, module] of gone)
    if (
      binding &&
      isPrivateHelper(module, binding) &&
      readsImportsOnly(binding) &&
      binding.references.every((reference) => gone.has(reference))
    )
      found.set(binding, module)
  return found
}

/** What else of its module it reads, such as a variable that keeps the client, would be left without a reader. */
function readsImportsOnly(helper: Binding): boolean {
  let only = true
  walk(declarationOf(helper), ({ binding }) => {
    if (binding && binding !== helper && binding.scope.kind === 'module' && binding.kind !== 'import')
      only = false
  })
  return only
}

function isPrivateHelper(module: Module, binding: Binding): boolean {
  const { declaration, scope } = binding
  const isFunctionOfModule =
    declaration.type === 'FunctionDeclaration' ||
    (declaration.type === 'VariableDeclarator' &&
      declaration.id === binding.id &&
      declaration.parent.declarations.length === 1 &&
      declaration.init &&
      isFunction(declaration.init))
  const statement = declarationOf(binding)
  return (
    Boolean(isFunctionOfModule) &&
    scope.kind === 'module' &&
    statement.parent.type === 'Program' &&
    binding.typeReferences === 0 &&
    ![...module.exports.values()].some(
      (entry) => entry.kind === 'local' && (entry.node === binding.id || entry.node.binding === binding),
    )
  )
}

/** The statement that declares a name. */
export function declarationOf({ declaration }: Binding): Node {
  return declaration.type === 'VariableDeclarator' ? declaration.parent : declaration
}
