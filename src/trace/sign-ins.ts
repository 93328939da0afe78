import type { Module } from '../repo/module.ts'
import { memberName, type Node, unwrap, wrapped } from '../repo/node.ts'
import { readyClient } from './entries.ts'
import { declaredClients } from './entry-dialect.ts'
import { evaluate } from './evaluate.ts'
import type { KeptFact } from './facts.ts'
import { keptAt } from './kept.ts'
import type { Program } from './program.ts'
import { alternatives, awaited, type ClientValue } from './values.ts'

/** Calls of a module that sign a user in on a client which several requests share. */
export function sharedSignIns(program: Program, module: Module): KeptFact[] {
  const libraries = program.dialects.flatMap((dialect) => dialect.signsIn ?? [])
  if (libraries.length === 0) return []
  return module.calls.flatMap((call) => {
    const callee = unwrap(call.callee)
    const method = callee.type === 'MemberExpression' ? memberName(callee) : undefined
    if (method === undefined) return []
    const constructors = libraries.flatMap((one) => (one.methods.has(method) ? one.constructors : []))
    return constructors.length > 0 ? (signIn(program, module, call, method, constructors) ?? []) : []
  })
}

function signIn(
  program: Program,
  module: Module,
  call: Node,
  method: string,
  constructors: readonly string[],
): KeptFact | undefined {
  const clients = alternatives(awaited(evaluate(program, module, unwrap(call.callee).object))).flatMap(
    (item): ClientValue[] => {
      if (item.kind === 'client') return [item]
      return item.kind === 'entry'
        ? alternatives(readyClient(program, item)).flatMap((one) => (one.kind === 'client' ? [one] : []))
        : []
    },
  )
  for (const client of clients) {
    for (const made of originsOf(program, client, 0)) {
      if (!isMadeBy(program, made, constructors)) continue
      const [kept] = keptAt(program, made.module, made.node, [], false)
      // A page is one user's.
      if (!kept || program.browser.reasonFor(module, call)) continue
      const { line, column } = kept.module.position(kept.node.start)
      return {
        file: program.repository.relative(module.file),
        range: module.range({ start: unwrap(call.callee).property.start, end: call.end }),
        database: client.database ?? 'unknown',
        where: kept.where,
        signsIn: method,
        evidence: [
          {
            file: program.repository.relative(kept.module.file),
            line,
            column,
            message: `it is kept in ${kept.where}`,
          },
        ],
      }
    }
  }
  return undefined
}

/** The calls of constructors that make a client, also behind a factory of the rules. */
function originsOf(program: Program, client: ClientValue, depth: number): ClientValue['origin'][] {
  if (!client.entry || client.origin.node.type === 'NewExpression') return [client.origin]
  return declaredClients(program, client.entry).flatMap(({ origin, entry }) =>
    origin ? [origin] : entry && depth < 3 ? originsOf(program, { ...client, entry }, depth + 1) : [],
  )
}

function isMadeBy(
  program: Program,
  { module, node }: ClientValue['origin'],
  constructors: readonly string[],
): boolean {
  if (node.type !== 'NewExpression') return false
  return alternatives(evaluate(program, module, node.callee)).some(
    (item) => item.kind === 'external' && constructors.includes(`${item.module}#${item.path.join('.')}`),
  )
}

/** Whether a user is signed in on a client where it is made, or where a function has got it from its factory. */
export function isSignedIn(program: Program, client: ClientValue): boolean {
  const methods = program.dialects.flatMap((dialect) =>
    client.dialect === undefined || client.dialect === dialect.name
      ? [...(dialect.signsIn?.methods ?? [])]
      : [],
  )
  if (methods.length === 0) return false
  return [client.origin, ...originsOf(program, client, 0)].some(({ node }) => {
    const holder = wrapped(node).parent
    const name =
      holder?.type === 'VariableDeclarator'
        ? holder.id
        : holder?.type === 'AssignmentExpression'
          ? holder.left
          : undefined
    return (name?.binding?.references ?? []).some((reference: Node) => {
      const member = wrapped(reference).parent
      return member.type === 'MemberExpression' && methods.includes(memberName(member) ?? '')
    })
  })
}
