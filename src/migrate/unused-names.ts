import type { Module } from '../repo/module.ts'
import { type Binding, type Node, unwrap, walk } from '../repo/node.ts'
import type { SourceEdit } from '../trace/asynchrony.ts'
import { removedItem } from '../trace/import-specifiers.ts'
import { removeStatement } from './statements.ts'

/**
 * Takes names out of object patterns that nothing reads any more: `supabase` of `({ supabase, user }) => …`, and of
 * `const { supabase } = await import('./db')`. A name that is the only one of a parameter stays, for what it says.
 * @param removed the expressions that are gone from the text, with their files
 * @param written what is written instead: a name that stands there is still read
 */
export function unusedNames(
  removed: ReadonlyMap<Node, Module>,
  written: readonly SourceEdit[],
): SourceEdit[] {
  const gone = new Map<Node, Module>()
  for (const [expression, module] of removed)
    walk(expression, (node) => {
      if (node.type === 'Identifier') gone.set(node, module)
    })
  const edits: SourceEdit[] = []
  const seen = new Set<Binding>()
  const patterns = new Set<Node>()
  for (const [node, module] of gone) {
    const binding: Binding | undefined = node.binding
    if (!binding || seen.has(binding) || !binding.references.every((reference) => gone.has(reference)))
      continue
    seen.add(binding)
    if (written.some((edit) => edit.module === module && edit.text.includes(binding.name))) continue
    const property = binding.id.parent
    const pattern = property?.parent
    if (property?.type !== 'Property' || property.value !== binding.id || pattern?.type !== 'ObjectPattern')
      continue
    // What a module requires at its head are its imports, which have a plan of their own.
    if (binding.scope.kind === 'module') continue
    const entries = pattern.properties as Node[]
    // One name at a time: what is cut out beside another cut would overlap it.
    if (patterns.has(pattern)) continue
    patterns.add(pattern)
    // What a rest takes would change.
    if (entries.some((entry) => entry.type === 'RestElement')) continue
    if (entries.length > 1) edits.push(removedItem(module, entries, property))
    else if (isImportOnDemand(pattern)) edits.push(removeStatement(module, pattern.parent.parent))
  }
  return edits
}

/** `const { … } = await import('…')`, or `require('…')`: nothing but names comes of it. */
function isImportOnDemand(pattern: Node): boolean {
  const declarator = pattern.parent
  if (declarator.type !== 'VariableDeclarator' || declarator.parent.declarations.length !== 1) return false
  const init = declarator.init && unwrap(declarator.init)
  if (init?.type === 'CallExpression') return init.callee.name === 'require'
  return init?.type === 'AwaitExpression' && unwrap(init.argument).type === 'ImportExpression'
}
