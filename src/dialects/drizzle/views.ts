import { isFunction, memberName, type Node, unwrap, wrapped } from '../../repo/node.ts'
import type { Candidate } from '../dialect.ts'
import type { Sight } from '../sight.ts'

/** Whether a query is a view's definition: on the parameter of a function that is handed to `as` of a view. */
export function buildsView({ receiver }: Candidate, sight: Sight): boolean {
  const node = unwrap(receiver)
  const binding = node.type === 'Identifier' ? node.binding : undefined
  const fn: Node | undefined = binding?.kind === 'parameter' ? binding.declaration : undefined
  if (!fn || !isFunction(fn)) return false
  const call = wrapped(fn).parent
  const callee = call?.type === 'CallExpression' ? unwrap(call.callee) : undefined
  return (
    callee?.type === 'MemberExpression' &&
    memberName(callee) === 'as' &&
    sight.look(callee.object).some((item) => item.kind === 'made' && /view/i.test(item.by))
  )
}
