import { keyName, type Node, unwrap, walk } from '../../repo/node.ts'
import { type Code, perCode } from '../sight.ts'
import { type Declared, declarationOf } from './declared.ts'
import { schemasOf } from './folders.ts'

/** `v.id("conversations")` and what wraps it: every table that a validator lets an id be of. */
export function tablesOfValidator(code: Code, validator: Declared): string[] {
  const { node, module } = declarationOf(code.repository, validator)
  const tables = new Set<string>()
  walk(node, (inner) => {
    if (inner.type !== 'CallExpression') return undefined
    const callee = unwrap(inner.callee)
    const isId = callee.type === 'MemberExpression' ? callee.property.name === 'id' : callee.name === 'zid'
    if (!isId) return undefined
    for (const text of textsOf(code, { module, node: inner.arguments[0] })) tables.add(text)
    return undefined
  })
  return [...tables]
}

/** The validator of one member of an object: of `{ a: v.id("t") }`, `v.object({ … })`, `v.optional(v.object({ … }))`. */
export function memberOfValidator(code: Code, validator: Declared, name: string): Declared | undefined {
  const { node, module } = declarationOf(code.repository, validator)
  if (node.type === 'CallExpression') {
    for (const argument of node.arguments as Node[]) {
      const found =
        argument.type === 'SpreadElement'
          ? undefined
          : memberOfValidator(code, { module, node: argument }, name)
      if (found) return found
    }
    return undefined
  }
  if (node.type !== 'ObjectExpression') return undefined
  for (const entry of node.properties as Node[]) {
    if (entry.type === 'Property' && keyName(entry) === name) return { module, node: entry.value }
    const spread =
      entry.type === 'SpreadElement'
        ? memberOfValidator(code, { module, node: entry.argument }, name)
        : undefined
    if (spread) return spread
  }
  return undefined
}

/** The validator of every table that the schemas of the code base define. */
export const tablesOfSchemas = perCode((code: Code): ReadonlyMap<string, Declared> => {
  const found = new Map<string, Declared>()
  for (const { module, node } of schemasOf(code)) {
    for (const item of code.look(module, node)) {
      if (item.kind !== 'object') continue
      for (const { name, node: value, module: home } of item.members().found) {
        const validator = tableValidator(code, { module: home, node: value })
        if (validator && !found.has(name)) found.set(name, validator)
      }
    }
  }
  return found
})

/** What `defineTable` is called with, below `.index(…)` and the like. */
function tableValidator(code: Code, value: Declared): Declared | undefined {
  const { module, node } = declarationOf(code.repository, value)
  let at = node
  while (at.type === 'CallExpression') {
    const callee = unwrap(at.callee)
    if (callee.type !== 'MemberExpression') return at.arguments[0] && { module, node: at.arguments[0] }
    at = unwrap(callee.object)
  }
  return at.type === 'Identifier' && at !== node ? tableValidator(code, { module, node: at }) : undefined
}

/** Texts that an expression may be, as far as they are known. */
export function textsOf(
  code: Code,
  { module, node }: { module: Declared['module']; node: Node | undefined },
): string[] {
  if (!node || node.type === 'SpreadElement') return []
  return code
    .look(module, node)
    .flatMap((item) =>
      item.kind === 'text' && item.parts.every((part) => part !== null) ? [item.parts.join('')] : [],
    )
}
