import { find, scopeOf } from '../repo/bind.ts'
import type { Module } from '../repo/module.ts'
import { type Binding, isFunction, type Node, unwrap, walk } from '../repo/node.ts'
import type { CallSite } from './callers.ts'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'
import { alternatives } from './values.ts'

/** Types that need no import and mean the same in every file. */
const keywords = new Map([
  ['TSStringKeyword', 'string'],
  ['TSNumberKeyword', 'number'],
  ['TSBigIntKeyword', 'bigint'],
])

/** What a caller hands over. */
export interface GivenId {
  readonly call: CallSite
  /** The text of the argument. */
  readonly id: string
  /** Its type, where it is a parameter that the caller is given. */
  readonly type?: string
}

/**
 * The type of the parameter that gets a tenant id, as far as the code says it: what the client's factory takes, what
 * the callers' own parameters are declared as, what another parameter is that gets the same id, or what a parameter of
 * that name is elsewhere in the file.
 * @param given the callers, with the text that each hands over
 * @returns a type's name; `string` where nothing says otherwise
 */
export function typeOfId(program: Program, module: Module, name: string, given: readonly GivenId[]): string {
  const evidence = [
    () => factoryTypes(program),
    () => given.flatMap(({ call, id, type }) => [type ?? own(call, id), beside(program, call, id)].flat()),
    () => namesakes(module, name),
  ]
  for (const look of evidence) {
    const types = new Set(look())
    if (types.size > 0) return types.size === 1 ? [...types][0]! : 'string'
  }
  return 'string'
}

/** What the factories of tenant clients that are written already take. */
function factoryTypes(program: Program): string[] {
  return program.clients.flatMap(({ entry, value }) => {
    const template = entry.arguments ?? ['$tenantId']
    const index = template.indexOf('$tenantId')
    const perTenant = program.rules.databases.some(
      (database) => database.name === entry.database && database.perTenant,
    )
    if (entry.kind !== 'export' || !perTenant || index < 0) return []
    return value.places.flatMap((place) => {
      if (place.kind !== 'local') return []
      const node: Node = place.node.binding?.declaration ?? place.node
      const fn: Node | undefined = isFunction(node) ? node : node.init && unwrap(node.init)
      return fn && isFunction(fn) ? typeOf(fn.params[index]) : []
    })
  })
}

/** The parameter of the caller that is handed on. */
function own({ node }: CallSite, id: string): string[] {
  const binding = find(scopeOf(node), id)
  return binding?.kind === 'parameter' ? typeOf(binding.id) : []
}

/** `remove(id, session.user.id)` with `remove(id: string, deletedBy: number)`: the id goes there already. */
function beside(program: Program, { module, node }: CallSite, id: string): string[] {
  return (node.arguments as Node[]).flatMap((argument, index) =>
    module.text.slice(argument.start, argument.end) === id
      ? alternatives(evaluate(program, module, node.callee)).flatMap((value) =>
          value.kind === 'function' ? typeOf(value.node.params[index]) : [],
        )
      : [],
  )
}

function namesakes(module: Module, name: string): string[] {
  const found: string[] = []
  walk(module.program, (node) => {
    const binding: Binding | undefined = node.scope?.bindings.get(name)
    if (binding?.kind === 'parameter') found.push(...typeOf(binding.id))
    return undefined
  })
  return found
}

function typeOf(parameter: Node | undefined): string[] {
  const pattern = parameter?.type === 'AssignmentPattern' ? parameter.left : parameter
  const type = keywords.get(pattern?.typeAnnotation?.typeAnnotation.type)
  return type === undefined ? [] : [type]
}
