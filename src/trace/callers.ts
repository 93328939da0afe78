import { isOneValue, type Module } from '../repo/module.ts'
import {
  type Binding,
  enclosingFunction,
  isFunction,
  keyName,
  memberName,
  type Node,
  unwrap,
  wrapped,
} from '../repo/node.ts'
import { constructorOf, superCallsOf } from './constructors.ts'
import { demandedUses } from './demanded.ts'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'
import { callsOf, callsThroughTable } from './tables.ts'
import { alternatives, type Value } from './values.ts'

export interface CallSite {
  readonly module: Module
  readonly node: Node
}

export interface Callers {
  readonly calls: readonly CallSite[]
  /** Why there may be callers that are not listed; undefined when these are all. */
  readonly open?: string
  /** Places that use the function as a value. */
  readonly escapes: readonly CallSite[]
}

/** Every call of a function in the program. */
export function callersOf(program: Program, module: Module, fn: Node): Callers {
  const { callers } = program.memo(module)
  const known = callers.get(fn)
  if (known) return known
  callers.set(fn, { calls: [], escapes: [] })
  const found = find(program, module, fn)
  callers.set(fn, found)
  return found
}

function find(program: Program, module: Module, fn: Node): Callers {
  const binding = nameOf(fn)
  if (binding) return ofUses(program, usesOf(program, module, binding))
  const holder = wrapped(fn).parent
  if (holder.type === 'MethodDefinition' || holder.type === 'PropertyDefinition')
    return ofMethod(program, module, holder)
  if (holder.type === 'Property') return ofObjectMethod(program, module, holder)
  if (holder.type === 'ExportDefaultDeclaration')
    return ofUses(program, exportedUses(program, module, 'default'))
  if (holder.type === 'CallExpression' && holder.callee === wrapped(fn))
    return { calls: [{ module, node: holder }], escapes: [] }
  const outer =
    holder.type === 'ReturnStatement' ? enclosingFunction(fn) : isFunction(holder) ? holder : undefined
  const curried = outer && ofReturned(program, module, outer)
  if (curried) return { calls: curried, escapes: [] }
  return { calls: [], escapes: [], open: 'the function is handed on as a value' }
}

/** Calls of the function that another one returns: `make(a)(b)`; undefined when it goes elsewhere too. */
function ofReturned(program: Program, module: Module, outer: Node): CallSite[] | undefined {
  const { calls, open } = callersOf(program, module, outer)
  if (open !== undefined || calls.length === 0) return undefined
  const found: CallSite[] = []
  for (const call of calls) {
    const given = callsOf(call.module, wrapped(call.node))
    if (!given) return undefined
    found.push(...given)
  }
  return found
}

/** The name that a function is known by: its own, or the constant that holds it. */
export function nameOf(fn: Node): Binding | undefined {
  if (fn.type === 'FunctionDeclaration') return fn.id?.binding
  let at = wrapped(fn)
  // `const f = cache(async () => …)`, `useCallback(() => …)`: the wrapper returns what it is given.
  if (
    at.parent.type === 'CallExpression' &&
    at.parent.arguments[0] === at &&
    /^(?:cache|useCallback|memo|once|memoize)$/.test(unwrap(at.parent.callee).name ?? '')
  )
    at = wrapped(at.parent)
  return at.parent.type === 'VariableDeclarator' &&
    at.parent.init === at &&
    at.parent.id.type === 'Identifier'
    ? at.parent.id.binding
    : undefined
}

export interface Use {
  readonly module: Module
  /** The identifier, or the member expression of a namespace. */
  readonly node: Node
}

/** Every place in the program that reads a name, in its own module and in those that import it. */
export function usesOf(program: Program, module: Module, binding: Binding): Use[] {
  const { uses } = program.memo(module)
  const known = uses.get(binding)
  if (known) return known
  const found: Use[] = binding.references.map((node) => ({ module, node }))
  uses.set(binding, found)
  if (binding.scope.kind === 'module') {
    for (const [name, entry] of module.exports) {
      if (entry.kind === 'local' && (entry.node === binding.id || entry.node.binding === binding))
        found.push(...exportedUses(program, module, name))
    }
  }
  return found
}

/**
 * Every place in other modules that reads an exported name, through barrels and namespaces.
 * @param within the files to look at; others are not parsed
 */
export function exportedUses(
  program: Program,
  module: Module,
  name: string,
  within: (file: string) => boolean = () => true,
  seen = new Set<string>(),
): Use[] {
  const key = `${module.file}\0${name}`
  if (seen.has(key)) return []
  seen.add(key)
  const found: Use[] = []
  const isWhole = name === 'default' && isOneValue(module)
  for (const file of program.importers(module.file)) {
    if (file === module.file || !within(file)) continue
    const other = program.repository.module(file)
    if (!other) continue
    const from = (specifier: string) => program.repository.resolve(file, specifier) === module.file
    for (const binding of other.scope.bindings.values()) {
      const specifier = binding.declaration
      if (binding.kind === 'import' && specifier.parent?.type === 'ImportDeclaration') {
        if (!from(specifier.parent.source.value)) continue
        if (specifier.type === 'ImportNamespaceSpecifier') {
          for (const reference of binding.references)
            if (reference.parent.type === 'MemberExpression' && memberName(reference.parent) === name)
              found.push({ module: other, node: reference.parent })
        } else if (
          (specifier.type === 'ImportDefaultSpecifier'
            ? 'default'
            : (specifier.imported.name ?? specifier.imported.value)) === name
        ) {
          found.push(...binding.references.map((node) => ({ module: other, node })))
          found.push(...reexportedUses(program, other, binding, within, seen))
        }
      }
    }
    found.push(...demandedUses(other, from, name, isWhole).map((node) => ({ module: other, node })))
    for (const [exported, entry] of other.exports)
      if (entry.kind === 'again' && entry.name === name && from(entry.source))
        found.push(...exportedUses(program, other, exported, within, seen))
    if (name !== 'default')
      for (const star of other.stars)
        if (from(star)) found.push(...exportedUses(program, other, name, within, seen))
  }
  return found
}

function reexportedUses(
  program: Program,
  module: Module,
  binding: Binding,
  within: (file: string) => boolean,
  seen: Set<string>,
): Use[] {
  const found: Use[] = []
  for (const [name, entry] of module.exports)
    if (entry.kind === 'local' && entry.node.binding === binding)
      found.push(...exportedUses(program, module, name, within, seen))
  return found
}

function ofUses(program: Program, uses: readonly Use[]): Callers {
  const calls: CallSite[] = []
  const escapes: CallSite[] = []
  const pending = [...uses]
  const seen = new Set<Binding>()
  for (const { module, node } of pending) {
    const outer = wrapped(node)
    const parent = outer.parent
    const tabled = callsThroughTable(program, module, outer)
    const again = tabled ? undefined : otherName(module, outer)
    if (tabled) calls.push(...tabled)
    else if (again) {
      if (!seen.has(again)) pending.push(...usesOf(program, module, again).filter(isRead))
      seen.add(again)
    } else if (
      (parent.type === 'CallExpression' || parent.type === 'NewExpression') &&
      parent.callee === outer
    )
      calls.push({ module, node: parent })
    else if (!isTypePosition(node) && !['ExportSpecifier', 'ExportDefaultDeclaration'].includes(parent.type))
      escapes.push({ module, node })
  }
  return { calls, escapes, ...(escapes.length > 0 ? { open: 'the function is handed on as a value' } : {}) }
}

/** The name that `const again = f`, or `let f; f = imported.f`, gives to a function, where it has no other value. */
function otherName(module: Module, node: Node): Binding | undefined {
  const { parent } = node
  const [target, writes] =
    parent.type === 'VariableDeclarator' && parent.init === node
      ? [parent.id, 0]
      : parent.type === 'AssignmentExpression' && parent.operator === '=' && parent.right === node
        ? [parent.left, 1]
        : []
  const binding: Binding | undefined = target?.type === 'Identifier' ? target.binding : undefined
  if (!binding || binding.writes.length !== writes || isExported(module, binding)) return undefined
  if (writes === 0) return binding
  const { declaration } = binding
  return declaration.type === 'VariableDeclarator' && !declaration.init ? binding : undefined
}

function isExported(module: Module, binding: Binding): boolean {
  return [...module.exports.values()].some(
    (entry) => entry.kind === 'local' && (entry.node === binding.id || entry.node.binding === binding),
  )
}

function isRead({ node }: Use): boolean {
  return !(node.parent.type === 'AssignmentExpression' && node.parent.left === node)
}

/** Whether an identifier stands where only a type can. */
export function isTypePosition(node: Node): boolean {
  return (
    node.parent.type.startsWith('TS') &&
    node.parent.type !== 'TSAsExpression' &&
    node.parent.type !== 'TSNonNullExpression' &&
    node.parent.type !== 'TSSatisfiesExpression'
  )
}

/** Calls of a class's method or constructor. */
function ofMethod(program: Program, module: Module, method: Node): Callers {
  const cls = method.parent.parent as Node
  if (method.kind === 'constructor') return { calls: constructions(program, module, cls), escapes: [] }
  const name = keyName(method)
  if (name === undefined) return { calls: [], escapes: [], open: 'the method has a computed name' }
  return byName(
    program,
    module,
    name,
    (value) => (value.kind === 'instance' || value.kind === 'class') && inherits(program, value, cls),
  )
}

/** Every call that runs a class's constructor: `new`, also of classes that extend it, and their `super(…)`. */
function constructions(program: Program, module: Module, cls: Node): CallSite[] {
  return subclassesOf(program, module, cls).flatMap(({ module: home, node, uses }): CallSite[] => {
    const own = node === cls ? undefined : constructorOf(node)
    if (own) return superCallsOf(own).map((call) => ({ module: home, node: call }))
    return uses
      .map((use) => ({ module: use.module, node: wrapped(use.node).parent }))
      .filter((call) => call.node.type === 'NewExpression')
  })
}

/** A class and the classes that extend it without a constructor between, each with the places that name it. */
export function subclassesOf(
  program: Program,
  module: Module,
  cls: Node,
  seen: ReadonlySet<Node> = new Set(),
): { readonly module: Module; readonly node: Node; readonly uses: readonly Use[] }[] {
  const binding: Binding | undefined =
    cls.id?.binding ?? (cls.parent.type === 'VariableDeclarator' ? cls.parent.id.binding : undefined)
  if (!binding || seen.has(cls)) return [{ module, node: cls, uses: [] }]
  const uses = usesOf(program, module, binding)
  const around = new Set(seen).add(cls)
  const extending = uses.filter(({ node }) => wrapped(node).parent.superClass === wrapped(node))
  return [
    { module, node: cls, uses },
    ...extending.flatMap((use) => {
      const node = wrapped(use.node).parent
      return constructorOf(node)
        ? [{ module: use.module, node, uses: [] }]
        : subclassesOf(program, use.module, node, around)
    }),
  ]
}

function inherits(
  program: Program,
  value: Extract<Value, { kind: 'instance' | 'class' }>,
  cls: Node,
  depth = 0,
): boolean {
  if (value.node === cls) return true
  if (!value.node.superClass || depth > 10) return false
  return alternatives(evaluate(program, value.module, value.node.superClass)).some(
    (base) => base.kind === 'class' && inherits(program, base, cls, depth + 1),
  )
}

function ofObjectMethod(program: Program, module: Module, property: Node): Callers {
  const name = keyName(property)
  const object = property.parent as Node
  if (name === undefined || object.type !== 'ObjectExpression')
    return { calls: [], escapes: [], open: 'the function is handed on as a value' }
  const outer = wrapped(object)
  // An object literal that is itself an argument (a router, a plug-in) is called by whoever takes it.
  if (outer.parent.type === 'CallExpression')
    return { calls: [], escapes: [], open: 'the function is in an object that is handed on' }
  const named = byName(program, module, name, (value) => value.kind === 'object' && value.node === object)
  // `const run = handlers[request.method]; run(request)`
  const tabled = callsThroughTable(program, module, wrapped(property.value)) ?? []
  const others = tabled.filter((call) => !named.calls.some(({ node }) => node === call.node))
  return { ...named, calls: [...named.calls, ...others] }
}

/**
 * In how many files a method's name is looked for. Beyond, the name is everybody's (`get`, `dispose`), and finding out
 * what each of them is called on would take the whole program.
 */
const mostFiles = 400

/** Calls `x.name(…)` whose receiver is what `is` accepts, in files that may know the owner. */
function byName(program: Program, module: Module, name: string, is: (value: Value) => boolean): Callers {
  const calls: CallSite[] = []
  const escapes: CallSite[] = []
  const files = [...program.filesKnowing(module.file)].filter((file) =>
    program.repository.raw(file).includes(name),
  )
  if (files.length > mostFiles)
    return {
      calls,
      escapes,
      open: `\`${name}\` stands in ${files.length} files that may call it: too many to look at each`,
    }
  for (const file of files) {
    const other = program.repository.module(file)
    if (!other) continue
    for (const member of other.membersNamed(name)) {
      if (!alternatives(evaluate(program, other, member.object)).some(is)) continue
      const outer = wrapped(member)
      if (outer.parent.type === 'CallExpression' && outer.parent.callee === outer)
        calls.push({ module: other, node: outer.parent })
      else if (outer.parent.type !== 'AssignmentExpression') escapes.push({ module: other, node: member })
    }
  }
  return { calls, escapes, ...(escapes.length > 0 ? { open: 'the method is handed on as a value' } : {}) }
}
