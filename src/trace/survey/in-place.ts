import type { Access } from '../accesses.ts'
import { environmentNames } from '../environment.ts'
import { evaluate } from '../evaluate.ts'
import type { PlaceFact } from '../facts.ts'
import type { Program } from '../program.ts'
import { alternatives } from '../values.ts'

/** A client made where it is used, by a library's constructor, and not given out by an export. */
export interface InPlaceFact extends PlaceFact {
  /** `module#export` of the constructor. */
  readonly label: string
  readonly dialect?: string
  readonly environment: readonly string[]
  /** Ids of the accesses on it. */
  readonly accesses: readonly number[]
}

/** The clients without an owner that accesses are on. */
export function clientsInPlace(program: Program, accesses: readonly Access[]): InPlaceFact[] {
  const found = new Map<object, InPlaceFact & { accesses: number[] }>()
  for (const access of accesses) {
    for (const client of access.clients) {
      if (client.database !== undefined) continue
      const { module, node } = client.origin
      const known = found.get(node)
      if (known) {
        known.accesses.push(access.fact.id)
        continue
      }
      if (!node.callee) continue
      const maker = alternatives(evaluate(program, module, node.callee)).find(
        (value) => value.kind === 'external',
      )
      if (maker?.kind !== 'external') continue
      const { line, column } = module.position(node.start)
      found.set(node, {
        file: program.repository.relative(module.file),
        line,
        column,
        label: `${maker.module}#${maker.path.at(-1)}`,
        ...(client.dialect === undefined ? {} : { dialect: client.dialect }),
        environment: environmentNames(program, module, node),
        accesses: [access.fact.id],
      })
    }
  }
  return [...found.values()]
}
