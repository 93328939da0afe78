import { type Binding, keyName, type Node, unwrap } from '../repo/node.ts'
import type { Declared } from './names.ts'

/** What `module#export.member` of the rules is, in the module that declares it. */
export interface NamedMember {
  /** The expression in the object. */
  readonly value: Node
  /** The name that it reads: `export default { client, query: run }`. */
  readonly binding?: Binding
}

/** The member of an exported object literal that the rules name; undefined where there is no such literal. */
export function namedMember(place: Declared, member: string): NamedMember | undefined {
  if (place.kind !== 'local') return undefined
  const declaration: Node = place.node.binding?.declaration ?? place.node
  const held: Node | undefined = declaration.type === 'VariableDeclarator' ? declaration.init : declaration
  const object = held && unwrap(held)
  if (object?.type !== 'ObjectExpression') return undefined
  const entry = (object.properties as Node[]).findLast(
    (property) => property.type === 'Property' && keyName(property) === member,
  )
  if (!entry) return undefined
  const value = unwrap(entry.value)
  return { value, ...(value.type === 'Identifier' && value.binding ? { binding: value.binding } : {}) }
}
