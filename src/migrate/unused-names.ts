import type { Module } from '../repo/module.ts'
import { type Binding, type Node, unwrap } from '../repo/node.ts'
import type { SourceEdit } from '../trace/asynchrony.ts'
import { removedItem } from '../trace/import-specifiers.ts'
import { removeStatement } from './statements.ts'

/**
 * Takes names out of object patterns that nothing reads any more: `supabase` of `({ supabase, user }) => …`, and of
 * `const { supabase } = await import('./db')`. A name that is the only one of a parameter stays, for what it says.
 * @param gone the references that are gone from the text, with their files
 */
export function unusedNames(gone: ReadonlyMap<Node, Module>): SourceEdit[] {
  const edits: SourceEdit[] = []
  const seen = new Set<Binding>()
  const patterns = new Set<Node>()
  for (const [node, module] of gone) {
    const binding: Binding | undefined = node.type === 'Identifier' ? node.binding : undefined
    if (!binding || seen.has(binding) || !binding.references.every((reference) => gone.has(reference)))
      continue
    seen.add(binding)
    const property = binding.id.parent
    const pattern = property?.parent
    if (property?.type !== 'Property' || property.value !== binding.id || pattern?.type !== 'ObjectPattern')
      continue
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

/** `const { … } = await import('…')`: nothing but names comes of it. */
function isImportOnDemand(pattern: Node): boolean {
  const declarator = pattern.parent
  if (declarator.type !== 'VariableDeclarator' || declarator.parent.declarations.length !== 1) return false
  const init = declarator.init && unwrap(declarator.init)
  return init?.type === 'AwaitExpression' && unwrap(init.argument).type === 'ImportExpression'
}
