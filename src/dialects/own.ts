import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { RulesError } from '../rules/error.ts'
import type { Rules, RulesProblem } from '../rules/model.ts'
import type { Dialect } from './dialect.ts'

/**
 * Loads the dialects of a team's own: `"dialects": ["./my-dialect.js"]`. A module's default export is a dialect, or a
 * list of them. Modules are found from the rules file's folder; packages are looked up as Node does from there.
 * @param shipped the dialects that come with the program; their names are taken
 * @throws RulesError with everything that is wrong with them, at their place in the rules file
 */
export async function loadOwnDialects(rules: Rules, shipped: readonly Dialect[]): Promise<Dialect[]> {
  const problems: RulesProblem[] = []
  const found: Dialect[] = []
  for (const { module, position } of rules.dialects) {
    const complain = (message: string) =>
      void problems.push({ file: rules.file, ...position, message: `the dialect \`${module}\` ${message}` })
    const value = await load(module, rules.file, complain)
    if (value === undefined) continue
    for (const item of Array.isArray(value) ? value : [value]) {
      const wrong = mistakeOf(item)
      if (wrong !== undefined) complain(wrong)
      else if ([...shipped, ...found].some(({ name }) => name === item.name))
        complain(`is named \`${item.name}\`, and there is a dialect of that name`)
      else found.push(item)
    }
  }
  if (problems.length > 0) throw new RulesError(problems)
  return found
}

async function load(
  specifier: string,
  rulesFile: string,
  complain: (message: string) => void,
): Promise<unknown> {
  let path: string
  if (/^\.{0,2}\//.test(specifier)) {
    path = resolve(dirname(rulesFile), specifier)
    if (!existsSync(path)) {
      complain('is missing: there is no such file; the path starts at the folder of the rules file')
      return undefined
    }
  } else {
    try {
      path = createRequire(rulesFile).resolve(specifier)
    } catch {
      complain('is missing: no package of that name is installed; a file begins with `./`')
      return undefined
    }
  }
  try {
    const module = (await import(pathToFileURL(path).href)) as { default?: unknown }
    if (module.default === undefined) complain('has no default export; it is the dialect, or a list of them')
    return module.default
  } catch (error) {
    complain(`can't be loaded: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
    return undefined
  }
}

/** What a dialect must have, and what it is, in words. */
const parts: Readonly<
  Record<string, readonly [required: boolean, kind: string, is: (value: unknown) => boolean]>
> = {
  name: [true, 'a name', (value) => typeof value === 'string' && value !== ''],
  constructors: [true, 'a list of `module#export`', isNames],
  ambient: [false, 'a list of `module#export`', isNames],
  signsIn: [
    false,
    'a Set of `methods` and a list of `constructors`',
    (value) =>
      (value as { methods?: unknown } | null)?.methods instanceof Set &&
      isNames((value as { constructors?: unknown } | null)?.constructors),
  ],
  makes: [false, 'a list of `module#export`', isNames],
  derives: [true, 'a Set of method names', (value) => value instanceof Set],
  types: [true, 'a Set of type names', (value) => value instanceof Set],
  hint: [true, 'a regular expression', (value) => value instanceof RegExp],
  sure: [false, 'a regular expression', (value) => value instanceof RegExp],
  presence: [false, 'a regular expression', (value) => value instanceof RegExp],
  shape: [false, 'a regular expression', (value) => value instanceof RegExp],
  hands: [
    false,
    'a Set of method names, or a Map from these to numbers of parameters',
    (value) => value instanceof Set || value instanceof Map,
  ],
  controls: [false, 'a Set of method names', (value) => value instanceof Set],
  builds: [false, 'a Set of method names', (value) => value instanceof Set],
  kindOf: [false, 'a function', isFunction],
  transactions: [false, 'a Set of method names', (value) => value instanceof Set],
  recognise: [true, 'a function', isFunction],
  touches: [true, 'a function', isFunction],
  part: [false, 'a function', isFunction],
  keys: [false, 'a function', isFunction],
  columns: [false, 'a function', isFunction],
  prepare: [false, 'a function', isFunction],
  forRules: [false, 'a function', isFunction],
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && /^.+#.+$/.test(item))
}

/** What is wrong with something that should be a dialect. */
function mistakeOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'exports no object as its default'
  const dialect = value as Record<string, unknown>
  for (const [key, [required, kind, is]] of Object.entries(parts)) {
    const given = dialect[key]
    if (given === undefined && !required) continue
    if (given === undefined) return `has no \`${key}\`, which is ${kind}`
    if (!is(given)) return `has a \`${key}\` that is not ${kind}`
  }
  for (const key of ['hint', 'sure', 'presence', 'shape'])
    if ((dialect[key] as RegExp | undefined)?.flags.match(/[gy]/))
      return `has a \`${key}\` with the flag \`g\` or \`y\`: it would remember where it stopped`
  return undefined
}
