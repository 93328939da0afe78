import { type Node, unwrap } from '../repo/node.ts'
import type { ClientEntry } from '../rules/model.ts'
import { returnedExpressions } from './calls.ts'
import { environmentNames } from './environment.ts'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'
import { alternatives } from './values.ts'

/**
 * Environment variables that the factories of the rules take their address from. A client that is made elsewhere from
 * the same variable reaches the same database, although no rule names the place.
 * @returns the rules' client by variable; a variable that two databases share says nothing and is left out
 */
export function impliedByEnvironment(program: Program): Map<string, ClientEntry> {
  const found = new Map<string, ClientEntry>()
  const shared = new Set<string>()
  for (const { entry, value } of program.clients) {
    const perTenant = program.rules.databases.some((item) => item.name === entry.database && item.perTenant)
    if (entry.kind !== 'export' || perTenant || entry.name.member !== undefined || entry.result !== undefined)
      continue
    for (const place of value.places) {
      if (place.kind !== 'local') continue
      for (const call of constructions(place.node)) {
        const made = alternatives(evaluate(program, place.module, call.callee)).some(
          (item) =>
            item.kind === 'external' &&
            program.dialects.some((dialect) =>
              dialect.constructors.includes(`${item.module}#${item.path.at(-1)}`),
            ),
        )
        if (!made) continue
        for (const name of environmentNames(program, place.module, call, undefined, 1)) {
          const known = found.get(name)
          if (known && known.database !== entry.database) shared.add(name)
          found.set(name, entry)
        }
      }
    }
  }
  for (const name of shared) found.delete(name)
  return found
}

/** The calls that make what a name stands for: its own value, or what the function returns. */
function constructions(id: Node): Node[] {
  const declaration = id.binding?.declaration ?? id
  const value: Node | null = declaration.type === 'VariableDeclarator' ? declaration.init : declaration
  if (!value) return []
  const node = unwrap(value)
  const expressions = /Function/.test(node.type) ? returnedExpressions(node) : [node]
  return expressions
    .map(unwrap)
    .filter((expression) => expression.type === 'CallExpression' || expression.type === 'NewExpression')
}
