import type { Module } from '../../repo/module.ts'
import { type Node, unwrap, wrapped } from '../../repo/node.ts'
import { evaluate } from '../evaluate.ts'
import type { Place, Program } from '../program.ts'
import { alternatives, literalTexts, union, type Value } from '../values.ts'

/**
 * Objects of frameworks that one part of a program puts something into and another takes it out of. What is in one is
 * looked for in the whole program: every value that is put in under the name.
 */
export type CarrierName =
  | 'hono'
  | 'hono variables'
  | 'express request'
  | 'express response'
  | 'koa'
  | 'fastify'
  | 'fastify request'
  | 'sveltekit event'
  | 'astro context'
  | 'locals'

export type CarrierValue = Extract<Value, { kind: 'carrier' }>

/** Members that are carriers themselves. */
const inside: Readonly<Partial<Record<CarrierName, Readonly<Record<string, CarrierName>>>>> = {
  hono: { var: 'hono variables' },
  'express response': { locals: 'locals' },
  koa: { state: 'locals' },
  'fastify request': { server: 'fastify' },
  'sveltekit event': { locals: 'locals' },
  'astro context': { locals: 'locals' },
}

export function carrier(name: CarrierName): CarrierValue {
  return { kind: 'carrier', name }
}

/** A member of a carrier: what the program puts in under its name. */
export function carried(program: Program, value: CarrierValue, name: string, place: Place): Value {
  const part = inside[value.name]?.[name]
  if (part) return carrier(part)
  if (value.name === 'hono' && (name === 'get' || name === 'set'))
    return { kind: 'external', module: 'carrier', path: [name] }
  const found =
    value.name === 'hono variables'
      ? setUnder(program, name, place)
      : putUnder(program, value.name, name, place)
  return found.length > 0 ? union(found) : nothing(value.name, name, place)
}

/** `c.get('name')` of Hono. */
export function carriedUnderKey(program: Program, module: Module, call: Node): Value {
  const place = { module, node: call }
  const names = call.arguments[0] && literalTexts(evaluate(program, module, call.arguments[0]))
  if (!names)
    return { kind: 'unknown', reason: 'the name in the context is only known at run time', ...place }
  const found: Value[] = names.flatMap((name: string) => setUnder(program, name, place))
  return found.length > 0 ? union(found) : nothing('hono', names.join(), place)
}

function nothing(owner: CarrierName, name: string, place: Place): Value {
  return { kind: 'unknown', reason: `no member \`${name}\` is put into the ${words[owner]}`, ...place }
}

const words: Readonly<Record<CarrierName, string>> = {
  hono: 'context of Hono',
  'hono variables': 'context of Hono',
  'express request': 'request of Express',
  'express response': 'response of Express',
  koa: 'context of Koa',
  fastify: 'instance of Fastify',
  'fastify request': 'request of Fastify',
  'sveltekit event': 'event of SvelteKit',
  'astro context': 'context of Astro',
  locals: 'locals of the request',
}

/** Values that are set in a Hono context under a name: `c.set('name', value)`. */
function setUnder(program: Program, name: string, place: Place): Value[] {
  return remembered(program, `set ${name}`, place, () =>
    modulesWith(program, (text) => text.includes('.set(') && text.includes(name)).flatMap((module) =>
      module.membersNamed('set').flatMap((member): Value[] => {
        const call = wrapped(member).parent
        if (call.type !== 'CallExpression' || unwrap(call.callee) !== member || call.arguments.length < 2)
          return []
        const key = unwrap(call.arguments[0])
        if (
          key.type !== 'Literal' ||
          key.value !== name ||
          !isCarrier(program, module, member.object, 'hono')
        )
          return []
        return [evaluate(program, module, call.arguments[1])]
      }),
    ),
  )
}

/** Values that are assigned to a member of a carrier, or given to the methods that decorate it. */
function putUnder(program: Program, owner: CarrierName, name: string, place: Place): Value[] {
  return remembered(program, `${owner} ${name}`, place, () =>
    modulesWith(program, puts(name)).flatMap((module) => [
      ...assigned(program, module, owner, name),
      ...(owner === 'fastify' || owner === 'fastify request' ? decorated(program, module, owner, name) : []),
    ]),
  )
}

function assigned(program: Program, module: Module, owner: CarrierName, name: string): Value[] {
  return module.membersNamed(name).flatMap((member): Value[] => {
    const { parent } = member
    if (parent.type === 'AssignmentExpression' && parent.left === member && parent.operator !== '+=')
      return isCarrier(program, module, member.object, owner) ? [evaluate(program, module, parent.right)] : []
    return []
  })
}

/** `app.decorate('db', client)`, `app.decorateRequest('db', client)` of Fastify. */
function decorated(program: Program, module: Module, owner: CarrierName, name: string): Value[] {
  const method = owner === 'fastify' ? 'decorate' : 'decorateRequest'
  return module.membersNamed(method).flatMap((member): Value[] => {
    const call = wrapped(member).parent
    if (call.type !== 'CallExpression' || unwrap(call.callee) !== member || call.arguments.length < 2)
      return []
    const key = unwrap(call.arguments[0])
    const value = evaluate(program, module, call.arguments[1])
    return key.type === 'Literal' &&
      key.value === name &&
      value.kind !== 'literal' &&
      isCarrier(program, module, member.object, 'fastify')
      ? [value]
      : []
  })
}

function isCarrier(program: Program, module: Module, expression: Node, name: CarrierName): boolean {
  const items = alternatives(evaluate(program, module, expression))
  return items
    .flatMap((item) => (item.kind === 'layers' ? item.of : [item]))
    .some((item) => item.kind === 'carrier' && item.name === name)
}

/** Whether a text may assign to a member of a name, or decorate something with it; looked at before it is parsed. */
function puts(name: string): (text: string) => boolean {
  const assigns = new RegExp(
    String.raw`\.\s*${name.replaceAll('$', String.raw`\$`)}\s*(?:\?\?|\|\|)?=(?![=>])`,
  )
  return (text) => assigns.test(text) || (text.includes('decorate') && text.includes(name))
}

/** The parsed files whose text passes a test. */
export function modulesWith(program: Program, test: (text: string) => boolean): Module[] {
  const { repository } = program
  return repository.files.flatMap((path): Module[] => {
    const file = repository.absolute(path)
    if (!test(repository.raw(file))) return []
    const module = repository.module(file)
    return module ? [module] : []
  })
}

function remembered(program: Program, key: string, place: Place, find: () => Value[]): Value[] {
  const known = program.carried.get(key)
  if (known) return known
  // What is put in again under its own name (`c.set('db', c.get('db'))`) says nothing new.
  program.carried.set(key, [{ kind: 'unknown', reason: 'depends on itself', ...place }])
  const found = find()
  const said = found.filter((value) => !(value.kind === 'unknown' && value.reason === 'depends on itself'))
  // Whoever notes where values come from has to see it each time.
  if (program.recording) program.carried.delete(key)
  else program.carried.set(key, said)
  return said
}
