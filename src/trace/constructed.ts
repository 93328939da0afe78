import type { Dialect } from '../dialects/dialect.ts'
import type { Module } from '../repo/module.ts'
import { type Node, unwrap } from '../repo/node.ts'
import type { ClientEntry } from '../rules/model.ts'
import { ambientClient } from './ambient.ts'
import { constructorOf, superCallsOf } from './constructors.ts'
import { environmentNames, isAddressOpen } from './environment.ts'
import { evaluate } from './evaluate.ts'
import type { Place, Program } from './program.ts'
import { alternatives, awaited, type ClientValue, type Frame, union, type Value } from './values.ts'

/** The client that a library's constructor makes; its database is the one whose rule names the environment variable. */
export function constructed(
  program: Program,
  value: Extract<Value, { kind: 'external' }>,
  module: Module,
  call: Node,
  frame?: Frame,
): Value | undefined {
  const name = value.path.at(-1)
  if (name === undefined || value.path.length > 2) return undefined
  const rules = program.clients.filter(
    ({ entry, value: named }) => entry.kind === 'new' && named.matchesExternal(value.module, name),
  )
  const labels = [`${value.module}#${name}`, `*#${name}`]
  const dialect = program.dialects.find((item) => labels.some((label) => item.constructors.includes(label)))
  if (rules.length === 0 && !dialect) return undefined
  const names = environmentNames(program, module, call, frame)
  // A rule that names the variable speaks before one that speaks of every address; both speak where either may be.
  const named = rules.filter(({ entry }) => entry.env !== undefined && names.includes(entry.env))
  const any = rules.filter(({ entry }) => entry.env === undefined)
  const made =
    named.length === 0 ? any : isAddressOpen(program, module, call, frame) ? [...named, ...any] : named
  const base = {
    kind: 'client' as const,
    origin: { module, node: call },
    ...(dialect ? { dialect: dialect.name } : {}),
  }
  if (made.length === 0) {
    const ambient = ambientClient(program, value, { module, node: call })
    if (ambient) return ambient
    const implied = impliedBy(program, environmentNames(program, module, call, frame, 1))
    if (implied) {
      const message = `${name}() with the address of ${implied.label} makes a client of ${implied.database}`
      return { ...base, database: implied.database, entry: implied, step: { module, node: call, message } }
    }
    const note =
      names.length > 0
        ? `made here from ${names.join(', ')}, which no rule gives to a database`
        : 'made here, and no rule says of which database'
    return { ...base, note, step: { module, node: call, message: note } }
  }
  return union(
    made.map(({ entry }) => ({
      ...base,
      database: entry.database,
      entry,
      step: {
        module,
        node: call,
        message: `${name}() with ${entry.env ?? 'any address'} makes the client of ${entry.database}`,
      },
    })),
  )
}

/**
 * The client that an instance of a class is because the class extends a library's: `class PrismaService extends
 * PrismaClient`.
 */
export function clientOfInstance(
  program: Program,
  { node, module }: Extract<Value, { kind: 'instance' | 'class' }>,
  depth = 0,
): ClientValue[] {
  if (!node.superClass || depth > 8) return []
  const own = constructorOf(node)
  const call: Node = (own && superCallsOf(own)[0]) ?? { ...node, arguments: [] }
  return alternatives(evaluate(program, module, node.superClass)).flatMap((base) => {
    if (base.kind === 'class') return clientOfInstance(program, base, depth + 1)
    const made = base.kind === 'external' ? constructed(program, base, module, call) : undefined
    return made ? alternatives(made).filter((item) => item.kind === 'client') : []
  })
}

/** The rules' client whose factory takes its address from the same environment variables. */
function impliedBy(program: Program, names: readonly string[]): ClientEntry | undefined {
  const entries = names.map((name) => program.byEnvironment.get(name))
  return entries.every((entry) => entry?.database === entries[0]?.database) ? entries[0] : undefined
}

/**
 * The client that an address stands for: of the database whose rule names the environment variable in it, or the one
 * whose address is read from it (`client.supabaseUrl`).
 * @param texts the expressions that the address is put together in
 */
export function clientAt(program: Program, dialect: Dialect, texts: readonly [Place, ...Place[]]): Value {
  const operands = texts.flatMap((text) => operandsOf(program, text, 0))
  const clients = operands
    .flatMap(({ module, node }) => alternatives(awaited(evaluate(program, module, node))))
    .flatMap((item): ClientValue[] => (item.kind === 'method' ? [item.client] : []))
  if (clients.length > 0) return union(clients)
  const names = [
    ...new Set(
      operands.flatMap(({ module, node }) =>
        environmentNames(program, module, { arguments: [node] } as unknown as Node),
      ),
    ),
  ]
  const [{ module, node }] = texts
  const base = { kind: 'client' as const, origin: { module, node }, dialect: dialect.name }
  const named = program.clients.filter(
    ({ entry }) => entry.kind === 'new' && entry.env !== undefined && names.includes(entry.env),
  )
  const implied = impliedBy(program, names)
  const entries = named.length > 0 ? named.map(({ entry }) => entry) : implied ? [implied] : []
  if (entries.length > 0)
    return union(
      entries.map((entry) => ({
        ...base,
        database: entry.database,
        entry,
        step: { module, node, message: `the address from ${names.join(', ')} is that of ${entry.database}` },
      })),
    )
  const note =
    names.length > 0
      ? `addressed here by ${names.join(', ')}, which no rule gives to a database`
      : 'addressed here, and no rule says of which database the address is'
  return { ...base, note, step: { module, node, message: note } }
}

/** The expressions that a text is put together from, through the constants that hold its parts. */
function operandsOf(program: Program, { module, node }: Place, depth: number): Place[] {
  const at = unwrap(node)
  const further = (parts: readonly Node[]) =>
    parts.flatMap((part) => operandsOf(program, { module, node: part }, depth + 1))
  if (depth > 8) return []
  switch (at.type) {
    case 'TemplateLiteral':
      return further(at.expressions)
    case 'BinaryExpression':
      return further([at.left, at.right])
    case 'NewExpression':
      return further(at.arguments)
    case 'Literal':
      return []
    case 'Identifier': {
      const declared = program.declaredOf(module, at)
      const id = declared?.kind === 'local' ? declared.node : at.binding?.id
      const init = id?.binding?.kind === 'const' ? id.binding.declaration.init : undefined
      const home = declared?.kind === 'local' ? declared.module : module
      return init && ['TemplateLiteral', 'BinaryExpression', 'NewExpression'].includes(unwrap(init).type)
        ? operandsOf(program, { module: home, node: init }, depth + 1)
        : [{ module, node: at }]
    }
    default:
      return [{ module, node: at }]
  }
}
