import { parseSync } from 'oxc-parser'
import { bind, find, scopeOf } from '../repo/bind.ts'
import type { Module } from '../repo/module.ts'
import {
  type Binding,
  enclosingFunction,
  isFunction,
  keyName,
  type Node,
  type Scope,
  unwrap,
} from '../repo/node.ts'
import { bindingValue } from './bindings.ts'
import { callersOf } from './callers.ts'
import { returnedExpressions } from './calls.ts'
import { isCheckedBefore } from './checked-ids.ts'
import { declaredOptional } from './declared-types.ts'
import { evaluate, objectEntry } from './evaluate.ts'
import { type AccessPath, accessPath, isDiscriminated, type Point, proofOf } from './narrowing.ts'
import type { Program } from './program.ts'
import { property } from './properties.ts'
import { alternatives, awaited, type Value } from './values.ts'

/** A tenant id that an expression in scope gives. */
export interface TenantId {
  /** What to write: `session.user.tenantId`. */
  readonly expression: string
  /** The whole path, for guards. */
  readonly path?: AccessPath
  /** The name it is read from; undefined for an expression of the rules. */
  readonly binding?: Binding
  /** True when it can't be null or undefined at the point. */
  readonly proven: boolean
}

/** The node that stands for a point: where names are looked up. */
function anchor(point: Point): Node {
  return 'list' in point ? point.list : point.node
}

/** Offset of a point. */
export function offsetOf(point: Point): number {
  if ('node' in point) return point.node.start
  const statements = point.list.type === 'SwitchCase' ? point.list.consequent : point.list.body
  return statements[point.index]?.start ?? point.list.end
}

/**
 * The trusted tenant ids that can be written at a point, best first: proven ones before others, plain names before
 * members, near ones before far ones.
 */
export function tenantIdsAt(program: Program, module: Module, point: Point): TenantId[] {
  const at = anchor(point)
  const offset = offsetOf(point)
  const found: (TenantId & { distance: number })[] = []
  let distance = 0
  const seen = new Set<string>()
  for (let scope: Scope | undefined = scopeOf(at); scope; scope = scope.parent) {
    if (scope.kind === 'module') break
    distance++
    for (const binding of scope.bindings.values()) {
      if (seen.has(binding.name)) continue
      seen.add(binding.name)
      if (
        !isCandidate(binding) ||
        program.rules.tenantId.never.includes(binding.name) ||
        !isDeclaredBefore(binding, at, offset)
      )
        continue
      for (const { name, checks } of program.requested) {
        if (name !== binding.name || !isCheckedBefore(program, module, binding, checks, point)) continue
        found.push({ expression: name, path: { binding, names: [] }, binding, proven: true, distance })
      }
      for (const names of tenantPaths(program, bindingValue(program, module, binding, binding.id))) {
        if (names.some((name) => program.rules.tenantId.never.includes(name))) continue
        const own: AccessPath = { binding, names }
        const path = accessPath(binding.id) ?? own
        const whole: AccessPath = { binding: path.binding, names: [...path.names, ...names] }
        const proven = isProven(program, module, own, whole, point, names.length === 0)
        found.push({ expression: [binding.name, ...names].join('.'), path: whole, binding, proven, distance })
      }
    }
  }
  for (const expression of ruleExpressions(program, at)) found.push({ expression, proven: true, distance: 0 })
  return found.sort(
    (a, b) =>
      Number(b.proven) - Number(a.proven) ||
      a.expression.split('.').length - b.expression.split('.').length ||
      a.distance - b.distance,
  )
}

function isCandidate(binding: Binding): boolean {
  return (
    binding.kind === 'const' ||
    binding.kind === 'parameter' ||
    binding.kind === 'let' ||
    binding.kind === 'var'
  )
}

/** Whether a name holds its value at an offset: declared earlier, or in a function around. */
export function isDeclaredBefore(binding: Binding, at: Node, offset: number): boolean {
  if (binding.kind === 'parameter' || binding.kind === 'function' || binding.kind === 'import') return true
  if (binding.declaration.end <= offset)
    return binding.kind === 'const' || binding.writes.every((write) => write.end <= offset)
  const own = enclosingFunction(binding.declaration)
  const here = isFunction(at) ? at : enclosingFunction(at)
  return own !== here && binding.kind === 'const'
}

/** Paths inside a value that end in a tenant id; the empty path when the value is one. */
export function tenantPaths(program: Program, value: Value, depth = 0): (readonly string[])[] {
  return alternatives(awaited(value)).flatMap((item): (readonly string[])[] => {
    // The id of rows inside of a tenant database is no id of the tenant for the application.
    if (item.kind === 'tenant-id') return item.rows === undefined ? [[]] : []
    if (item.kind === 'object' && depth < 2) {
      return (item.node.properties as Node[]).flatMap((entry) => {
        const name = entry.type === 'Property' ? keyName(entry) : undefined
        return name === undefined
          ? []
          : tenantPaths(program, evaluate(program, item.module, entry.value, item.frame), depth + 1).map(
              (path) => [name, ...path],
            )
      })
    }
    if (item.kind !== 'shape') return []
    return item.leaves
      .filter((leaf) => leaf.value.kind === 'tenant-id' && leaf.value.rows === undefined)
      .map((leaf) => leaf.path)
  })
}

/** Expressions of the rules whose names are all in scope. */
function ruleExpressions(program: Program, at: Node): string[] {
  return program.rules.tenantId.sources.flatMap((source) => {
    if (source.kind !== 'expression') return []
    const names = freeNames(source.expression)
    const scope = scopeOf(at)
    const local = (name: string) => {
      const binding = find(scope, name)
      return binding !== undefined && (binding.scope.kind !== 'module' || binding.kind === 'import')
    }
    return names.length > 0 && names.every(local) ? [source.expression] : []
  })
}

const freeNameMemo = new Map<string, string[]>()

/** Names that an expression of the rules reads. */
export function freeNames(expression: string): string[] {
  const known = freeNameMemo.get(expression)
  if (known) return known
  const names = new Set<string>()
  bind(parseSync('expression.ts', `(${expression})`).program as unknown as Node, names)
  freeNameMemo.set(expression, [...names])
  return [...names]
}

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
    isAlwaysPresent(program, module, whole, 0, isDiscriminated(whole.binding, point))
  )
}

/** Whether what a name holds has a value at a path by the way it is made, without any guard. */
function isAlwaysPresent(
  program: Program,
  module: Module,
  path: AccessPath,
  depth: number,
  discriminated = false,
): boolean {
  if (depth > 5) return false
  const { binding, names } = path
  if (binding.kind === 'parameter')
    return (
      !isOptional(binding) &&
      !declaredOptional(program, module, binding, names) &&
      (givesPresent(bindingValue(program, module, binding, binding.id), names) ||
        givenByAll(program, module, binding, names, depth))
    )
  const declarator = binding.declaration
  if (declarator.type !== 'VariableDeclarator' || !declarator.init || binding.writes.length > 0) return false
  const taken = namesTaken(declarator.id, binding.id)
  return (
    taken !== undefined &&
    isPresent(program, module, declarator.init, [...taken, ...names], depth, discriminated)
  )
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

/** The members that an object pattern follows to one of its names; undefined for lists and defaults. */
function namesTaken(pattern: Node, id: Node): string[] | undefined {
  const names: string[] = []
  for (let at = id; at !== pattern; at = at.parent) {
    if (at.parent.type === 'Property') {
      const name = keyName(at.parent)
      if (name === undefined) return undefined
      names.unshift(name)
    } else if (at.type !== 'Property' || at.parent.type !== 'ObjectPattern') return undefined
  }
  return names
}

function isPresent(
  program: Program,
  module: Module,
  expression: Node,
  names: readonly string[],
  depth: number,
  discriminated = false,
): boolean {
  let at = unwrap(expression)
  if (at.type === 'AwaitExpression') at = unwrap(at.argument)
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
    return proofOf(whole, { node: at }) !== undefined || isAlwaysPresent(program, module, whole, depth + 1)
  }
  if (at.type !== 'CallExpression') return false
  const source = program.sourceOfCall(module, unwrap(at.callee))
  const fn = alternatives(evaluate(program, module, at.callee)).find((value) => value.kind === 'function')
  if (fn) {
    if (allowsNothing(fn.node.returnType?.typeAnnotation)) return false
    // A check has left for the results that have no such member: an answer, an error.
    const returned = returnedExpressions(fn.node).filter(
      (result) => !discriminated || names[0] === undefined || hasMember(program, fn.module, result, names[0]),
    )
    return (
      (returned.length > 0 &&
        returned.every((result) => isPresent(program, fn.module, result, names, depth + 1))) ||
      // What a local source computes in a way that is not followed is what its type says.
      (source !== undefined &&
        names.length === 0 &&
        returned.length > 0 &&
        fn.node.returnType !== undefined &&
        fn.node.returnType !== null)
    )
  }
  // A package's function that is declared to give the id itself is taken at its word.
  return source?.kind === 'tenant-id' && names.length === 0
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
