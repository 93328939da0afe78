import type { Module } from '../repo/module.ts'
import { type Binding, keyName, memberName, type Node, unwrap, wrapped } from '../repo/node.ts'
import { bindingValue } from './bindings.ts'
import { callValue } from './calls.ts'
import { readyClient } from './entries.ts'
import type { Program } from './program.ts'
import { property } from './properties.ts'
import { alternatives, awaited, type Frame, promised, requestOf, union, type Value } from './values.ts'

/** How far calls are followed into each other on behalf of one call before the trail is given up. */
export const maxDepth = 8

/**
 * What an expression may be, found by following names, calls and members through the whole program.
 * @param frame the call on whose behalf a function body is looked at; without it, parameters join all callers
 */
export function evaluate(program: Program, module: Module, expression: Node, frame?: Frame): Value {
  const node = unwrap(expression)
  const { recording } = program
  recording?.reach(module, node)
  const memo = frame?.memo ?? recording?.memoOf(module) ?? program.memo(module).values
  const known = memo.get(node)
  if (known) return known
  const unknown = (reason: string): Value => ({ kind: 'unknown', reason, module, node })
  if (program.running.has(node) && !frame) return unknown('depends on itself')
  if ((frame?.depth ?? 0) > maxDepth) return unknown('the calls go too deep')
  const key = frame ? undefined : node
  if (key) program.running.add(key)
  program.depth++
  recording?.begin(node)
  const value =
    program.depth > 400 ? unknown('the trail is too long') : compute(program, module, node, frame, unknown)
  program.depth--
  recording?.end(node, value)
  if (key) program.running.delete(key)
  // A value that met a running evaluation is provisional; it is kept only when nothing is running any more.
  if (frame || program.running.size === 0 || !isProvisional(value)) memo.set(node, value)
  return value
}

function isProvisional(value: Value): boolean {
  return alternatives(value).some(
    (item) =>
      (item.kind === 'unknown' && item.reason === 'depends on itself') ||
      (item.kind === 'promise' && isProvisional(item.of)),
  )
}

function compute(
  program: Program,
  module: Module,
  node: Node,
  frame: Frame | undefined,
  unknown: (reason: string) => Value,
): Value {
  const again = (child: Node) => evaluate(program, module, child, frame)
  switch (node.type) {
    case 'Literal':
      return { kind: 'literal', value: node.regex ? undefined : node.value }
    case 'Identifier':
      if (node.binding)
        return bindingsOfPlatform(
          node.name,
          bindingValue(program, module, node.binding as Binding, node, frame),
        )
      if (node.name === 'undefined') return { kind: 'literal', value: undefined }
      if (node.name === 'arguments') return unknown('it comes out of `arguments`')
      return { kind: 'external', module: 'global', path: [node.name] }
    case 'ThisExpression':
      return thisValue(program, module, node, frame) ?? unknown('`this` outside of a class')
    case 'Super':
      return baseOf(program, module, node) ?? unknown('a base class that is not known')
    case 'MemberExpression': {
      const name = memberName(node)
      if (name !== undefined)
        return bindingsOfPlatform(name, property(program, again(node.object), name, { module, node }, frame))
      const index = alternatives(again(node.property))
      const object = again(node.object)
      if (index.every((item) => item.kind === 'literal'))
        return union(
          index.map((item) =>
            property(program, object, String((item as { value: unknown }).value), { module, node }, frame),
          ),
        )
      return (
        clientMember(program, object) ??
        anyMember(program, object, frame) ??
        unknown('a member whose name is computed')
      )
    }
    case 'CallExpression':
    case 'NewExpression':
      return callValue(program, module, node, frame)
    case 'TaggedTemplateExpression': {
      const made = alternatives(again(node.tag)).flatMap((tag) =>
        tag.kind === 'external'
          ? (program.made(tag, module, node, frame) ?? [])
          : program.isBuildingTag(tag)
            ? { kind: 'made' as const, by: 'client.`', node, module, path: [], ...(frame ? { frame } : {}) }
            : [],
      )
      // Any other tag is a function; the texts it is called with are no values that matter.
      return made.length > 0
        ? union(made)
        : callValue(program, module, { ...node, callee: node.tag, arguments: [] }, frame)
    }
    case 'ImportExpression': {
      const source = again(node.source)
      if (source.kind !== 'literal' || typeof source.value !== 'string')
        return unknown('an import whose module is computed')
      return promised(program.namespace(module.file, source.value))
    }
    case 'AwaitExpression': {
      const value = awaited(again(node.argument))
      // A query that is awaited has run: what is left of it are rows.
      return alternatives(value).some(isQuery)
        ? union(alternatives(value).map((item) => (isQuery(item) ? unknown('what a query returns') : item)))
        : value
    }
    case 'LogicalExpression':
      // `a && b` is b where the program goes on; `a ?? b` and `a || b` are either.
      return node.operator === '&&'
        ? again(node.right)
        : union([
            ...alternatives(again(node.left)).filter((item) => !isNothing(item) && !isMissing(item)),
            again(node.right),
          ])
    case 'ConditionalExpression':
      return union([again(node.consequent), again(node.alternate)])
    case 'AssignmentExpression':
      return node.operator === '='
        ? again(node.right)
        : node.operator === '??=' || node.operator === '||='
          ? union([again(node.left), again(node.right)])
          : unknown('an assignment that computes')
    case 'SequenceExpression':
      return again(node.expressions.at(-1))
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
      return frame ? { kind: 'function', node, module, frame } : { kind: 'function', node, module }
    case 'ClassExpression':
    case 'ClassDeclaration':
      return { kind: 'class', node, module }
    case 'ObjectExpression':
      return frame ? { kind: 'object', node, module, frame } : { kind: 'object', node, module }
    case 'ArrayExpression':
      return {
        kind: 'array',
        items: [...(node.elements as (Node | null)[]), ...pushedTo(node)].flatMap((element) =>
          element === null
            ? []
            : element.type === 'SpreadElement'
              ? spread(again(element.argument))
              : [again(element)],
        ),
      }
    case 'TemplateLiteral':
      return template(node, again)
    case 'BinaryExpression':
      if (node.operator === '+') return concatenation([again(node.left), again(node.right)])
      return unknown('a computed value')
    default:
      return unknown('a computed value')
  }
}

/** What is added to a list that a constant holds: `list.push(…)`. */
function pushedTo(list: Node): Node[] {
  const declarator = wrapped(list).parent
  if (declarator?.type !== 'VariableDeclarator' || declarator.id.type !== 'Identifier') return []
  return (declarator.id.binding?.references ?? []).flatMap((reference: Node) => {
    const call = reference.parent.parent
    return reference.parent.type === 'MemberExpression' &&
      reference.parent.object === reference &&
      memberName(reference.parent) === 'push' &&
      call?.type === 'CallExpression' &&
      call.callee === reference.parent
      ? call.arguments
      : []
  })
}

/**
 * Platforms that run at the edge hand the environment to every request: `fetch(request, env)`, `context.env`,
 * `event.platform.env`.
 */
function bindingsOfPlatform(name: string, value: Value): Value {
  return name === 'env' && value.kind === 'unknown' && !value.request
    ? { kind: 'external', module: 'global', path: ['env'] }
    : value
}

/** What a method of a client has begun: `client.select().from(…)`. */
function isQuery(value: Value): boolean {
  return value.kind === 'made' && value.by.startsWith('client.')
}

function isNothing(value: Value): boolean {
  return (
    value.kind === 'literal' && (value.value === null || value.value === undefined || value.value === false)
  )
}

/** A member that its object does not have. */
function isMissing(value: Value): boolean {
  return value.kind === 'unknown' && value.reason.startsWith('no member')
}

function spread(value: Value): Value[] {
  return value.kind === 'array' ? [...value.items] : []
}

/** A member of a client whose name is only known at run time. */
function clientMember(program: Program, object: Value): Value | undefined {
  const clients = alternatives(object)
    .flatMap((item) => (item.kind === 'entry' ? alternatives(readyClient(program, item)) : [item]))
    .filter((item) => item.kind === 'client')
  return clients.length > 0
    ? union(clients.map((client): Value => ({ kind: 'method', client, name: '' })))
    : undefined
}

/** A union of every member's value, for `object[name]` with an unknown name. */
function anyMember(program: Program, object: Value, frame: Frame | undefined): Value | undefined {
  const found: Value[] = []
  for (const item of alternatives(object)) {
    if (item.kind === 'array') found.push(...item.items)
    else if (item.kind === 'object') {
      for (const entry of item.node.properties as Node[])
        if (entry.type === 'Property')
          found.push(evaluate(program, item.module, entry.value, item.frame ?? frame))
    } else return undefined
  }
  return found.length > 0 ? union(found) : undefined
}

function template(node: Node, again: (child: Node) => Value): Value {
  const values: Value[] = []
  node.quasis.forEach((quasi: Node, index: number) => {
    values.push({ kind: 'literal', value: quasi.value.cooked ?? '' })
    if (node.expressions[index]) values.push(again(node.expressions[index]))
  })
  return concatenation(values)
}

/** Joins texts; every combination of known alternatives while they are few, else a text with holes. */
function concatenation(values: readonly Value[]): Value {
  let combined: (string | null)[][] = [[]]
  for (const value of values) {
    const options = alternatives(value).map((item): (string | null)[] =>
      item.kind === 'literal' && item.value !== undefined
        ? [String(item.value)]
        : item.kind === 'text'
          ? [...item.parts]
          : [null],
    )
    combined =
      combined.length * options.length > 64
        ? combined.map((parts) => [...parts, null])
        : combined.flatMap((parts) => options.map((option) => [...parts, ...option]))
  }
  const request = values.map(requestOf).find((item) => item)
  return union(
    combined.map(
      (parts): Value =>
        parts.every((part) => part !== null)
          ? { kind: 'literal', value: parts.join('') }
          : { kind: 'text', parts, ...(request ? { request } : {}) },
    ),
  )
}

/** What `this` is: the receiver of the call that is followed, else any instance of the class around. */
function thisValue(
  _program: Program,
  module: Module,
  node: Node,
  frame: Frame | undefined,
): Value | undefined {
  let at: Node | undefined = node.parent
  for (; at; at = at.parent) {
    if (at.type === 'FunctionExpression' || at.type === 'FunctionDeclaration') break
    if (at.type === 'PropertyDefinition' || at.type === 'StaticBlock') break
  }
  if (!at) return undefined
  for (let call = frame; call; call = call.outer) if (call.fn === at && call.self) return call.self
  const holder = at.type === 'PropertyDefinition' ? at : at.parent
  if (holder.type === 'MethodDefinition' || holder.type === 'PropertyDefinition') {
    const cls = holder.parent.parent
    return holder.static ? { kind: 'class', node: cls, module } : { kind: 'instance', node: cls, module }
  }
  if (holder.type === 'Property' && holder.parent.type === 'ObjectExpression')
    return { kind: 'object', node: holder.parent, module }
  return undefined
}

/** What `super` is inside of a method: an instance of the class that the class around extends, or that class. */
function baseOf(program: Program, module: Module, node: Node): Value | undefined {
  const own = thisValue(program, module, node, undefined)
  if ((own?.kind !== 'instance' && own?.kind !== 'class') || !own.node.superClass) return undefined
  const bases = alternatives(evaluate(program, own.module, own.node.superClass)).flatMap((base): Value[] =>
    base.kind === 'class' ? [{ kind: own.kind, node: base.node, module: base.module }] : [],
  )
  return bases.length > 0 ? union(bases) : undefined
}

/** The object-literal entry with a name, or the spread sources that may hold it. */
export function objectEntry(node: Node, name: string): { entry?: Node; spreads: Node[] } {
  const spreads: Node[] = []
  for (let i = node.properties.length - 1; i >= 0; i--) {
    const entry = node.properties[i]
    if (entry.type === 'SpreadElement') spreads.push(entry.argument)
    else if (keyName(entry) === name) return { entry, spreads }
  }
  return { spreads }
}
