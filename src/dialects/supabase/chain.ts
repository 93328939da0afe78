import { enclosingFunction, isFunction, memberName, type Node, wrapped } from '../../repo/node.ts'
import type { Filter } from '../dialect.ts'

/** What is called on a query. */
export interface Chain {
  readonly methods: string[]
  readonly selects: Node[]
  readonly filters: Filter[]
  readonly written: Node[]
  handedOn?: Node
}

/** The methods called on a query, also where the query is kept in a variable first. */
export function chain(call: Node): Chain {
  const found: Chain = { methods: [], selects: [], filters: [], written: [] }
  const follow = (start: Node, deep: boolean): void => {
    let at = wrapped(start)
    while (at.parent.type === 'MemberExpression' && at.parent.object === at) {
      const member = wrapped(at.parent)
      if (member.parent.type !== 'CallExpression' || member.parent.callee !== member) break
      const method = memberName(at.parent)
      if (method !== undefined) addStep(found, method, member.parent.arguments)
      at = wrapped(member.parent)
    }
    if (isHandedOn(at)) found.handedOn = at
    const holder =
      at.parent.type === 'VariableDeclarator'
        ? at.parent.id
        : at.parent.type === 'AssignmentExpression' && at.parent.right === at
          ? at.parent.left
          : undefined
    if (deep && holder?.type === 'Identifier')
      for (const reference of holder.binding?.references ?? []) follow(reference, false)
  }
  follow(call, true)
  return found
}

function addStep(found: Chain, method: string, given: readonly Node[]): void {
  const [first, second, third] = given
  found.methods.push(method)
  if (!first) return
  switch (method) {
    case 'select':
      found.selects.push(first)
      break
    case 'eq':
      found.filters.push({ column: first, ...(second ? { value: second } : {}) })
      break
    case 'in':
    case 'match':
      found.filters.push({ column: first })
      break
    case 'filter':
      if (second?.type === 'Literal' && (second.value === 'eq' || second.value === 'in'))
        found.filters.push({ column: first, ...(third && second.value === 'eq' ? { value: third } : {}) })
      break
    case 'insert':
    case 'upsert':
      found.written.push(first)
      break
  }
}

/** Given to a function, or returned by one that does not wait for it. */
function isHandedOn(query: Node): boolean {
  const { parent } = query
  if (parent.type === 'CallExpression') return parent.callee !== query
  const fn =
    parent.type === 'ReturnStatement'
      ? enclosingFunction(parent)
      : isFunction(parent) && parent.body === query
        ? parent
        : undefined
  return fn !== undefined && !fn.async
}
