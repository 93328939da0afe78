import type { Module } from '../../repo/module.ts'
import {
  type Binding,
  isFunction,
  keyName,
  memberName,
  type Node,
  unwrap,
  walk,
  wrapped,
} from '../../repo/node.ts'
import { nameOf } from '../callers.ts'
import { constructorOf } from '../constructors.ts'
import { evaluate } from '../evaluate.ts'
import { bindingsOf } from '../holders.ts'
import type { Program } from '../program.ts'
import { sightOf } from '../sight.ts'
import { alternatives } from '../values.ts'
import { escaped } from './escaped.ts'
import { type CallKinds, type Destination, flowsOf, holder, provided } from './flows.ts'
import { origins } from './origins.ts'
import { isOfPlatform } from './platform.ts'

/** A place that may hold a client and was not looked at. */
interface Place {
  readonly module: Module
  readonly node: Node
}

/**
 * Which files a client can get to, followed forward from where clients are made: names, exports, members by their name,
 * parameters and results. It says more files than there are and never fewer than `evaluate` can come from, so that a
 * call which only looks like a query has to be looked at in these files alone.
 */
export class Reach {
  readonly #program: Program
  readonly #most: number
  readonly #places = new Map<string, Set<string>>()
  readonly #seen = new Set<Node>()
  readonly #members = new Set<string>()
  /** Names of members that the files were not searched for yet. */
  #wanted = new Set<string>()
  readonly #parameters = new Set<string>()
  readonly #functions = new Set<Node>()
  readonly #exported = new Set<string>()
  readonly #waiting: Place[] = []
  readonly #calls = new Map<Module, CallKinds>()
  #open: string | undefined

  /**
   * @param files those that may import what makes clients
   * @param most how many files may be looked at before it is given up: then a client may be anywhere
   */
  constructor(program: Program, files: readonly string[], most: number) {
    this.#program = program
    this.#most = most
    for (const { module, node } of origins(program, files)) this.#hold(module, node)
    while (this.#open === undefined && (this.#waiting.length > 0 || this.#wanted.size > 0)) {
      const place = this.#waiting.pop()
      if (place) this.#spread(place)
      else this.#findMembers()
    }
    this.#seen.clear()
    this.#functions.clear()
    this.#calls.clear()
  }

  /** Why a client may be in any file; undefined where the files are known. */
  get open(): string | undefined {
    return this.#open
  }

  /** Places that a client can get to, as `placeOf` names them, by the absolute path of their file. */
  get places(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#places
  }

  #hold(module: Module, node: Node): void {
    if (this.#seen.has(node)) return
    this.#seen.add(node)
    this.#waiting.push({ module, node })
    const places = this.#places.get(module.file)
    if (places) places.add(placeOf(node))
    else {
      this.#places.set(module.file, new Set([placeOf(node)]))
      if (this.#places.size > this.#most) this.#open ??= `they get to more than ${this.#most} files`
    }
  }

  #spread({ module, node }: Place): void {
    // A declared name holds it wherever it is read.
    const binding = node.type === 'Identifier' ? (node.binding as Binding | undefined) : undefined
    if (binding && binding.id === node) this.#name(module, binding)
    else for (const to of flowsOf(node, this.#callsOf(module))) this.#go(module, to)
  }

  #go(module: Module, to: Destination): void {
    switch (to.kind) {
      case 'expression':
        this.#hold(module, to.node)
        break
      case 'name':
        this.#hold(module, to.id)
        break
      case 'member':
        this.#member(to.name)
        break
      case 'returned':
        this.#returned(module, to.fn)
        break
      case 'exported':
        for (const [name, entry] of module.exports)
          if (entry.kind === 'local' && unwrap(entry.node) === unwrap(to.node)) this.#export(module, name)
        break
      case 'argument':
        this.#argument(module, to.call, to.index)
        break
      case 'token':
        this.#token(module, to.node)
        break
      case 'parameter':
        this.#receives(module, to.node)
        break
      case 'callbacks':
        this.#callbacks(module, to.call)
        break
      case 'class':
        this.#class(module, to.node)
        break
      case 'anywhere':
        this.#open ??= to.reason
    }
  }

  #name(module: Module, binding: Binding): void {
    for (const reference of binding.references)
      if (!binding.writes.includes(reference)) this.#hold(module, reference)
    if (binding.scope.kind !== 'module') return
    for (const [name, entry] of module.exports)
      if (entry.kind === 'local' && (entry.node === binding.id || entry.node.binding === binding))
        this.#export(module, name)
  }

  /** Whoever imports a name has what it holds, and may export it again. */
  #export(module: Module, name: string): void {
    const key = `${module.file}\0${name}`
    if (this.#exported.has(key)) return
    this.#exported.add(key)
    const { repository } = this.#program
    for (const file of this.#program.importers(module.file)) {
      const other = file === module.file ? undefined : repository.module(file)
      if (!other) continue
      const from = (specifier: unknown) =>
        typeof specifier === 'string' && repository.resolve(file, specifier) === module.file
      for (const binding of other.scope.bindings.values()) {
        const specifier = binding.declaration
        if (binding.kind !== 'import' || specifier.parent?.type !== 'ImportDeclaration') continue
        if (from(specifier.parent.source.value) && imports(specifier, name)) this.#hold(other, binding.id)
      }
      for (const [exported, entry] of other.exports)
        if (
          entry.kind !== 'local' &&
          from(entry.source) &&
          (entry.kind === 'namespace' || entry.name === name)
        )
          this.#export(other, exported)
      for (const star of other.stars) if (from(star)) this.#export(other, name)
      for (const call of other.calls)
        if (call.callee.name === 'require' && from(call.arguments[0]?.value)) this.#hold(other, call)
      if (/\bimport\s*\(/.test(other.text))
        walk(other.program, (node) => {
          if (node.type === 'ImportExpression' && from(node.source.value)) this.#hold(other, node)
          return undefined
        })
    }
  }

  /** Every member of this name may be it. */
  #member(name: string): void {
    if (this.#members.has(name)) return
    this.#members.add(name)
    this.#wanted.add(name)
  }

  /** Looks for the members that are wanted, all in one search. */
  #findMembers(): void {
    const names = this.#wanted
    this.#wanted = new Set()
    for (const module of this.#modulesWith(names)) {
      for (const name of names) for (const node of module.membersNamed(name)) this.#hold(module, node)
      walk(module.program, (node) => {
        if (
          node.type === 'Property' &&
          node.parent.type === 'ObjectPattern' &&
          names.has(keyName(node) ?? '')
        )
          for (const binding of bindingsOf(node.value)) this.#hold(module, binding.id)
        // `context.get('db')`: asked for by the name that it was kept under.
        else if (node.type === 'Literal' && names.has(node.value)) {
          if (node.parent?.type === 'CallExpression') this.#hold(module, node.parent)
          else if (node.parent?.type === 'VariableDeclarator')
            for (const binding of bindingsOf(node.parent.id)) this.#hold(module, binding.id)
        }
        return undefined
      })
    }
  }

  /** The parsed files whose text holds one of these words. */
  #modulesWith(words: ReadonlySet<string>): Module[] {
    const { repository } = this.#program
    const pattern = new RegExp(`(?<![\\w$])(?:${[...words].map(escaped).join('|')})(?![\\w$])`)
    const found = repository.files
      .map((path) => repository.absolute(path))
      .filter((file) => pattern.test(repository.raw(file)))
    if (found.length > this.#most) {
      this.#open ??= `\`${[...words].join('`, `')}\` stand in ${found.length} files`
      return []
    }
    return found.flatMap((file) => repository.module(file) ?? [])
  }

  /** Whoever calls the function gets it, or is handed it in a callback. */
  #returned(module: Module, fn: Node): void {
    if (this.#functions.has(fn)) return
    this.#functions.add(fn)
    const binding = nameOf(fn)
    const outer = wrapped(fn)
    const { parent } = outer
    if (binding) this.#hold(module, binding.id)
    else if (['MethodDefinition', 'PropertyDefinition', 'Property'].includes(parent.type)) {
      const name = keyName(parent)
      if (name === undefined) this.#open ??= 'a method whose name is computed returns one'
      else if (parent.kind !== 'constructor') this.#member(name)
      for (const to of provided(parent)) this.#go(module, to)
    } else if (parent.type === 'CallExpression' || parent.type === 'NewExpression') {
      if (parent.callee !== outer) this.#argument(module, parent, parent.arguments.indexOf(outer))
      this.#hold(module, parent)
    }
    // An arrow function, a default export, a list of functions: it goes where the function goes.
    else this.#hold(module, fn)
  }

  #argument(module: Module, call: Node, index: number): void {
    const callee = unwrap(call.callee)
    // What comes out may be what went in, and functions beside it may be handed it.
    this.#hold(module, call)
    this.#callbacks(module, call)
    for (const argument of call.arguments as Node[])
      if (argument.type === 'Literal' && typeof argument.value === 'string') this.#member(argument.value)
    const fn = callee.type === 'Super' ? this.#baseOf(module, callee) : this.#functionOf(module, callee)
    if (fn) this.#parameter(fn, index)
    // `callback(client)`: whoever hands over the callback has it.
    else if (callee.type === 'Identifier' && callee.binding?.kind === 'parameter')
      this.#returned(module, callee.binding.declaration)
    else {
      if (callee.type === 'MemberExpression') this.#handed(module, callee, index)
      if (callee.type !== 'MemberExpression' || callee.computed) this.#chosen(module, callee, index)
    }
  }

  /** What is called is looked up: `handlers[kind](client)`. */
  #chosen(module: Module, callee: Node, index: number): void {
    for (const value of alternatives(evaluate(this.#program, module, callee)))
      if (value.kind === 'function' || value.kind === 'class') this.#parameter(value, index)
  }

  /** What is handed to a method may stay in what the method is called on, or go to any method of that name. */
  #handed(module: Module, callee: Node, index: number): void {
    for (const to of holder(callee.object)) this.#go(module, to)
    const name = memberName(callee)
    if (name !== undefined && !isOfPlatform(callee.object)) this.#parametersOf(name, index)
  }

  /** The function or class that a callee names. */
  #functionOf(module: Module, callee: Node): Place | undefined {
    if (isFunction(callee)) return { module, node: callee }
    const declared = this.#program.declaredOf(module, callee)
    const id: Node | undefined = declared?.kind === 'local' ? declared.node : callee.binding?.id
    if (!id) return undefined
    const home = declared?.kind === 'local' ? declared.module : module
    const node = functionBehind(id)
    return node && { module: home, node }
  }

  /** The class whose constructor `super(…)` calls. */
  #baseOf(module: Module, callee: Node): Place | undefined {
    for (let at: Node | undefined = callee.parent; at; at = at.parent)
      if (isClass(at)) return at.superClass ? this.#functionOf(module, unwrap(at.superClass)) : undefined
    return undefined
  }

  /** Methods and functions in objects of this name may be given it. */
  #parametersOf(name: string, index: number): void {
    const key = `${name}\0${index}`
    if (this.#parameters.has(key)) return
    this.#parameters.add(key)
    for (const module of this.#modulesWith(new Set([name]))) {
      walk(module.program, (node) => {
        const value =
          (node.type === 'MethodDefinition' ||
            node.type === 'Property' ||
            node.type === 'PropertyDefinition') &&
          keyName(node) === name &&
          node.value
            ? unwrap(node.value)
            : node.type === 'FunctionDeclaration' && node.id?.name === name
              ? node
              : undefined
        if (value && isFunction(value)) this.#parameter({ module, node: value }, index)
        return undefined
      })
      if (this.#open !== undefined) return
    }
  }

  #parameter({ module, node }: Place, index: number): void {
    if (!isFunction(node) && !isClass(node)) return
    const fn = isFunction(node) ? node : constructorOf(node)
    if (!fn) {
      const base = node.superClass && this.#functionOf(module, unwrap(node.superClass))
      if (base && base.node !== node && !isFunction(base.node)) this.#parameter(base, index)
      return
    }
    const params = fn.params as Node[]
    // What is spread may stand at any place behind.
    const parameter = params[index] ?? (params.at(-1)?.type === 'RestElement' ? params.at(-1) : undefined)
    if (parameter) this.#receives(module, parameter)
  }

  #receives(module: Module, parameter: Node): void {
    const pattern = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter
    const bindings = bindingsOf(pattern.type === 'RestElement' ? pattern.argument : pattern)
    for (const binding of bindings) {
      this.#hold(module, binding.id)
      if (parameter.type === 'TSParameterProperty') this.#member(binding.name)
    }
  }

  /** A class that extends it: its name, and `this` in its methods. */
  #class(module: Module, cls: Node): void {
    const id: Node | undefined =
      cls.id ?? (wrapped(cls).parent.type === 'VariableDeclarator' ? wrapped(cls).parent.id : undefined)
    if (id?.binding) this.#hold(module, id.binding.id)
    else this.#hold(module, cls)
    walk(cls.body, (node) => {
      if (node.type === 'ThisExpression' || node.type === 'Super') this.#hold(module, node)
      return undefined
    })
  }

  /** Whoever asks for a token by its text or its name. */
  #token(module: Module, node: Node): void {
    for (const value of alternatives(evaluate(this.#program, module, node)))
      if (value.kind === 'literal' && typeof value.value === 'string') this.#member(value.value)
    const declared = this.#program.declaredOf(module, unwrap(node))
    if (declared?.kind === 'local') this.#hold(declared.module, declared.node.binding?.id ?? declared.node)
    else for (const binding of bindingsOf(unwrap(node))) this.#hold(module, binding.id)
  }

  /** The functions that a call is given, also in objects and by their names, may be handed it. */
  #callbacks(module: Module, call: Node): void {
    for (const argument of call.arguments as Node[]) {
      walk(argument, (node) => {
        if (node.type === 'CallExpression' || node.type === 'ClassExpression') return false
        const fn = isFunction(node)
          ? { module, node }
          : node.type === 'Identifier'
            ? this.#functionOf(module, node)
            : undefined
        if (node.type === 'Identifier' && node.binding?.kind === 'parameter')
          this.#returned(module, node.binding.declaration)
        if (!fn || !isFunction(fn.node)) return undefined
        for (const parameter of fn.node.params as Node[]) this.#receives(fn.module, parameter)
        return false
      })
    }
  }

  #callsOf(module: Module): CallKinds {
    let kinds = this.#calls.get(module)
    if (kinds) return kinds
    const { dialects } = this.#program
    const sight = sightOf(this.#program, module)
    kinds = {
      isQuery: (call) =>
        dialects.some((dialect) =>
          [dialect.recognise(call) ?? []]
            .flat()
            .some(
              (candidate) =>
                candidate.certain ||
                candidate.likely === true ||
                candidate.kind === 'auth' ||
                dialect.isOwn?.(candidate, sight) === true,
            ),
        ),
      ends: (method) =>
        dialects.some(({ transactions, controls }) => transactions?.has(method) || controls?.has(method)),
    }
    this.#calls.set(module, kinds)
    return kinds
  }
}

/** Whether an import takes a name; a namespace takes all of them. */
function imports(specifier: Node, name: string): boolean {
  if (specifier.type === 'ImportNamespaceSpecifier') return true
  const taken =
    specifier.type === 'ImportDefaultSpecifier'
      ? 'default'
      : (specifier.imported.name ?? specifier.imported.value)
  // A default import may be a whole CommonJS module.
  return taken === name || taken === 'default'
}

/** The function or class that an identifier declares. */
function functionBehind(id: Node): Node | undefined {
  const declaration: Node = id.binding?.declaration ?? id
  if ((isFunction(declaration) && declaration.id === id) || isClass(declaration)) return declaration
  if (isFunction(id)) return id
  const init =
    declaration.type === 'VariableDeclarator' && declaration.init ? unwrap(declaration.init) : undefined
  return init && (isFunction(init) || isClass(init)) ? init : undefined
}

function isClass(node: Node): boolean {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
}

/** Names a place in its file: an expression, without parentheses and casts around it. */
export function placeOf(node: Node): string {
  const { start, end } = unwrap(node)
  return `${start}:${end}`
}
