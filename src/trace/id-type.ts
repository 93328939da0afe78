import { find, scopeOf } from '../repo/bind.ts'
import type { Module } from '../repo/module.ts'
import { type Binding, isFunction, keyName, type Node, unwrap, walk } from '../repo/node.ts'
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
 * the callers' own parameters are declared as, what another parameter is that gets the same id, or what a parameter or
 * a field of that name is elsewhere in these files.
 * @param given the callers, with the text that each hands over
 * @returns a type's name; `string` where nothing says otherwise
 */
export function typeOfId(program: Program, module: Module, name: string, given: readonly GivenId[]): string {
  const evidence = [
    () => factoryTypes(program),
    () => given.flatMap(({ call, id, type }) => [type ?? own(call, id), beside(program, call, id)].flat()),
    () => namesakes(module, name),
    () => given.flatMap(({ call }) => namesakes(call.module, name)),
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

/** What parameters and fields of that name are in a file: most of them, where they differ. */
function namesakes(module: Module, name: string): string[] {
  const counted = new Map<string, number>()
  walk(module.program, (node) => {
    const isField = node.type === 'TSPropertySignature' || node.type === 'PropertyDefinition'
    const binding: Binding | undefined = node.scope?.bindings.get(name)
    const types =
      isField && keyName(node) === name
        ? typeOf(node)
        : binding?.kind === 'parameter'
          ? typeOf(binding.id)
          : []
    for (const type of types) counted.set(type, (counted.get(type) ?? 0) + 1)
    return undefined
  })
  const [most] = [...counted].sort(([, one], [, other]) => other - one)
  return most ? [most[0]] : []
}

/** The type that a parameter or a field is declared with; one that may be missing counts too. */
function typeOf(declared: Node | undefined): string[] {
  const pattern = declared?.type === 'AssignmentPattern' ? declared.left : declared
  const type: Node | undefined = pattern?.typeAnnotation?.typeAnnotation
  const parts: Node[] = type?.type === 'TSUnionType' ? type.types : type ? [type] : []
  const found = parts.flatMap((part) => keywords.get(part.type) ?? [])
  return found.length === 1 ? found : []
}
