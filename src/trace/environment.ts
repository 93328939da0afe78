import type { Module } from '../repo/module.ts'
import type { Node } from '../repo/node.ts'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'
import { alternatives, type Frame, type Value } from './values.ts'

/**
 * Names of environment variables that a constructor's arguments come from.
 * @param first how many of the arguments are looked at
 */
export function environmentNames(
  program: Program,
  module: Module,
  call: Node,
  frame?: Frame,
  first = Number.POSITIVE_INFINITY,
): string[] {
  const names = new Set<string>()
  const look = (value: Value, depth: number): void => {
    for (const item of alternatives(value)) {
      if (item.kind === 'external') {
        const name = environmentName(item.path)
        if (name) names.add(name)
      } else if (item.kind === 'object' && depth > 0) {
        for (const entry of item.node.properties as Node[])
          if (entry.type === 'Property')
            look(evaluate(program, item.module, entry.value, item.frame), depth - 1)
      } else if (item.kind === 'instance' && depth > 0)
        for (const argument of item.args ?? []) look(argument, depth - 1)
    }
  }
  for (const argument of (call.arguments as Node[]).slice(0, first))
    look(
      evaluate(program, module, argument.type === 'SpreadElement' ? argument.argument : argument, frame),
      3,
    )
  return [...names]
}

/** Whether the address (the first argument) may also be one that comes from no environment variable. */
export function isAddressOpen(program: Program, module: Module, call: Node, frame?: Frame): boolean {
  const address = call.arguments[0]
  if (address === undefined || address.type === 'SpreadElement') return false
  return alternatives(evaluate(program, module, address, frame)).some(
    (item) =>
      item.kind !== 'object' &&
      item.kind !== 'literal' &&
      !(item.kind === 'external' && environmentName(item.path)),
  )
}

/** `process.env.NAME`, `import.meta.env.NAME`, `env.NAME` of an env package, `Deno.env`, `Bun.env`. */
function environmentName(path: readonly string[]): string | undefined {
  const last = path.at(-1)
  return path.length >= 2 && last !== undefined && /^[A-Z][A-Z0-9_]*$/.test(last) ? last : undefined
}
