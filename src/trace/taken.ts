import type { Candidate, Dialect } from '../dialects/dialect.ts'
import type { Module } from '../repo/module.ts'
import {
  enclosingFunction,
  isFunction,
  keyName,
  memberName,
  type Node,
  unwrap,
  walk,
  wrapped,
} from '../repo/node.ts'
import { callersOf, isTypePosition, usesOf } from './callers.ts'
import { evaluate } from './evaluate.ts'
import { bindingsOf } from './holders.ts'
import { isPlatformReflect } from './indirect.ts'
import type { Program } from './program.ts'
import { alternatives, literalTexts } from './values.ts'

/** An access whose call does not stand on the client: the method was taken off it before. */
export interface TakenOff {
  readonly module: Module
  readonly dialect: Dialect
  readonly candidate: Candidate
}

/**
 * Accesses by methods that a module takes off a client: `const { from } = client`, `client.from.bind(client)`,
 * `Reflect.apply(client.from, …)`, `client[name](…)`. Each is followed to the calls it is used in, through names,
 * parameters and other modules; where it can't be followed, the place itself is an access whose table is not known.
 */
export function takenOff(program: Program, module: Module): TakenOff[] {
  return program.dialects.flatMap((dialect) =>
    dialect.methods?.hint.test(module.text) ? new Search(program, dialect).of(module) : [],
  )
}

class Search {
  readonly #program: Program
  readonly #dialect: Dialect
  readonly #names: ReadonlySet<string>
  readonly #found: TakenOff[] = []
  readonly #seen = new Set<Node>()

  constructor(program: Program, dialect: Dialect) {
    this.#program = program
    this.#dialect = dialect
    this.#names = dialect.methods!.names
  }

  of(module: Module): TakenOff[] {
    walk(module.program, (node) => {
      if (node.type === 'MemberExpression') this.#member(module, node)
      else if (node.type === 'CallExpression' && isReflect(node.callee, 'get')) this.#value(module, node)
      else if (
        node.type === 'Property' &&
        node.parent.type === 'ObjectPattern' &&
        this.#isNamed(keyName(node))
      )
        for (const binding of bindingsOf(node.value))
          if (this.#isTaken(module, binding.id)) this.#uses(module, binding.id)
      return undefined
    })
    return this.#found
  }

  #isNamed(name: string | undefined): boolean {
    return name !== undefined && this.#names.has(name)
  }

  #member(module: Module, node: Node): void {
    const outer = wrapped(node)
    const isCalled = outer.parent.type === 'CallExpression' && outer.parent.callee === outer
    const name = memberName(node)
    if (name !== undefined) {
      if (isCalled || !this.#names.has(name) || isWritten(outer)) return
      this.#value(module, node)
    } else if (isCalled && this.#isTaken(module, node))
      this.#call(module, outer.parent, node, outer.parent.arguments)
    else if (
      isCalled &&
      alternatives(evaluate(this.#program, module, node.object)).some((item) => item.kind === 'client') &&
      !literalTexts(evaluate(this.#program, module, node.property))
    )
      this.#lost(module, node, 'which method of the client is called is only known at run time')
  }

  /** Whether an expression is, or may be, one of the methods. */
  #isTaken(module: Module, node: Node): boolean {
    return alternatives(evaluate(this.#program, module, node)).some(
      (item) => item.kind === 'method' && this.#names.has(item.name.split('.').at(-1)!),
    )
  }

  #value(module: Module, node: Node): void {
    if (this.#isTaken(module, node)) this.#follow(module, node)
  }

  /** Every place that reads a name which holds the method. */
  #uses(module: Module, id: Node): void {
    if (!id.binding || this.#seen.has(id)) return
    this.#seen.add(id)
    for (const use of usesOf(this.#program, module, id.binding))
      if (!isTypePosition(use.node) && !id.binding.writes.includes(use.node))
        this.#follow(use.module, use.node)
  }

  #follow(module: Module, node: Node): void {
    if (this.#seen.has(node)) return
    this.#seen.add(node)
    if (!this.#goesOn(module, node)) this.#lost(module, node)
  }

  /** Follows the method from one place to the next; false where the trail ends. */
  #goesOn(module: Module, node: Node): boolean {
    const outer = wrapped(node)
    const { parent } = outer
    switch (parent.type) {
      case 'VariableDeclarator':
        if (parent.id.type !== 'Identifier') return false
        this.#uses(module, parent.id)
        return true
      case 'AssignmentExpression':
        if (parent.left.type === 'Identifier' && parent.left.binding) {
          this.#uses(module, parent.left.binding.id)
          return true
        }
        // What is kept under the method's own name is called in a shape that says so.
        return parent.left.type === 'MemberExpression' && this.#isNamed(memberName(parent.left))
      case 'Property':
      case 'PropertyDefinition':
        return this.#isNamed(keyName(parent))
      case 'MemberExpression':
        this.#indirect(module, node, parent)
        return true
      case 'CallExpression':
        if (parent.callee !== outer)
          return this.#argument(module, node, parent, parent.arguments.indexOf(outer))
        this.#call(module, parent, node, parent.arguments)
        return true
      case 'ConditionalExpression':
      case 'LogicalExpression':
      case 'AwaitExpression':
        if (parent.test !== outer) this.#follow(module, parent)
        return true
      case 'ReturnStatement':
      case 'ArrowFunctionExpression':
        return this.#returned(isFunction(parent) ? parent : enclosingFunction(parent), module)
      default:
        return [
          'ExpressionStatement',
          'ExportSpecifier',
          'IfStatement',
          'UnaryExpression',
          'BinaryExpression',
        ].includes(parent.type)
    }
  }

  /** `method.bind(client)`, `method.call(client, 't')`, `method.apply(client, ['t'])` */
  #indirect(module: Module, node: Node, member: Node): void {
    const outer = wrapped(member)
    const call = outer.parent
    if (call.type !== 'CallExpression' || call.callee !== outer) return
    const given = call.arguments as Node[]
    const name = memberName(member)
    if (name === 'bind') this.#follow(module, call)
    else if (name === 'call') this.#call(module, call, node, given.slice(1))
    else if (name === 'apply') this.#call(module, call, node, listed(given[1]))
  }

  #argument(module: Module, node: Node, call: Node, index: number): boolean {
    if (isReflect(call.callee, 'apply') && index === 0) {
      this.#call(module, call, node, listed(call.arguments[2]))
      return true
    }
    const parameters = alternatives(evaluate(this.#program, module, call.callee)).map((value) =>
      value.kind === 'function' && value.node.body && value.node.params[index]?.type === 'Identifier'
        ? { module: value.module, id: value.node.params[index] as Node }
        : undefined,
    )
    if (parameters.includes(undefined)) return false
    for (const parameter of parameters) this.#uses(parameter!.module, parameter!.id)
    return true
  }

  #returned(fn: Node | undefined, module: Module): boolean {
    if (!fn) return false
    const { calls, open } = callersOf(this.#program, module, fn)
    if (open !== undefined || calls.length === 0) return false
    for (const call of calls) this.#follow(call.module, call.node)
    return true
  }

  #call(module: Module, call: Node, method: Node, given: readonly Node[]): void {
    const names = alternatives(evaluate(this.#program, module, method)).flatMap((item) =>
      item.kind === 'method' ? [item.name] : [],
    )
    const candidate = this.#dialect.methods!.access(call, names[0] ?? '', given[0])
    this.#found.push({
      module,
      dialect: this.#dialect,
      candidate: {
        ...candidate,
        receiver: method,
        detached: `its method is taken off the client before it is called (\`${textOf(module, method)}\`): call it on a client`,
      },
    })
  }

  #lost(
    module: Module,
    node: Node,
    reason = 'the method is taken off its client here and can not be followed',
  ): void {
    const text = textOf(module, node)
    this.#found.push({
      module,
      dialect: this.#dialect,
      candidate: {
        call: node,
        receiver: this.#isTaken(module, node) ? node : node.object,
        kind: 'table',
        operation: 'query',
        certain: true,
        nameless: `${reason} (\`${text}\`)`,
        detached: `its method is taken off the client (\`${text}\`): call it on a client`,
      },
    })
  }
}

function isWritten(node: Node): boolean {
  return node.parent.type === 'AssignmentExpression' && node.parent.left === node
}

/** `Reflect.get`, `Reflect.apply` of the platform. */
function isReflect(callee: Node, name: string): boolean {
  const member = unwrap(callee)
  return member.type === 'MemberExpression' && memberName(member) === name && isPlatformReflect(member.object)
}

/** The elements of a list that is written out. */
function listed(node: Node | undefined): readonly Node[] {
  const list = node && unwrap(node)
  return list?.type === 'ArrayExpression' ? list.elements.filter(Boolean) : []
}

function textOf(module: Module, node: Node): string {
  const text = module.text.slice(node.start, node.end).replace(/\s+/g, ' ')
  return text.length > 48 ? `${text.slice(0, 47)}…` : text
}
