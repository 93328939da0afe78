import type { Place, Program } from '../program.ts'
import { property } from '../properties.ts'
import type { Value } from '../values.ts'

/** A member of what lies in layers: of the first that has it. */
export function layered(program: Program, layers: readonly Value[], name: string, place: Place): Value {
  let last: Value | undefined
  for (const layer of layers) {
    const found = property(program, layer, name, place, undefined)
    if (!isMissing(found)) return found
    last = found
  }
  return last ?? { kind: 'unknown', reason: `no member \`${name}\` in the context`, ...place }
}

function isMissing(value: Value): boolean {
  return (
    value.kind === 'unknown' && value.request === undefined && /^(?:no member|`\w+` of )/.test(value.reason)
  )
}
