import type { Module } from '../../repo/module.ts'
import { keyName, type Node, unwrap, walk } from '../../repo/node.ts'
import { resultOf } from '../calls.ts'
import { evaluate } from '../evaluate.ts'
import type { Program } from '../program.ts'
import { alternatives, awaited, union, type Value } from '../values.ts'
import { modulesWith } from './carriers.ts'

/**
 * What NestJS puts into a parameter that asks for it by a token: `@Inject('DATABASE') private db`. The token is what a
 * provider of the program says: `{ provide: 'DATABASE', useFactory: () => createClient(…) }`.
 * @returns undefined when the parameter asks for no token, or no provider of it is found
 */
export function providedParameter(program: Program, module: Module, parameter: Node): Value | undefined {
  const token = tokenOf(parameter)
  const key = token && keyOf(program, module, token)
  if (key === undefined) return undefined
  const known = program.provided.get(key)
  if (known) return known
  program.provided.set(key, { kind: 'unknown', reason: 'depends on itself', module, node: parameter })
  const found = modulesWith(program, (text) => text.includes('provide')).flatMap((home) =>
    providersIn(home).flatMap(({ provide, properties }) =>
      keyOf(program, home, provide) === key ? given(program, home, properties) : [],
    ),
  )
  if (found.length === 0) {
    program.provided.delete(key)
    return undefined
  }
  const value = union(found)
  program.provided.set(key, value)
  return value
}

/** The token of `@Inject(token)` beside a parameter. */
function tokenOf(parameter: Node): Node | undefined {
  const own = (parameter.decorators ?? []) as Node[]
  const inner = (parameter.parameter?.decorators ?? []) as Node[]
  for (const { expression } of [...own, ...inner])
    if (expression.type === 'CallExpression' && unwrap(expression.callee).name === 'Inject')
      return expression.arguments[0]
  return undefined
}

/** What tokens are compared by: a text by itself, a name by its declaration. */
function keyOf(program: Program, module: Module, token: Node): string | undefined {
  const at = unwrap(token)
  const texts = alternatives(evaluate(program, module, at)).flatMap((item) =>
    item.kind === 'literal' && typeof item.value === 'string' ? [item.value] : [],
  )
  if (texts.length === 1) return `text ${texts[0]}`
  const declared = program.declaredOf(module, at)
  if (declared?.kind === 'local') return `${declared.module.file} ${declared.node.start}`
  return at.type === 'Identifier' && at.binding ? `${module.file} ${at.binding.id.start}` : undefined
}

interface Provider {
  readonly provide: Node
  readonly properties: readonly Node[]
}

function providersIn(module: Module): Provider[] {
  const found: Provider[] = []
  walk(module.program, (node) => {
    if (node.type !== 'ObjectExpression') return
    const properties = (node.properties as Node[]).filter((item) => item.type === 'Property')
    const provide = properties.find((item) => keyName(item) === 'provide')
    if (provide) found.push({ provide: provide.value, properties })
  })
  return found
}

/** What a provider gives: a value, what a factory returns, an instance of a class, what another token gives. */
function given(program: Program, module: Module, properties: readonly Node[]): Value[] {
  return properties.flatMap((property): Value[] => {
    const value = () => evaluate(program, module, property.value)
    switch (keyName(property)) {
      case 'useValue':
        return [value()]
      case 'useFactory':
        return alternatives(value()).flatMap((item) =>
          item.kind === 'function' ? [awaited(resultOf(program, item))] : [],
        )
      case 'useClass':
        return alternatives(value()).flatMap((item): Value[] =>
          item.kind === 'class' ? [{ kind: 'instance', node: item.node, module: item.module }] : [],
        )
      default:
        return []
    }
  })
}
