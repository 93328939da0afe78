import type { Module } from '../repo/module.ts'
import { type Binding, keyName, type Node, unwrap } from '../repo/node.ts'
import { bindingValue } from './bindings.ts'
import { callbackArgument, passedExpressions } from './callbacks.ts'
import { callersOf } from './callers.ts'
import { returnedExpressions } from './calls.ts'
import { declaredOptional, declaredPresent } from './declared-types.ts'
import { evaluate, objectEntry } from './evaluate.ts'
import { type AccessPath, accessPath, isDiscriminated, type Point, proofOf } from './narrowing.ts'
import type { Program } from './program.ts'
import { property } from './properties.ts'
import { isRuledOut, type Known, knownOf, namesTaken } from './siblings.ts'
import { alternatives, awaited, type Value } from './values.ts'

/** Whether a path can't be missing at a point: guarded there, or never missing where it comes from. */
export function isProven(
  program: Program,
  module: Module,
  own: AccessPath,
  whole: AccessPath,
  point: Point,
  acrossFunctions = true,
): boolean {
  return (
    proofOf(whole, point, acrossFunctions) !== undefined ||
    proofOf(own, point, acrossFunctions) !== undefined ||
    isOfIdentity(program, module, whole, point) ||
    isAlwaysPresent(program, module, whole, 0, checksAt(whole.binding, point))
  )
}

/** Whether what a name holds has a value at a path by the way it is made, without any guard. */
function isAlwaysPresent(
  program: Program,
  module: Module,
  path: AccessPath,
  depth: number,
  checks: Checks = unchecked,
): boolean {
  if (depth > 5) return false
  const { binding, names } = path
  if (binding.kind === 'parameter')
    return (
      !isOptional(binding) &&
      !declaredOptional(program, module, binding, names) &&
      (givesPresent(bindingValue(program, module, binding, binding.id), names) ||
        isPresentIn(program, bindingValue(program, module, binding, binding.id), names, depth) ||
        isTakenPresent(program, module, binding, names, depth) ||
        givenByAll(program, module, binding, names, depth) ||
        passedByWrappers(program, module, binding, names, depth))
    )
  const declarator = binding.declaration
  if (declarator.type !== 'VariableDeclarator' || !declarator.init || binding.writes.length > 0) return false
  const taken = namesTaken(declarator.id, binding.id)
  return (
    taken !== undefined && isPresent(program, module, declarator.init, [...taken, ...names], depth, checks)
  )
}

/** Whether a context has a value under a path: the first layer that puts something there puts something present. */
function isPresentIn(program: Program, value: Value, names: readonly string[], depth: number): boolean {
  const [first, ...rest] = names
  if (first === undefined || value.kind !== 'layers') return false
  for (const layer of value.of) {
    const items = alternatives(layer)
    const puts = items.filter((item) => item.kind === 'object' && objectEntry(item.node, first).entry)
    if (puts.length === 0) {
      if (layer.kind === 'layers' && isPresentIn(program, layer, names, depth)) return true
      continue
    }
    return items.every((item) => {
      if (item.kind !== 'object') return false
      const { entry } = objectEntry(item.node, first)
      return entry !== undefined && isPresent(program, item.module, entry.value, rest, depth + 1)
    })
  }
  return false
}

/** `({ ctx: { tenantId } }) => …`: a part that the parameter takes out of a context. */
function isTakenPresent(
  program: Program,
  module: Module,
  binding: Binding,
  names: readonly string[],
  depth: number,
): boolean {
  const fn = binding.declaration
  const parameters = fn.params as Node[]
  const index = parameters.findIndex(({ start, end }) => start <= binding.id.start && binding.id.end <= end)
  const pattern = parameters[index]
  const taken = pattern?.type === 'ObjectPattern' ? namesTaken(pattern, binding.id) : undefined
  if (!taken || taken.length < 2) return false
  let value = callbackArgument(program, module, fn, index)
  for (const [at, name] of taken.entries()) {
    if (!value) return false
    if (value.kind === 'layers') return isPresentIn(program, value, [...taken.slice(at), ...names], depth)
    value = property(program, value, name, { module, node: binding.id }, undefined)
  }
  return false
}

/** What has been asked of a value before a point. */
interface Checks {
  /** A check has told its alternatives apart and left for some. */
  readonly tellApart: boolean
  /** It is neither null nor undefined. */
  readonly there: boolean
  readonly known: readonly Known[]
}

const unchecked: Checks = { tellApart: false, there: false, known: [] }

function checksAt(binding: Binding, point: Point): Checks {
  return {
    tellApart: isDiscriminated(binding, point),
    there: proofOf({ binding, names: [] }, point) !== undefined,
    known: knownOf(binding, point),
  }
}

/** `user.id` of what a client's sign-in answers is there when `user` is: the library says so. */
function isOfIdentity(program: Program, module: Module, path: AccessPath, point: Point): boolean {
  const { binding, names } = path
  const declarator = binding.declaration
  if (names.at(-1) !== 'id' || declarator.type !== 'VariableDeclarator' || !declarator.init) return false
  const taken = namesTaken(declarator.id, binding.id)
  if (!taken || [...taken, ...names].at(-2) !== 'user') return false
  const call = withoutAwait(declarator.init)
  const isSignIn =
    call.type === 'CallExpression' &&
    alternatives(evaluate(program, module, call.callee)).some(
      (item) => item.kind === 'method' && /^auth\.get(?:User|Session)$/.test(item.name),
    )
  return isSignIn && proofOf({ binding, names: names.slice(0, -1) }, point) !== undefined
}

/**
 * Whether the compiler has looked at what a function returns under a path: a cast to the declared type is only a claim,
 * and what is read through `?.` may be missing whatever the type of the whole says.
 */
function isVouched(returned: Node, names: readonly string[]): boolean {
  switch (returned.type) {
    case 'TSAsExpression':
    case 'TSTypeAssertion':
    case 'TSNonNullExpression':
    case 'ChainExpression':
      return false
    case 'ParenthesizedExpression':
      return isVouched(returned.expression, names)
    case 'AwaitExpression':
      return isVouched(returned.argument, names)
    case 'ConditionalExpression':
      return isVouched(returned.consequent, names) && isVouched(returned.alternate, names)
    case 'ObjectExpression': {
      const [first, ...rest] = names
      const entry = first === undefined ? undefined : objectEntry(returned, first).entry
      return entry === undefined || isVouched(entry.value, rest)
    }
    default:
      return true
  }
}

function hasMember(program: Program, module: Module, expression: Node, name: string): boolean {
  return alternatives(
    awaited(
      property(
        program,
        awaited(evaluate(program, module, expression)),
        name,
        { module, node: expression },
        undefined,
      ),
    ),
  ).some((item) => !(item.kind === 'unknown' && item.reason.startsWith('no member')))
}

function isPresent(
  program: Program,
  module: Module,
  expression: Node,
  names: readonly string[],
  depth: number,
  checks: Checks = unchecked,
): boolean {
  const at = withoutAwait(expression)
  if (at.type === 'Literal') return names.length === 0 && at.value !== null
  if (at.type === 'ObjectExpression') {
    const [first, ...rest] = names
    if (first === undefined) return true
    const { entry } = objectEntry(at, first)
    return entry !== undefined && isPresent(program, module, entry.value, rest, depth)
  }
  if (at.type === 'Identifier' || at.type === 'MemberExpression') {
    const path = accessPath(at)
    if (!path) return false
    const whole = { binding: path.binding, names: [...path.names, ...names] }
    return (
      proofOf(whole, { node: at }) !== undefined ||
      isOfIdentity(program, module, whole, { node: at }) ||
      isAlwaysPresent(program, module, whole, depth + 1, checksAt(whole.binding, { node: at }))
    )
  }
  if (at.type !== 'CallExpression') return false
  const source = program.sourceOfCall(module, unwrap(at.callee))
  const fn = alternatives(evaluate(program, module, at.callee)).find((value) => value.kind === 'function')
  if (fn) {
    const { there } = checks
    if (!there && allowsNothing(fn.node.returnType?.typeAnnotation)) return false
    // A check has left for the results that have no such member: an answer, an error.
    const returned = returnedExpressions(fn.node).filter(
      (result) =>
        !isRuledOut(program, fn.module, result, checks.known) &&
        (!checks.tellApart || names[0] === undefined || hasMember(program, fn.module, result, names[0])),
    )
    return (
      (returned.length > 0 &&
        returned.every((result) => isPresent(program, fn.module, result, names, depth + 1, checks))) ||
      // What a local source computes in a way that is not followed is what its type says.
      (source !== undefined &&
        returned.length > 0 &&
        (names.length === 0
          ? Boolean(fn.node.returnType)
          : declaredPresent(program, fn.module, fn.node, names, there) &&
            returned.every((result) => isVouched(result, names))))
    )
  }
  // A package's function that is declared to give the id itself is taken at its word.
  return source?.kind === 'tenant-id' && names.length === 0
}

/** A function of the code base that is a source, as it is called, and the members that a constant takes of its result. */
export interface LocalSource {
  readonly module: Module
  readonly node: Node
  readonly name: string
  readonly taken: readonly string[]
}

/** The function of the code base that the rules name as a source and whose result a constant holds, or parts of it. */
export function localSource(program: Program, module: Module, binding: Binding): LocalSource | undefined {
  const { type, init, id } = binding.declaration
  const taken = type === 'VariableDeclarator' && init ? namesTaken(id, binding.id) : undefined
  if (!taken) return undefined
  const call = withoutAwait(init)
  if (call.type !== 'CallExpression' || !program.sourceOfCall(module, unwrap(call.callee))) return undefined
  const fn = alternatives(evaluate(program, module, call.callee)).find((value) => value.kind === 'function')
  const name = module.text.slice(call.callee.start, call.callee.end)
  return fn && { module: fn.module, node: fn.node, name, taken }
}

function withoutAwait(expression: Node): Node {
  const at = unwrap(expression)
  return at.type === 'AwaitExpression' ? unwrap(at.argument) : at
}

/** Whether an argument of a call has a value, as far as it can be proven. */
export function isPresentArgument(program: Program, module: Module, argument: Node): boolean {
  return isPresent(program, module, argument, [], 0)
}

/** Whether every caller of a function hands over a value that is present. */
function givenByAll(
  program: Program,
  module: Module,
  binding: Binding,
  names: readonly string[],
  depth: number,
): boolean {
  const { calls, open } = callersOf(program, module, binding.declaration)
  if (open || calls.length === 0 || binding.writes.length > 0) return false
  return calls.every((call) => {
    const argument = argumentFor(binding, call.node)
    return argument !== undefined && isPresent(program, call.module, argument, names, depth + 1)
  })
}

/** Whether every wrapper that calls a function which is its argument passes a value that is present. */
function passedByWrappers(
  program: Program,
  module: Module,
  binding: Binding,
  names: readonly string[],
  depth: number,
): boolean {
  const fn = binding.declaration
  const index = (fn.params as Node[]).findIndex(
    (parameter) => parameter.start <= binding.id.start && binding.id.end <= parameter.end,
  )
  const taken = fn.params[index] && namesTaken(fn.params[index], binding.id)
  if (!taken || binding.writes.length > 0) return false
  const passed = passedExpressions(program, module, fn, index)
  return (
    passed?.every((given) =>
      isPresent(program, given.module, given.node, [...taken, ...names], depth + 1),
    ) === true
  )
}

/** The first caller that may hand over nothing for a parameter. */
export function weakCaller(
  program: Program,
  module: Module,
  binding: Binding,
): { module: Module; node: Node } | undefined {
  if (binding.kind !== 'parameter') return undefined
  return callersOf(program, module, binding.declaration).calls.find((call) => {
    const argument = argumentFor(binding, call.node)
    return argument !== undefined && !isPresent(program, call.module, argument, [], 1)
  })
}

/** What a call gives to a parameter, or to a name that a parameter's pattern takes out of an object literal. */
export function argumentFor(binding: Binding, call: Node): Node | undefined {
  const index = (binding.declaration.params as Node[]).findIndex(
    (parameter) => parameter.start <= binding.id.start && binding.id.end <= parameter.end,
  )
  const parameter: Node | undefined = binding.declaration.params[index]
  const argument: Node | undefined = call.arguments[index]
  if (
    !parameter ||
    !argument ||
    call.arguments.slice(0, index + 1).some((item: Node) => item.type === 'SpreadElement')
  )
    return undefined
  if (parameter === binding.id) return argument
  const property = binding.id.parent
  const literal = unwrap(argument)
  if (
    parameter.type !== 'ObjectPattern' ||
    property.type !== 'Property' ||
    property.parent !== parameter ||
    literal.type !== 'ObjectExpression'
  )
    return undefined
  const name = keyName(property)
  const { entry, spreads } =
    name === undefined ? { entry: undefined, spreads: [] } : objectEntry(literal, name)
  return spreads.length === 0 ? entry?.value : undefined
}

/** A wrapper or a trusted parameter gives the id itself. */
function givesPresent(value: Value, names: readonly string[]): boolean {
  return alternatives(value).every((item) => {
    if (item.kind === 'tenant-id')
      return names.length === 0 && (item.source.kind === 'wrapper' || item.source.kind === 'parameter')
    if (item.kind === 'shape')
      return item.leaves.some(
        (leaf) =>
          leaf.path.join('.') === names.join('.') &&
          leaf.value.kind === 'tenant-id' &&
          (leaf.value.source.kind === 'wrapper' || leaf.value.source.kind === 'parameter'),
      )
    return false
  })
}

function isOptional(binding: Binding): boolean {
  if (binding.id.optional) return true
  return allowsNothing(binding.id.typeAnnotation?.typeAnnotation)
}

/** Whether a written type has null or undefined among its alternatives, at the top or inside a promise. */
function allowsNothing(type: Node | null | undefined): boolean {
  if (!type) return false
  if (type.type === 'TSNullKeyword' || type.type === 'TSUndefinedKeyword' || type.type === 'TSVoidKeyword')
    return true
  if (type.type === 'TSUnionType') return type.types.some(allowsNothing)
  if (type.type === 'TSTypeReference' && type.typeName.name === 'Promise')
    return allowsNothing(type.typeArguments?.params[0])
  return false
}
