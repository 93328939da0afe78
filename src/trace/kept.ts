import type { Module } from '../repo/module.ts'
import {
  type Binding,
  enclosingFunction,
  isFunction,
  memberName,
  type Node,
  unwrap,
  wrapped,
} from '../repo/node.ts'
import { callersOf, isTypePosition, nameOf, usesOf } from './callers.ts'
import { bindingsOf, calleeName, initOf, isStoreSetter, rootOf } from './holders.ts'
import { argumentFor } from './presence.ts'
import type { Place, Program } from './program.ts'

/** A place that keeps a value beyond the request in which it was made. */
export interface Kept extends Place {
  /** `the module variable \`client\``, `a static field` … */
  readonly where: string
  /** The expression under which it is kept, for maps and objects. */
  readonly key?: Node
  /** The tenant ids that the value was made with, as far as they are known where it is kept. */
  readonly ids: readonly Node[]
}

interface Search {
  readonly program: Program
  /** Whether members of the value and results of its methods matter: rows do, a client's results don't. */
  readonly deep: boolean
  readonly seen: Set<Node>
  readonly depth: number
}

/** How many functions a value is followed out of. */
const mostReturns = 3
const storing = new Map([
  ['set', 0],
  ['put', 0],
  ['setItem', 0],
  ['add', -1],
  ['push', -1],
  ['unshift', -1],
])
const passing = new Set(['stringify', 'freeze', 'resolve', 'structuredClone', 'all'])
const globals = new Set(['globalThis', 'global', 'window', 'self', 'process'])

/**
 * Where the value of an expression is kept beyond the request: variables of modules, static fields, fields of
 * singletons, `globalThis`, and maps and objects that live there.
 * @param ids the tenant ids it was made with
 */
export function keptAt(
  program: Program,
  module: Module,
  node: Node,
  ids: readonly Node[],
  deep: boolean,
): Kept[] {
  return [...follow({ program, deep, seen: new Set(), depth: 0 }, module, node, ids)]
}

function* follow(search: Search, module: Module, start: Node, ids: readonly Node[]): Generator<Kept> {
  for (let at = start; !search.seen.has(at); ) {
    search.seen.add(at)
    const outer = wrapped(at)
    const parent = outer.parent
    switch (parent?.type) {
      case 'AwaitExpression':
      case 'LogicalExpression':
      case 'ConditionalExpression':
      case 'SequenceExpression':
      case 'ArrayExpression':
      case 'SpreadElement':
      case 'ObjectExpression':
        at = parent
        continue
      case 'Property':
        if (parent.value !== outer || parent.parent.type !== 'ObjectExpression') return
        at = parent.parent
        continue
      case 'MemberExpression':
        if (!search.deep || parent.object !== outer) return
        at = parent
        continue
      case 'AssignmentExpression':
        if (parent.right !== outer) return
        yield* assigned(search, module, parent, ids)
        at = parent
        continue
      case 'VariableDeclarator':
        if (parent.init === outer)
          for (const binding of bindingsOf(parent.id)) yield* named(search, module, binding, parent, ids)
        return
      case 'PropertyDefinition':
        if (parent.value === outer)
          yield* inField(search, module, parent, parent.static, parent, undefined, ids)
        return
      case 'ExportDefaultDeclaration':
        yield { module, node: outer, where: 'the default export of the module', ids }
        return
      case 'ReturnStatement':
        yield* returned(search, module, enclosingFunction(parent), ids)
        return
      case 'ArrowFunctionExpression':
        if (parent.body === outer) yield* returned(search, module, parent, ids)
        return
      case 'NewExpression':
      case 'CallExpression': {
        if (parent.callee === outer) {
          if (!search.deep) return
          at = parent
          continue
        }
        const store = stored(search, module, parent, outer, ids)
        if (store) yield* store
        // An instance holds what it is given; so does what is made while the module is loaded.
        if (
          parent.type === 'NewExpression' ||
          passing.has(calleeName(parent) ?? '') ||
          !enclosingFunction(parent)
        ) {
          at = parent
          continue
        }
        return
      }
      default:
        return
    }
  }
}

/** A name that gets the value: a variable of the module keeps it, any other hands it on to where it is read. */
function* named(
  search: Search,
  module: Module,
  binding: Binding,
  at: Node,
  ids: readonly Node[],
): Generator<Kept> {
  if (binding.scope.kind === 'module') {
    // What only runs while the module is loaded is a script and serves nobody.
    const isExported = [...module.exports.values()].some(
      (entry) => entry.kind === 'local' && (entry.node === binding.id || entry.node.binding === binding),
    )
    if (isExported || binding.references.some((reference) => enclosingFunction(reference)))
      yield { module, node: at, where: `the module variable \`${binding.name}\``, ids }
    return
  }
  for (const reference of binding.references)
    if (!binding.writes.includes(reference) && !isTypePosition(reference))
      yield* follow(search, module, reference, ids)
}

function* assigned(search: Search, module: Module, assignment: Node, ids: readonly Node[]): Generator<Kept> {
  const target = unwrap(assignment.left)
  if (target.type === 'Identifier') {
    if (target.binding) yield* named(search, module, target.binding, assignment, ids)
    return
  }
  if (target.type !== 'MemberExpression') {
    for (const binding of bindingsOf(target)) yield* named(search, module, binding, assignment, ids)
    return
  }
  const key = target.computed && unwrap(target.property).type !== 'Literal' ? target.property : undefined
  yield* inPlace(search, module, target.object, assignment, key, ids)
}

/** `cache.set(key, value)`, `list.push(value)`, the `set` of a store that is made with the module. */
function* stored(
  search: Search,
  module: Module,
  call: Node,
  argument: Node,
  ids: readonly Node[],
): Generator<Kept> {
  const callee = unwrap(call.callee)
  if (callee.type === 'Identifier' && isStoreSetter(callee.binding)) {
    yield { module, node: call, where: 'a store that is made with the module', ids }
    return
  }
  const index = callee.type === 'MemberExpression' ? storing.get(memberName(callee) ?? '') : undefined
  if (index === undefined || call.arguments[index] === argument) return
  yield* inPlace(search, module, callee.object, call, call.arguments[index], ids)
}

/** Something that is put into an object: kept when the object is. */
function* inPlace(
  search: Search,
  module: Module,
  object: Node,
  at: Node,
  key: Node | undefined,
  ids: readonly Node[],
): Generator<Kept> {
  let root = unwrap(object)
  const names: string[] = []
  while (root.type === 'MemberExpression') {
    names.unshift(memberName(root) ?? '[…]')
    root = unwrap(root.object)
  }
  // `const store = globalThis as { … }`
  for (let init = initOf(root); init; init = initOf(root)) root = init
  const keyed = key ? { key } : {}
  const text = [root.type === 'ThisExpression' ? 'this' : root.name, ...names].join('.')
  if (root.type === 'Identifier') {
    if (!root.binding) {
      if (globals.has(root.name)) yield { module, node: at, where: `\`${text}\``, ...keyed, ids }
    } else if (root.binding.kind === 'import' || root.binding.scope.kind === 'module')
      yield {
        module,
        node: at,
        where:
          root.binding.kind === 'class' ? `a static field of \`${root.name}\`` : `\`${text}\` of the module`,
        ...keyed,
        ids,
      }
  } else if (root.type === 'ThisExpression') {
    let member: Node | undefined = root.parent
    while (
      member &&
      member.type !== 'MethodDefinition' &&
      member.type !== 'PropertyDefinition' &&
      member.type !== 'StaticBlock'
    )
      member = member.parent
    if (member)
      yield* inField(search, module, member, member.static || member.type === 'StaticBlock', at, key, ids)
  }
}

/** A field of a class: kept when it is static, or when an instance of the class is. */
function* inField(
  search: Search,
  module: Module,
  member: Node,
  isStatic: boolean,
  at: Node,
  key: Node | undefined,
  ids: readonly Node[],
): Generator<Kept> {
  const cls = member.parent.parent
  const keyed = key ? { key } : {}
  const name = cls.id?.name ?? 'a class'
  if (isStatic) {
    yield { module, node: at, where: `a static field of \`${name}\``, ...keyed, ids }
    return
  }
  const binding: Binding | undefined =
    cls.id?.binding ?? (cls.parent.type === 'VariableDeclarator' ? cls.parent.id.binding : undefined)
  if (!binding || search.depth >= mostReturns) return
  for (const use of usesOf(search.program, module, binding)) {
    const made = wrapped(use.node).parent
    if (made.type !== 'NewExpression' || made.callee !== wrapped(use.node)) continue
    const [singleton] = follow({ ...search, deep: false, depth: search.depth + 1 }, use.module, made, [])
    if (!singleton) continue
    yield {
      module,
      node: at,
      where: `a field of \`${name}\`, of which ${singleton.where} holds an instance`,
      ...keyed,
      ids,
    }
    return
  }
}

/** What a function returns goes on in its callers. */
function* returned(
  search: Search,
  module: Module,
  fn: Node | undefined,
  ids: readonly Node[],
): Generator<Kept> {
  if (!fn || !isFunction(fn) || search.depth >= mostReturns) return
  const name = nameOf(fn)
  // Rows are followed within a file; a client to wherever it goes.
  const calls = search.deep
    ? (name?.references ?? []).flatMap((node) =>
        wrapped(node).parent.callee === wrapped(node) ? [{ module, node: wrapped(node).parent }] : [],
      )
    : callersOf(search.program, module, fn).calls
  for (const call of calls) {
    const own = ids.flatMap((id) => {
      const root = rootOf(id)
      const argument =
        root?.kind === 'parameter' && root.declaration === fn ? argumentFor(root, call.node) : undefined
      return argument ? [argument] : []
    })
    yield* follow({ ...search, depth: search.depth + 1 }, call.module, call.node, [...ids, ...own])
  }
}
