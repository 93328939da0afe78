import { isFunction, type Node, unwrap, wrapped } from '../../repo/node.ts'
import type { Name } from '../dialect.ts'
import type { Seen, SeenMade } from '../sight.ts'
import { aliases, creators, schemas, tables } from './packages.ts'

/** A declared table or view. */
export interface Table {
  /** The call that declares it. */
  readonly made: SeenMade
  /** The identifier that it is declared with and its name in the database. */
  readonly name: Name
}

/** The tables that a value may be; a column of one is none. */
export function tablesOf(seen: readonly Seen[]): Table[] {
  return seen.flatMap((item) => (item.kind === 'made' && item.path.length === 0 ? tableOf(item, 0) : []))
}

function tableOf(made: SeenMade, depth: number): Table[] {
  if (depth > 6) return []
  if (aliases.has(made.by)) {
    const [table] = made.call.arguments as Node[]
    if (!table) return []
    return made
      .look(table)
      .flatMap((item) => (item.kind === 'made' && item.path.length === 0 ? tableOf(item, depth + 1) : []))
  }
  // What is called on a declared table or view gives it back: `.as(…)`, `.existing()`, `.enableRLS()`.
  const declaring = declarationOf(made)
  if (!declaring) return []
  const own = sqlName(declaring)
  const declared = declaredName(made.call)
  const names = [...(declared === undefined ? [] : [declared]), ...own]
  const [first, ...rest] = [...new Set(names)]
  return first === undefined ? [] : [{ made: declaring, name: [first, ...rest] }]
}

/** The call that declares a table, below what is called on it. */
function declarationOf(made: SeenMade): SeenMade | undefined {
  for (let at: SeenMade | undefined = made; at; at = at.of) {
    if (tables.has(at.by)) return at
    if (at.of && (isOfSchema(at) || creators.has(at.of.by))) return at
  }
  return undefined
}

/** `pgSchema('auth').table`, `.view`, `.materializedView`. */
function isOfSchema(made: SeenMade): boolean {
  if (!made.of || !schemas.has(made.of.by)) return false
  return ['table', 'view', 'materializedView'].includes(made.by.slice(made.of.by.length + 3))
}

/** Its name in the database, with the schema's when that is not the default one. */
function sqlName(made: SeenMade): string[] {
  const [argument] = made.call.arguments as Node[]
  const names = argument ? textsIn(made.look(argument)) : []
  if (!made.of) return names
  if (creators.has(made.of.by)) return names.flatMap((name) => createdName(made.of!, name) ?? [])
  const [schema] = made.of.call.arguments as Node[]
  const owners = schema ? textsIn(made.of.look(schema)) : []
  return owners.flatMap((owner) => names.map((name) => (owner === 'public' ? name : `${owner}.${name}`)))
}

/** What the function of a table creator makes of a name: ``pgTableCreator((name) => `app_${name}`)``. */
function createdName(creator: SeenMade, name: string): string | undefined {
  const [argument] = creator.call.arguments as Node[]
  for (const item of argument ? creator.look(argument) : []) {
    if (item.kind !== 'function' || !isFunction(item.node)) continue
    const [parameter] = item.node.params as Node[]
    const result = resultOf(item.node)
    if (parameter?.type !== 'Identifier' || !result) continue
    const put = (node: Node): string | undefined => {
      const at = unwrap(node)
      if (at.type === 'Identifier' && at.binding === parameter.binding) return name
      if (at.type === 'Literal' && typeof at.value === 'string') return at.value
      if (at.type === 'BinaryExpression' && at.operator === '+') return joined([put(at.left), put(at.right)])
      if (at.type === 'TemplateLiteral')
        return joined(
          (at.quasis as Node[]).flatMap((quasi, index) => [
            quasi.value.cooked as string,
            ...(at.expressions[index] ? [put(at.expressions[index])] : []),
          ]),
        )
      const texts = textsIn(creator.look(at))
      return texts.length === 1 ? texts[0] : undefined
    }
    return put(result)
  }
  return undefined
}

function resultOf(fn: Node): Node | undefined {
  if (fn.body.type !== 'BlockStatement') return fn.body
  const last = fn.body.body.at(-1)
  return last?.type === 'ReturnStatement' ? last.argument : undefined
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  return parts.every((part) => part !== undefined) ? parts.join('') : undefined
}

/** Texts that are known as a whole. */
export function textsIn(seen: readonly Seen[]): string[] {
  return seen.flatMap((item) =>
    item.kind === 'text' && item.parts.every((part) => part !== null) ? [item.parts.join('')] : [],
  )
}

/** The constant that a call's result is given to: `export const users = pgTable(…)`. */
function declaredName(call: Node): string | undefined {
  const { parent } = wrapped(call)
  return parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? parent.id.name : undefined
}
