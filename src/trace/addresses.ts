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
import { clientAt } from './constructed.ts'
import { evaluate } from './evaluate.ts'
import { calleeName } from './holders.ts'
import type { Place, Program } from './program.ts'
import { alternatives, type Value } from './values.ts'

/** A request to a database's own address, with the client that the address stands for. */
export interface Addressed {
  readonly module: Module
  readonly dialect: Dialect
  readonly candidate: Candidate
  readonly client: Value
}

/**
 * Requests that a module sends to a database without a client: ``fetch(`${url}/rest/v1/accounts`)``. The text of the
 * address is followed to the call that sends it, through names, functions and other modules; one that is handed to
 * something unknown is an access at the place where it is written.
 */
export function addressed(program: Program, module: Module): Addressed[] {
  return program.dialects.flatMap((dialect) =>
    dialect.addresses?.hint.test(module.text) ? new Search(program, dialect).of(module) : [],
  )
}

/** Methods of texts, logs and pretended servers: what they are asked is no request. */
const notSending = new Set([
  'includes',
  'startsWith',
  'endsWith',
  'indexOf',
  'match',
  'test',
  'split',
  'search',
  'log',
  'error',
  'warn',
  'info',
  'debug',
  'route',
  'intercept',
  'waitForRequest',
  'waitForResponse',
])
/** Names of options that an address is sent by. */
const addressKeys = new Set([
  'url',
  'uri',
  'href',
  'path',
  'endpoint',
  'baseURL',
  'baseUrl',
  'prefixUrl',
  'input',
])
/** Packages that pretend to be a server. */
const pretending = new Set(['msw', 'nock', '@playwright/test', 'playwright', 'vitest', '@jest/globals'])

/** An address on its way to the call that sends the request. */
interface Address {
  /** The text that names the table. */
  readonly text: Place
  /** The text that it is a part of by now, for the variable that the host comes from. */
  readonly within: Place
  /** Whether `text` still grows: it is not put together on behalf of one caller of several. */
  readonly grows: boolean
}

class Search {
  readonly #program: Program
  readonly #dialect: Dialect
  readonly #found: Addressed[] = []
  readonly #seen = new Set<Node>()

  constructor(program: Program, dialect: Dialect) {
    this.#program = program
    this.#dialect = dialect
  }

  of(module: Module): Addressed[] {
    const { hint } = this.#dialect.addresses!
    walk(module.program, (node) => {
      const written =
        node.type === 'TemplateElement' ? node.value.cooked : node.type === 'Literal' ? node.value : undefined
      if (typeof written !== 'string' || !hint.test(written) || isSource(node)) return undefined
      const text = { module, node: node.type === 'TemplateElement' ? node.parent : node }
      this.#seen.clear()
      this.#follow(module, text.node, { text, within: text, grows: true })
      return undefined
    })
    return this.#found
  }

  #follow(module: Module, node: Node, address: Address): void {
    if (this.#seen.has(node)) return
    this.#seen.add(node)
    if (!this.#goesOn(module, node, address)) this.#sent(module, undefined, address)
  }

  /** Follows the address from one place to the next; false where the trail ends. */
  #goesOn(module: Module, node: Node, address: Address): boolean {
    const outer = wrapped(node)
    const { parent } = outer
    const through = (next: Node, as: Address = address): true => {
      this.#follow(module, next, as)
      return true
    }
    const whole = { module, node: parent }
    switch (parent.type) {
      case 'BinaryExpression':
        if (parent.operator !== '+') return true
        return through(parent, { ...address, within: whole, ...(address.grows ? { text: whole } : {}) })
      case 'TemplateLiteral':
        return through(parent, { ...address, within: whole, ...(address.grows ? { text: whole } : {}) })
      case 'ConditionalExpression':
      case 'LogicalExpression':
      case 'AwaitExpression':
        return through(parent)
      case 'NewExpression':
        if (calleeName(parent) === 'URL') return through(parent, { ...address, within: whole, grows: false })
        this.#sent(module, parent, address)
        return true
      case 'MemberExpression': {
        const member = wrapped(parent)
        if (!['toString', 'href', 'replace', 'concat'].includes(memberName(parent) ?? '')) return true
        const called = member.parent.type === 'CallExpression' && member.parent.callee === member
        return through(called ? member.parent : parent, { ...address, grows: false })
      }
      case 'VariableDeclarator':
        return parent.id.type === 'Identifier' && this.#uses(module, parent.id, address)
      case 'AssignmentExpression':
        return parent.left.type === 'Identifier' && parent.left.binding
          ? this.#uses(module, parent.left.binding.id, address)
          : false
      case 'Property': {
        // A whole address under another name is an example or a link.
        if (!addressKeys.has(keyName(parent) ?? '') && outer.type === 'Literal') return true
        const object = wrapped(parent.parent)
        return object.parent.type === 'CallExpression' && this.#argument(module, object, address)
      }
      case 'CallExpression':
        return parent.callee === outer || this.#argument(module, outer, address)
      case 'ReturnStatement':
      case 'ArrowFunctionExpression':
        return this.#returned(module, isFunction(parent) ? parent : enclosingFunction(parent), address)
      default:
        return !parent.type.startsWith('JSX') && parent.type !== 'PropertyDefinition'
    }
  }

  #uses(module: Module, id: Node, address: Address): boolean {
    if (this.#seen.has(id)) return true
    this.#seen.add(id)
    for (const use of usesOf(this.#program, module, id.binding!)) {
      if (isTypePosition(use.node) || id.binding!.writes.includes(use.node)) continue
      this.#follow(use.module, use.node, address.grows ? { ...address, text: use, within: use } : address)
    }
    return true
  }

  /** Into the function that is called with the address; a function that is not known sends it. */
  #argument(module: Module, argument: Node, address: Address): boolean {
    const call = argument.parent
    const callee = unwrap(call.callee)
    if (callee.type === 'MemberExpression' && notSending.has(memberName(callee) ?? '')) return true
    const values = alternatives(evaluate(this.#program, module, callee))
    if (values.some((value) => value.kind === 'external' && pretending.has(value.module))) return true
    const index = call.arguments.indexOf(argument)
    const before = this.#found.length
    for (const value of values) {
      const parameter = value.kind === 'function' && value.node.body ? value.node.params[index] : undefined
      if (value.kind === 'function' && parameter?.type === 'Identifier')
        this.#uses(value.module, parameter, { ...address, grows: false })
    }
    if (this.#found.length === before) this.#sent(module, call, address)
    return true
  }

  #returned(module: Module, fn: Node | undefined, address: Address): boolean {
    const callers = fn && callersOf(this.#program, module, fn)
    if (!callers || callers.open !== undefined || callers.calls.length === 0) return false
    for (const call of callers.calls)
      this.#follow(call.module, call.node, address.grows ? { ...address, text: call } : address)
    return true
  }

  #sent(module: Module, call: Node | undefined, { text, within }: Address): void {
    const sending = call && module === text.module ? call : text.node
    const method = call && (calleeName(call) ?? '')
    const candidate = alternatives(evaluate(this.#program, text.module, text.node))
      .flatMap((item) => {
        const parts =
          item.kind === 'text' ? item.parts : item.kind === 'literal' ? [String(item.value)] : undefined
        return parts ? [this.#dialect.addresses!.access(sending, text.node, parts, method)] : []
      })
      .find((found) => found !== undefined)
    if (!candidate) return
    this.#found.push({
      module: text.module,
      dialect: this.#dialect,
      candidate,
      client: clientAt(this.#program, this.#dialect, [text, within]),
    })
  }
}

/** The source of an import. */
function isSource(node: Node): boolean {
  return /^(?:Import|Export)/.test(node.parent.type)
}
