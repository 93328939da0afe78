import type { core } from 'zod/mini'
import type { Mistake, Spot } from './document.ts'
import { nearest } from './nearest.ts'

type Issue = core.$ZodIssue
type Schema = core.$ZodType

/**
 * What the schema objects to, in the words of somebody who edits rules.json, each at its place.
 * @param issues what zod reports for the value of `root`
 */
export function schemaMistakes(schema: Schema, issues: readonly Issue[], root: Spot): Mistake[] {
  return issues.flatMap((issue) => explain(issue, schema, root, []))
}

/** @param siblings other forms that the object could have had: their keys are known, but belong elsewhere */
function explain(issue: Issue, schema: Schema, root: Spot, siblings: readonly Schema[]): Mistake[] {
  const { schema: at, parent, spot } = descend(schema, root, issue.path)
  switch (issue.code) {
    case 'unrecognized_keys': {
      // When only one form of a union comes into question zod reports that form's issues as the union's own.
      const form = (spot && formOf(at, spot)) ?? at
      const others = [...siblings, ...optionsOf(at).filter((option) => option !== form)]
      return issue.keys.map((key) => unknownKey(key, form, spot ?? parent, others, issue.path))
    }
    case 'invalid_union':
      return spot ? explainUnion(issue.errors, at, spot) : [missing(issue.path, parent)]
    case 'invalid_type':
      if (!spot) return [missing(issue.path, parent)]
      return [
        { ...spot.position, message: `expected ${article(issue.expected)}, found ${kindOf(spot.value)}` },
      ]
    case 'invalid_value': {
      if (!spot) return [missing(issue.path, parent)]
      const words = issue.values.map(String)
      const list = words.map((word) => `"${word}"`).join(', ')
      const suggestion = typeof spot.value === 'string' ? nearest(spot.value, words) : undefined
      const message = `expected ${words.length > 1 ? 'one of ' : ''}${list}, found ${shown(spot.value)}`
      return [{ ...spot.position, message, ...(suggestion && { suggestion }) }]
    }
    case 'too_small':
      if (issue.origin === 'array')
        return [{ ...(spot ?? parent).position, message: 'expected at least one entry' }]
  }
  return [{ ...(spot ?? parent).position, message: issue.message }]
}

/** Explains an object by the form it was meant to have, which its first key says; the other forms would only confuse. */
function explainUnion(errors: readonly (readonly Issue[])[], union: Schema, spot: Spot): Mistake[] {
  const options = optionsOf(union)
  if (kindOf(spot.value) !== 'an object') {
    const texts = options.some((option) => keysOf(option).length === 0)
    return [
      {
        ...spot.position,
        message: `expected ${texts ? 'a string or ' : ''}an object, found ${kindOf(spot.value)}`,
      },
    ]
  }
  const explainAs = (form: Schema, issues: readonly Issue[]) =>
    issues.flatMap((issue) =>
      explain(
        issue,
        form,
        spot,
        options.filter((option) => option !== form),
      ),
    )
  const form = formOf(union, spot)
  if (form) return explainAs(form, errors[options.indexOf(form)] ?? [])
  const firsts = options.map((option) => keysOf(option)[0] ?? '')
  for (const [key] of spot.entries) {
    const meant = firsts.indexOf(nearest(key, firsts) ?? '')
    // The misspelt key explains why the right one is missing.
    if (firsts[meant])
      return explainAs(
        options[meant]!,
        (errors[meant] ?? []).filter((issue) => issue.path[0] !== firsts[meant]),
      )
  }
  return [
    {
      ...spot.position,
      message: `expected one of ${firsts
        .filter(Boolean)
        .map((key) => `"${key}"`)
        .join(', ')}`,
    },
  ]
}

/** The form of a union that an object has: the first one whose first key it has. */
function formOf(union: Schema, spot: Spot): Schema | undefined {
  return optionsOf(union).find((option) => {
    const [first] = keysOf(option)
    return first !== undefined && spot.get(first) !== undefined
  })
}

function unknownKey(
  key: string,
  schema: Schema,
  object: Spot,
  siblings: readonly Schema[],
  path: readonly PropertyKey[],
): Mistake {
  const position = object.keyPosition(key)
  const known = keysOf(schema)
  if (siblings.some((other) => keysOf(other).includes(key)))
    return { ...position, message: `"${key}" does not go with "${known[0]}"` }
  const suggestion = nearest(key, known) ?? nearest(key, siblings.flatMap(keysOf))
  const what = path[0] === 'lint' ? 'lint rule' : 'key'
  return { ...position, message: `unknown ${what} "${key}"`, ...(suggestion && { suggestion }) }
}

function missing(path: readonly PropertyKey[], parent: Spot): Mistake {
  return { ...parent.position, message: `missing key "${String(path.at(-1))}"` }
}

/** Follows a path through the schema and the file. `spot` is undefined where the file has nothing. */
function descend(
  schema: Schema,
  root: Spot,
  path: readonly PropertyKey[],
): { schema: Schema; parent: Spot; spot: Spot | undefined } {
  let at = unwrap(schema)
  let parent = root
  let spot: Spot | undefined = root
  for (const step of path) {
    if (spot) parent = spot
    at = (spot && formOf(at, spot)) ?? at
    spot = typeof step === 'number' ? spot?.items[step] : spot?.get(String(step))
    const def = (at as core.$ZodTypes)._zod.def
    if (def.type === 'object') at = unwrap(def.shape[String(step)] ?? at)
    else if (def.type === 'array') at = unwrap(def.element)
    else if (def.type === 'record') at = unwrap(def.valueType)
  }
  return { schema: at, parent, spot }
}

function unwrap(schema: Schema): Schema {
  const def = (schema as core.$ZodTypes)._zod.def
  return def.type === 'optional' ? unwrap(def.innerType) : schema
}

function optionsOf(schema: Schema): readonly Schema[] {
  const def = (schema as core.$ZodTypes)._zod.def
  return def.type === 'union' ? def.options : []
}

function keysOf(schema: Schema): string[] {
  const def = (schema as core.$ZodTypes)._zod.def
  return def.type === 'object' ? Object.keys(def.shape) : []
}

function article(expected: string): string {
  if (expected === 'int') return 'a whole number'
  if (expected === 'record' || expected === 'object') return 'an object'
  if (expected === 'array') return 'a list'
  return expected === 'boolean' ? 'true or false' : `a ${expected}`
}

/** What a JSON value is, with its article: `a string`, `a list`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : `a ${typeof value}`
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : kindOf(value)
}
