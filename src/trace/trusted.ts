import type { Module } from '../repo/module.ts'
import { isFunction, memberName, type Node, unwrap, walk } from '../repo/node.ts'
import { evaluate } from './evaluate.ts'
import type { NamedValue } from './names.ts'
import { type AccessPath, accessPath, leaves, samePath, statementsOf } from './narrowing.ts'
import type { Program } from './program.ts'
import { alternatives, requestOf } from './values.ts'

/** Members of lists and sets that say whether an element is among them. */
const membership = new Set(['includes', 'has', 'some', 'find', 'findIndex', 'indexOf', 'get'])

/**
 * Whether an id that comes from the request is checked on every way to the place that reads it: compared with a
 * trusted value, looked for among trusted ones, or handed to a function that the rules name in `checkedBy`.
 */
export function isChecked(program: Program, module: Module, expression: Node): boolean {
  const paths = pathsOf(expression)
  if (paths.length === 0) return false
  const check = new Check(program, module, paths)
  for (const item of before(expression))
    if ('ran' in item ? check.runs(item.ran) : check.holds(item.holds, item.truth)) return true
  return false
}

/** The path of an expression, as it is written and followed through constants. */
function pathsOf(expression: Node): AccessPath[] {
  const node = unwrap(expression)
  const whole = accessPath(node)
  const own = node.type === 'Identifier' && node.binding ? [{ binding: node.binding, names: [] }] : []
  const inner = node.type === 'CallExpression' && node.arguments[0] ? pathsOf(node.arguments[0]) : []
  return [...(whole ? [whole] : []), ...own, ...inner]
}

/** Conditions that hold and statements that have run whenever control reaches a node, nearest first. */
function* before(node: Node): Generator<{ holds: Node; truth: boolean } | { ran: Node }> {
  for (let at = node, parent = node.parent; parent; at = parent, parent = at.parent) {
    const list = statementsOf(parent)
    if (list) yield* ranBefore(list.slice(0, list.indexOf(at)).reverse())
    else if ((parent.type === 'IfStatement' || parent.type === 'ConditionalExpression') && at !== parent.test)
      yield { holds: parent.test, truth: at === parent.consequent }
    else if (parent.type === 'LogicalExpression' && at === parent.right && parent.operator !== '??')
      yield { holds: parent.left, truth: parent.operator === '&&' }
    if (parent.type === 'FunctionDeclaration' || parent.type === 'MethodDefinition') return
  }
}

function* ranBefore(statements: readonly Node[]): Generator<{ holds: Node; truth: boolean } | { ran: Node }> {
  for (const statement of statements) {
    if (statement.type === 'IfStatement') {
      yield { ran: statement.test }
      if (leaves(statement.consequent)) yield { holds: statement.test, truth: false }
      else if (leaves(statement.alternate)) yield { holds: statement.test, truth: true }
    } else if (statement.type === 'TryStatement') {
      if (leaves(statement.handler?.body)) yield* ranBefore([...statement.block.body].reverse())
    } else if (statement.type === 'ExpressionStatement' || statement.type === 'VariableDeclaration')
      yield { ran: statement }
  }
}

/** The values that an argument is made of: those of an object literal (`{ where: { id, userId } }`), or itself. */
function valuesIn(argument: Node): Node[] {
  const node = unwrap(argument)
  if (node.type === 'ObjectExpression')
    return (node.properties as Node[]).flatMap((entry) =>
      entry.type === 'Property' ? valuesIn(entry.value) : [],
    )
  if (node.type === 'ArrayExpression')
    return (node.elements as (Node | null)[]).flatMap((element) => (element ? valuesIn(element) : []))
  return [argument]
}

const checkers = new WeakMap<Program, readonly NamedValue[]>()

/** The functions that the rules name in `checkedBy`. */
function checkersOf(program: Program): readonly NamedValue[] {
  let known = checkers.get(program)
  if (!known) {
    known = program.rules.tenantId.sources.flatMap((source) =>
      source.kind === 'request' ? source.checkedBy.map((name) => program.named(name)) : [],
    )
    checkers.set(program, known)
  }
  return known
}

class Check {
  readonly #program: Program
  readonly #module: Module
  readonly #paths: readonly AccessPath[]

  constructor(program: Program, module: Module, paths: readonly AccessPath[]) {
    this.#program = program
    this.#module = module
    this.#paths = paths
  }

  /** Whether a statement calls a checking function with the id. */
  runs(statement: Node): boolean {
    let found = false
    walk(statement, (node) => {
      if (isFunction(node)) return false
      if (
        node.type === 'CallExpression' &&
        this.#isChecker(node.callee) &&
        node.arguments.some((argument: Node) => this.#mentions(argument))
      )
        found = true
    })
    return found
  }

  /** Whether a condition can only have this outcome when the id is a trusted one. */
  holds(condition: Node, truth: boolean): boolean {
    const node = unwrap(condition)
    switch (node.type) {
      case 'UnaryExpression':
        return node.operator === '!' && this.holds(node.argument, !truth)
      case 'LogicalExpression': {
        if (node.operator === '??') return false
        const either = (node.operator === '&&') === truth
        return either
          ? this.holds(node.left, truth) || this.holds(node.right, truth)
          : this.holds(node.left, truth) && this.holds(node.right, truth)
      }
      case 'BinaryExpression':
        return this.#compares(node, truth)
      case 'AwaitExpression':
        return this.holds(node.argument, truth)
      case 'CallExpression':
        return truth && this.#isMember(node)
      case 'Identifier':
      case 'MemberExpression':
        return truth && this.#isFound(node)
      default:
        return false
    }
  }

  #compares(node: Node, truth: boolean): boolean {
    const equal = node.operator === '===' || node.operator === '=='
    if (!equal && node.operator !== '!==' && node.operator !== '!=') return false
    const [left, right] = [unwrap(node.left), unwrap(node.right)]
    const other = this.#is(left) ? right : this.#is(right) ? left : undefined
    if (other) return equal === truth && this.#isTrusted(other)
    // `ids.indexOf(id) === -1`
    const call = left.type === 'CallExpression' ? left : right.type === 'CallExpression' ? right : undefined
    return call !== undefined && equal !== truth && this.#isMember(call)
  }

  /** `ids.includes(id)`, `memberships.some((item) => item.tenantId === id)`, a checking function of the rules. */
  #isMember(call: Node): boolean {
    const callee = unwrap(call.callee)
    if (!call.arguments.some((argument: Node) => this.#mentions(argument))) return false
    if (this.#isChecker(callee)) return true
    return (
      callee.type === 'MemberExpression' &&
      membership.has(memberName(callee) ?? '') &&
      requestOf(evaluate(this.#program, this.#module, callee.object)) === undefined
    )
  }

  /** A constant that is only there when a check or a query for the id together with a trusted value has found something. */
  #isFound(node: Node): boolean {
    let at = node
    while (at.type === 'MemberExpression') at = unwrap(at.object)
    const declarator =
      at.type === 'Identifier' && at.binding?.kind === 'const' ? at.binding.declaration : undefined
    if (
      declarator?.type !== 'VariableDeclarator' ||
      !declarator.init ||
      this.#paths.some((path) => path.binding === at.binding)
    )
      return false
    let init = unwrap(declarator.init)
    if (init.type === 'AwaitExpression') init = unwrap(init.argument)
    if (init.type !== 'CallExpression')
      return init.type === 'BinaryExpression' || init.type === 'LogicalExpression'
        ? this.holds(init, true)
        : false
    if (this.#isMember(init)) return true
    let byId = false
    let byTrusted = false
    walk(init, (inner) => {
      if (inner.type !== 'CallExpression') return
      for (const argument of (inner.arguments as Node[]).flatMap(valuesIn)) {
        if (this.#mentions(argument)) byId = true
        else if (
          argument.type === 'MemberExpression' ||
          argument.type === 'Identifier' ||
          argument.type === 'ChainExpression' ||
          argument.type === 'TSNonNullExpression'
        )
          byTrusted ||= this.#isTrusted(argument)
      }
    })
    return byId && byTrusted
  }

  #isChecker(callee: Node): boolean {
    const named = checkersOf(this.#program)
    if (named.length === 0) return false
    const declared = this.#program.declaredOf(this.#module, unwrap(callee))
    return (
      declared !== undefined &&
      named.some(
        (value) =>
          value.matches(declared) ||
          (declared.kind === 'external' && value.matchesExternal(declared.module, declared.name)),
      )
    )
  }

  #is(node: Node): boolean {
    const found = pathsOf(node)
    return found.some((path) => this.#paths.some((other) => samePath(path, other)))
  }

  #mentions(expression: Node): boolean {
    let found = false
    walk(expression, (node) => {
      if ((node.type === 'Identifier' || node.type === 'MemberExpression') && this.#is(node)) found = true
    })
    return found
  }

  /** A value that is neither written in the code nor chosen by whoever sends the request. */
  #isTrusted(expression: Node): boolean {
    const value = evaluate(this.#program, this.#module, expression)
    return requestOf(value) === undefined && alternatives(value).every((item) => item.kind !== 'literal')
  }
}
