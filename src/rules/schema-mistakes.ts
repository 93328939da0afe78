import * as z from 'zod/mini'
import type { Mistake, Spot } from './document.ts'
import { nearest } from './nearest.ts'

type Schema = z.core.$ZodType
type Issue = z.core.$ZodIssue

/**
 * What the schema objects to, in the words of somebody who edits rules.json, each at its place.
 * @param root the value to check, as it stands in the file
 * @param siblings other forms that the value could have had: their keys are known, but belong elsewhere
 * @returns an empty list when the value has the right form
 */
export function schemaMistakes(schema: Schema, root: Spot, siblings: readonly Schema[] = []): Mistake[] {
  const parsed = z.safeParse(schema, root.value)
  if (parsed.success) return []
  const explained = new Set<string>()
  return parsed.error.issues.flatMap((issue) => {
    const place = descend(schema, root, issue.path)
    if (place.spot && optionsOf(place.schema).length > 0) {
      // Zod's own words about a union mix all its forms: the value is checked again, against the one that was meant.
      const key = JSON.stringify(place.path)
      if (explained.has(key)) return []
      explained.add(key)
      return unionMistakes(place.schema, place.spot)
    }
    return explain(issue, place, siblings)
  })
}

/** Where an issue leads: `spot` is undefined when the file has nothing there, `parent` is what holds it. */
interface Place {
  readonly schema: Schema
  readonly parent: Spot
  readonly spot: Spot | undefined
  readonly path: readonly PropertyKey[]
}

/** Follows a path through the schema and the file, up to the first union. */
function descend(schema: Schema, root: Spot, path: readonly PropertyKey[]): Place {
  let at = unwrap(schema)
  let parent = root
  let spot: Spot | undefined = root
  for (const [depth, step] of path.entries()) {
    if (spot && optionsOf(at).length > 0) return { schema: at, parent, spot, path: path.slice(0, depth) }
    if (spot) parent = spot
    spot = typeof step === 'number' ? spot?.items[step] : spot?.get(String(step))
    const { def } = (at as z.core.$ZodTypes)._zod
    if (def.type === 'object') at = unwrap(def.shape[String(step)] ?? at)
    else if (def.type === 'array') at = unwrap(def.element)
    else if (def.type === 'record') at = unwrap(def.valueType)
  }
  return { schema: at, parent, spot, path }
}

function explain(
  issue: Issue,
  { schema, parent, spot, path }: Place,
  siblings: readonly Schema[],
): Mistake[] {
  if (!spot) return [{ ...parent.position, message: `missing key "${String(path.at(-1))}"` }]
  const say = (message: string, suggestion?: string) => [
    { ...spot.position, message, ...(suggestion && { suggestion }) },
  ]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, schema, spot, siblings, path))
    case 'invalid_type':
      return say(`expected ${kindNames[issue.expected] ?? issue.expected}, found ${kindOf(spot.value)}`)
    case 'invalid_value': {
      const words = issue.values.map(String)
      const found = typeof spot.value === 'string' ? `"${spot.value}"` : kindOf(spot.value)
      const expected = words.map((word) => `"${word}"`).join(', ')
      return say(
        `expected ${words.length > 1 ? 'one of ' : ''}${expected}, found ${found}`,
        typeof spot.value === 'string' ? nearest(spot.value, words) : undefined,
      )
    }
    case 'too_small':
      return say(issue.origin === 'array' ? 'expected at least one entry' : issue.message)
    default:
      return say(issue.message)
  }
}

/** Checks a value against the one form of a union that it was meant to have. */
function unionMistakes(union: Schema, spot: Spot): Mistake[] {
  const options = optionsOf(union)
  const others = (form: Schema) => options.filter((option) => option !== form)
  const isList = (option: Schema) => (option as z.core.$ZodTypes)._zod.def.type === 'array'
  const listForm = options.find(isList)
  if (listForm && Array.isArray(spot.value)) return schemaMistakes(listForm, spot)
  const textForm = options.find((option) => keysOf(option).length === 0 && !isList(option))
  if (textForm && typeof spot.value === 'string') return schemaMistakes(textForm, spot)
  if (kindOf(spot.value) !== 'an object') {
    return [
      {
        ...spot.position,
        message: `expected ${textForm ? 'a string or ' : ''}an object${listForm ? ' or a list' : ''}, found ${kindOf(spot.value)}`,
      },
    ]
  }
  const [only, ...more] = options.filter((option) => keysOf(option).length > 0)
  if (only && more.length === 0) return schemaMistakes(only, spot)
  // The first key of a form's shape is the one that says which form it is.
  const forms = options.flatMap((form) =>
    keysOf(form)
      .slice(0, 1)
      .map((first) => ({ form, first })),
  )
  const meant = forms.find(({ first }) => spot.get(first))
  if (meant) return schemaMistakes(meant.form, spot, others(meant.form))
  for (const [key] of spot.entries) {
    const suggestion = nearest(
      key,
      forms.map(({ first }) => first),
    )
    const near = forms.find(({ first }) => first === suggestion)
    // The misspelt key explains why the right one is missing.
    const missing = `missing key "${suggestion}"`
    if (near)
      return schemaMistakes(near.form, spot, others(near.form)).filter(({ message }) => message !== missing)
  }
  return [
    { ...spot.position, message: `expected one of ${forms.map(({ first }) => `"${first}"`).join(', ')}` },
  ]
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
  if (siblings.some((other) => keysOf(other).includes(key))) {
    return { ...position, message: `"${key}" does not go with "${known[0]}"` }
  }
  const suggestion = nearest(key, known)
  return {
    ...position,
    message: `unknown ${path[0] === 'lint' ? 'lint rule' : 'key'} "${key}"`,
    ...(suggestion && { suggestion }),
  }
}

function unwrap(schema: Schema): Schema {
  const { def } = (schema as z.core.$ZodTypes)._zod
  return def.type === 'optional' ? unwrap(def.innerType) : schema
}

/** The forms of a union; none of anything else. */
function optionsOf(schema: Schema): readonly Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod
  return def.type === 'union' ? def.options : []
}

/** The keys that an object may have; none of anything else. */
function keysOf(schema: Schema): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod
  return def.type === 'object' ? Object.keys(def.shape) : []
}

const kindNames: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

/** What a JSON value is, as it is said in a message. */
export function kindOf(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  return typeof value === 'string' ? 'a string' : Array.isArray(value) ? 'a list' : 'an object'
}
