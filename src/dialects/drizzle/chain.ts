import { memberName, type Node, unwrap, wrapped } from '../../repo/node.ts'

/** One call of a query that is built. */
export interface Step {
  readonly method: string
  readonly call: Node
}

/** Methods that begin a query on a client. */
export const beginnings = new Set([
  'select',
  'selectDistinct',
  'selectDistinctOn',
  'insert',
  'update',
  'delete',
])

/** The calls of a query from its first one up to `call`, and what the first one is called on. */
export function stepsTo(call: Node): { receiver: Node; steps: Step[] } | undefined {
  const steps: Step[] = []
  let at = unwrap(call)
  for (;;) {
    if (at.type !== 'CallExpression') return undefined
    const callee = unwrap(at.callee)
    if (callee.type !== 'MemberExpression') return undefined
    const method = memberName(callee)
    if (method === undefined) return undefined
    steps.unshift({ method, call: at })
    const object = unwrap(callee.object)
    const below = object.type === 'CallExpression' ? unwrap(object.callee) : undefined
    const under = below?.type === 'MemberExpression' ? memberName(below) : undefined
    // `db.with(sq).select()`: what tables it names was said where `sq` is made.
    if (beginnings.has(method) && under !== 'with') return { receiver: callee.object, steps }
    if (method === 'with') return { receiver: callee.object, steps }
    at = object
  }
}

/** What is called on a query after `call`, also where the query is kept in a variable first. */
export function stepsAfter(call: Node): Step[] {
  const found: Step[] = []
  const follow = (start: Node, deep: boolean): void => {
    let at = wrapped(start)
    while (at.parent?.type === 'MemberExpression' && at.parent.object === at) {
      const member = wrapped(at.parent)
      if (member.parent.type !== 'CallExpression' || member.parent.callee !== member) break
      const method = memberName(at.parent)
      if (method !== undefined) found.push({ method, call: member.parent })
      at = wrapped(member.parent)
    }
    const holder =
      at.parent?.type === 'VariableDeclarator'
        ? at.parent.id
        : at.parent?.type === 'AssignmentExpression' && at.parent.right === at
          ? at.parent.left
          : undefined
    if (deep && holder?.type === 'Identifier')
      for (const reference of holder.binding?.references ?? []) follow(reference, false)
  }
  follow(call, true)
  return found
}
