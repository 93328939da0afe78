import type { Value } from './values.ts'

/** Libraries whose functions wrap a value in a result: `ok(value)`, `err(error)`. */
const libraries = new Set(['neverthrow', 'ts-results', 'ts-results-es', 'oxide.ts', '@sapphire/result'])

/**
 * What `ok(value)` and `err(error)` of a result library give: an object that holds the value, or none that does.
 * After `if (result.isErr()) return` the program reads `result.value`, which only the first kind has.
 */
export function resultOf(
  made: Extract<Value, { kind: 'external' }>,
  first: () => Value | undefined,
): Value | undefined {
  if (!libraries.has(made.module)) return undefined
  const name = made.path.at(-1) ?? ''
  if (/^(?:ok|okAsync|Ok)$/.test(name))
    return {
      kind: 'shape',
      leaves: [{ path: ['value'], value: first() ?? { kind: 'literal', value: undefined } }],
      label: 'a result',
    }
  if (/^(?:err|errAsync|Err)$/.test(name)) return { kind: 'external', module: 'instance', path: ['an error'] }
  return undefined
}

/** Methods of results (and of promises) that hand what they hold to a function. */
export const handingOn = new Set(['andThen', 'asyncAndThen', 'map', 'asyncMap'])
