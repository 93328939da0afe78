import type { Module } from '../repo/module.ts'
import { type Binding, isFunction, memberName, type Node, unwrap, wrapped } from '../repo/node.ts'
import type { Access } from './accesses.ts'
import { constructorOf } from './constructors.ts'
import { evaluate } from './evaluate.ts'
import { fieldOf, readsOf } from './injected.ts'
import type { Program } from './program.ts'
import { recognised } from './recognised.ts'
import { handedBy } from './roots.ts'
import { alternatives, type Value } from './values.ts'

/** What happens to a client at one place where its name is read. */
export interface ClientUse {
  /** The identifier. */
  readonly node: Node
  readonly kind: 'access' | 'handed' | 'type' | 'escape'
  /** The accesses that it leads to: its own, or those of the function it is handed to. */
  readonly accesses: readonly Access[]
  /** For an escape: what happens to it. */
  readonly reason?: string
  /** A transaction begins here, and what it runs is not known. */
  readonly runs?: boolean
}

/** Every use of a name that holds a client. */
export function clientUses(
  program: Program,
  module: Module,
  binding: Binding,
  byReceiver: ReadonlyMap<Node, readonly Access[]>,
  seen: ReadonlySet<Binding> = new Set(),
): ClientUse[] {
  if (seen.has(binding)) return []
  // Only what is around: the same helper may be handed the client twice.
  const around = new Set(seen).add(binding)
  const uses = binding.references
    .filter((node) => !binding.writes.includes(node))
    .map((node) => useAt(program, module, node, byReceiver, around))
  const { parent } = binding.id
  return parent.type === 'TSParameterProperty'
    ? [...uses, ...fieldUses(program, module, binding, parent, byReceiver, around)]
    : uses
}

/** What happens to a client at one expression that is it: a name, or a field of the class around. */
function useAt(
  program: Program,
  module: Module,
  node: Node,
  byReceiver: ReadonlyMap<Node, readonly Access[]>,
  around: ReadonlySet<Binding>,
): ClientUse {
  const own = byReceiver.get(node) ?? []
  const outer = wrapped(node)
  const parent = outer.parent
  const lost = (reason: string): ClientUse => ({ node, kind: 'escape', accesses: [], reason })
  const given = handedBack(program, module, node, parent, byReceiver, around)
  if (given) return given.reason ? given : { ...given, accesses: [...new Set([...own, ...given.accesses])] }
  const kept = otherName(program, module, node, byReceiver, around)
  if (kept) return kept.reason ? kept : { ...kept, accesses: [...new Set([...own, ...kept.accesses])] }
  if (own.length > 0) return { node, kind: 'access', accesses: own }
  if (node.parent.type.startsWith('TSType')) return { node, kind: 'type', accesses: [] }
  if ((parent.type === 'CallExpression' || parent.type === 'NewExpression') && parent.callee !== outer)
    return handedOver(program, module, node, outer, parent, byReceiver, around)
  if (parent.type === 'ReturnStatement' || (isFunction(parent) && parent.body === outer))
    return lost('it is returned')
  if (parent.type === 'Property') return lost('it is put into an object')
  if (touchesNothing(program, node)) return { node, kind: 'type', accesses: [] }
  if (parent.type === 'MemberExpression') {
    const method = memberName(parent)
    return {
      ...lost(`its member \`${method ?? '[…]'}\` is used`),
      ...(method !== undefined && isTransaction(program, method) ? { runs: true } : {}),
    }
  }
  if (parent.type === 'AssignmentExpression') {
    const parameter: Binding | undefined = parent.right === outer ? node.binding : undefined
    return parameter && unwrap(parent.left.object ?? node).type === 'ThisExpression'
      ? together(node, fieldUses(program, module, parameter, parent, byReceiver, around))
      : lost('it is assigned to another name')
  }
  if (parent.type === 'VariableDeclarator')
    return takenApart(node, parent, byReceiver) ?? lost('it is given another name')
  if (isTest(outer, parent)) return { node, kind: 'type', accesses: [] }
  return lost('it is used in a way that is not followed')
}

/** What a class does with the field that a parameter of its constructor fills. */
function fieldUses(
  program: Program,
  module: Module,
  parameter: Binding,
  filled: Node,
  byReceiver: ReadonlyMap<Node, readonly Access[]>,
  around: ReadonlySet<Binding>,
): ClientUse[] {
  const cls = parameter.declaration.parent?.parent?.parent
  const isConstructor = parameter.declaration.parent?.kind === 'constructor'
  const name = isConstructor ? fieldOf(cls, parameter) : undefined
  const lost = (reason: string): ClientUse[] => [{ node: filled, kind: 'escape', accesses: [], reason }]
  if (name === undefined) return lost('it is kept in a field that may hold another one')
  const reads = readsOf(program, module, cls, name)
  if ('reason' in reads) return lost(`it is kept in the field \`${name}\`, and ${reads.reason}`)
  return reads.map((read) => useAt(program, read.module, read.node, byReceiver, around))
}

/** `client.query('BEGIN')`, `tx.rollback()`: what a dialect knows to touch no table. */
function touchesNothing(program: Program, node: Node): boolean {
  const outer = wrapped(node)
  const member =
    outer.parent.type === 'MemberExpression' && outer.parent.object === outer ? outer.parent : undefined
  const callee = member ? wrapped(member) : outer
  const call = callee.parent
  if ((call.callee ?? call.tag) !== callee) return false
  const method = member ? memberName(member) : undefined
  return program.dialects.some(
    (dialect) =>
      (method !== undefined && dialect.controls?.has(method)) ||
      // It is no access although it looks like one: its text was read.
      recognised(dialect, call).some(({ receiver }) => unwrap(receiver) === node),
  )
}

function isTransaction(program: Program, method: string): boolean {
  return program.dialects.some(({ transactions }) => transactions?.has(method))
}

/** What happens to a client at one expression that gives it: `this.db`, `ctx.db`. */
export function expressionUse(
  program: Program,
  module: Module,
  node: Node,
  byReceiver: ReadonlyMap<Node, readonly Access[]>,
): ClientUse {
  const own = byReceiver.get(node) ?? []
  const given = handedBack(program, module, node, wrapped(node).parent, byReceiver, new Set())
  if (given?.reason) return given
  return { node, kind: 'access', accesses: [...new Set([...own, ...(given?.accesses ?? [])])] }
}

/** `client.$transaction(async (tx) => …)`: what is done with the client that the method hands to the function. */
function handedBack(
  program: Program,
  module: Module,
  node: Node,
  member: Node,
  byReceiver: ReadonlyMap<Node, readonly Access[]>,
  seen: ReadonlySet<Binding>,
): ClientUse | undefined {
  const call = member.type === 'MemberExpression' ? wrapped(member).parent : undefined
  const fn =
    call?.type === 'CallExpression' && call.callee === wrapped(member) ? call.arguments[0] : undefined
  if (!fn || !isFunction(unwrap(fn))) return undefined
  for (const parameter of unwrap(fn).params as Node[]) {
    const binding: Binding | undefined = parameter.type === 'Identifier' ? parameter.binding : undefined
    const from = binding && handedBy(program, module, binding)
    if (!binding || !from || unwrap(from) !== node) continue
    return together(node, clientUses(program, module, binding, byReceiver, seen))
  }
  return undefined
}

/** `const db = given ?? client`, `(given ?? client).query()`: what is done under the other name. */
function otherName(
  program: Program,
  module: Module,
  node: Node,
  byReceiver: ReadonlyMap<Node, readonly Access[]>,
  seen: ReadonlySet<Binding>,
): ClientUse | undefined {
  let outer = wrapped(node)
  while (outer.parent.type === 'LogicalExpression' && outer.parent.operator !== '&&')
    outer = wrapped(outer.parent)
  const asked = byReceiver.get(unwrap(outer))
  if (asked && unwrap(outer) !== node) return { node, kind: 'handed', accesses: asked }
  const { parent } = outer
  if (parent.type !== 'VariableDeclarator' || parent.init !== outer || parent.id.type !== 'Identifier')
    return undefined
  const binding: Binding = parent.id.binding
  if (binding.writes.length > 0 || binding.scope.kind === 'module') return undefined
  return together(node, clientUses(program, module, binding, byReceiver, seen))
}

/** One use for all that is done with a client under another name. */
function together(node: Node, uses: readonly ClientUse[]): ClientUse {
  const lost = uses.find((use) => use.kind === 'escape')
  if (lost) return { ...lost, node }
  return { node, kind: 'handed', accesses: uses.flatMap((use) => use.accesses) }
}

/** `const { storage } = client`: the accesses on what was taken out are accesses of the client. */
function takenApart(
  node: Node,
  declarator: Node,
  byReceiver: ReadonlyMap<Node, readonly Access[]>,
): ClientUse | undefined {
  if (declarator.id.type !== 'ObjectPattern') return undefined
  const accesses: Access[] = []
  for (const property of declarator.id.properties as Node[]) {
    if (
      property.type !== 'Property' ||
      property.value.type !== 'Identifier' ||
      property.value.binding.writes.length > 0
    )
      return undefined
    for (const reference of property.value.binding.references as Node[]) {
      const own = byReceiver.get(reference)
      if (!own) return undefined
      accesses.push(...own)
    }
  }
  return { node, kind: 'handed', accesses }
}

/** A check whether there is a client at all needs no database. */
function isTest(node: Node, parent: Node): boolean {
  if (parent.type === 'IfStatement' || parent.type === 'ConditionalExpression') return parent.test === node
  return parent.type === 'UnaryExpression' && (parent.operator === '!' || parent.operator === 'typeof')
}

/** A client that is an argument: followed into the function when the program knows it. */
function handedOver(
  program: Program,
  module: Module,
  node: Node,
  argument: Node,
  call: Node,
  byReceiver: ReadonlyMap<Node, readonly Access[]>,
  seen: ReadonlySet<Binding>,
): ClientUse {
  const label = `${call.type === 'NewExpression' ? 'new ' : ''}${textOf(module, call.callee)}`
  const lost = (reason: string): ClientUse => ({ node, kind: 'escape', accesses: [], reason })
  const index = call.arguments.indexOf(argument)
  const functions = alternatives(evaluate(program, module, call.callee)).map((value) => calledBy(call, value))
  if (functions.length === 0 || functions.includes(undefined))
    return lost(`it is handed to \`${label}\`, whose code is not known`)
  const accesses: Access[] = []
  for (const value of functions) {
    if (!value) continue
    const given = value.node.params[index]
    const parameter = given?.type === 'TSParameterProperty' ? given.parameter : given
    const pattern = parameter?.type === 'AssignmentPattern' ? parameter.left : parameter
    if (!pattern) continue
    if (pattern.type !== 'Identifier') return lost(`it is handed to \`${label}\`, which takes it apart`)
    if (pattern.binding.writes.length > 0)
      return lost(`it is handed to \`${label}\`, which gives the name another value`)
    for (const use of clientUses(program, value.module, pattern.binding, byReceiver, seen)) {
      if (use.kind === 'escape') return lost(`it is handed to \`${label}\`, where ${use.reason}`)
      accesses.push(...use.accesses)
    }
  }
  return { node, kind: 'handed', accesses }
}

/** The function that a call runs: the one that is called, or the constructor of a class or of its base. */
function calledBy(call: Node, value: Value): { readonly node: Node; readonly module: Module } | undefined {
  if (value.kind === 'function') return value
  const isBase = call.callee.type === 'Super' && value.kind === 'instance'
  const made = value.kind === 'class' || isBase ? value : undefined
  const node = made && constructorOf(made.node)
  return made && node ? { node, module: made.module } : undefined
}

function textOf(module: Module, node: Node): string {
  const text = module.text.slice(unwrap(node).start, unwrap(node).end).replace(/\s+/g, ' ')
  return text.length > 48 ? `${text.slice(0, 47)}…` : text
}
