import type { Module } from '../repo/module.ts'
import { type Binding, keyName, type Node, unwrap } from '../repo/node.ts'
import { evaluate } from './evaluate.ts'
import { accessPath, conditionsAt, type Point } from './narrowing.ts'
import type { Place, Program } from './program.ts'
import { property } from './properties.ts'
import { alternatives, awaited, type Value } from './values.ts'

/** What is known of a part of a value: of `response` and `ok` beside `user`, in what a guard returns. */
export interface Known {
  readonly names: readonly string[]
  readonly is:
    | 'truthy'
    | 'falsy'
    | 'nothing'
    | 'something'
    | 'present'
    | 'absent'
    | 'instance'
    | 'no-instance'
  /** For a comparison with a constant: the value is (not) this one. */
  readonly equal?: { readonly value: unknown; readonly truth: boolean }
}

/**
 * What the conditions at a point say of the value that a name is a part of: after `if (response) return response`, the
 * `response` of `const { user, response } = await requireUser()` is falsy.
 */
export function knownOf(binding: Binding, point: Point): Known[] {
  const declarator = binding.declaration
  if (declarator.type !== 'VariableDeclarator') return []
  const found: Known[] = []
  for (const { test, truth } of conditionsAt(point)) found.push(...atoms(test, truth, declarator))
  return found
}

/** The members that a pattern follows to a name of a declarator; undefined for another declarator, lists and defaults. */
export function namesTaken(pattern: Node, id: Node): string[] | undefined {
  const names: string[] = []
  for (let at = id; at !== pattern; at = at.parent) {
    if (!at.parent) return undefined
    if (at.parent.type === 'Property') {
      const name = keyName(at.parent)
      if (name === undefined) return undefined
      names.unshift(name)
    } else if (at.type !== 'Property' || at.parent.type !== 'ObjectPattern') return undefined
  }
  return names
}

function atoms(test: Node, truth: boolean, declarator: Node): Known[] {
  const node = unwrap(test)
  const of = (expression: Node): readonly string[] | undefined => {
    const path = accessPath(expression)
    if (path?.binding.declaration !== declarator || path.binding.writes.length > 0) return undefined
    const taken = namesTaken(declarator.id, path.binding.id)
    return taken && [...taken, ...path.names]
  }
  switch (node.type) {
    case 'UnaryExpression':
      return node.operator === '!' ? atoms(node.argument, !truth, declarator) : []
    case 'LogicalExpression':
      if (node.operator === '??' || (node.operator === '&&') !== truth) return []
      return [...atoms(node.left, truth, declarator), ...atoms(node.right, truth, declarator)]
    case 'Identifier':
    case 'MemberExpression': {
      const names = of(node)
      return names ? [{ names, is: truth ? 'truthy' : 'falsy' }] : []
    }
    case 'BinaryExpression':
      return comparison(node, truth, of)
    default:
      return []
  }
}

function comparison(
  node: Node,
  truth: boolean,
  of: (expression: Node) => readonly string[] | undefined,
): Known[] {
  if (node.operator === 'instanceof') {
    const names = of(node.left)
    return names ? [{ names, is: truth ? 'instance' : 'no-instance' }] : []
  }
  if (node.operator === 'in') {
    const names = of(node.right)
    const key = unwrap(node.left)
    return names && key.type === 'Literal'
      ? [{ names: [...names, String(key.value)], is: truth ? 'present' : 'absent' }]
      : []
  }
  const equal = node.operator === '==' || node.operator === '==='
  if (!equal && node.operator !== '!=' && node.operator !== '!==') return []
  const [left, right] = [unwrap(node.left), unwrap(node.right)]
  const [side, constant] = isConstant(right) ? [left, right] : [right, left]
  const names = isConstant(constant) ? of(side) : undefined
  if (!names) return []
  const value = constant.type === 'Identifier' ? undefined : constant.value
  if (value === null || value === undefined) return [{ names, is: equal === truth ? 'nothing' : 'something' }]
  return [{ names, is: equal === truth ? 'something' : 'present', equal: { value, truth: equal === truth } }]
}

function isConstant(node: Node): boolean {
  return node.type === 'Literal' || (node.type === 'Identifier' && node.name === 'undefined' && !node.binding)
}

/** Whether what is known of a value says that it is not the one that an expression gives. */
export function isRuledOut(
  program: Program,
  module: Module,
  expression: Node,
  known: readonly Known[],
): boolean {
  if (known.length === 0) return false
  const wholes = alternatives(awaited(evaluate(program, module, expression)))
  return wholes.every((whole) => contradicts(program, { module, node: expression }, whole, known))
}

function contradicts(program: Program, place: Place, whole: Value, known: readonly Known[]): boolean {
  return known.some(({ names, is, equal }) => {
    let value = whole
    for (const name of names) value = awaited(property(program, value, name, place, undefined))
    const items = alternatives(value)
    const all = (holds: (item: Value) => boolean) => items.length > 0 && items.every(holds)
    if (equal && all((item) => item.kind === 'literal'))
      return equal.truth
        ? all((item) => item.kind === 'literal' && item.value !== equal.value)
        : all((item) => item.kind === 'literal' && item.value === equal.value)
    switch (is) {
      case 'truthy':
        return all((item) => isEmpty(item) || isMissing(item))
      case 'falsy':
        return all((item) => isThing(item) || (item.kind === 'literal' && Boolean(item.value)))
      case 'nothing':
        return all((item) => isThing(item) || (item.kind === 'literal' && !isNothing(item)))
      case 'something':
        return all((item) => isNothing(item) || isMissing(item))
      case 'present':
        return all(isMissing)
      case 'absent':
        return all((item) => !isMissing(item) && item.kind !== 'unknown')
      case 'no-instance':
        return all((item) => item.kind === 'external' && item.module === 'instance')
      case 'instance':
        return all((item) => item.kind === 'object')
      default:
        return false
    }
  })
}

function isNothing(value: Value): boolean {
  return value.kind === 'literal' && (value.value === null || value.value === undefined)
}

function isEmpty(value: Value): boolean {
  return value.kind === 'literal' && !value.value
}

function isMissing(value: Value): boolean {
  return value.kind === 'unknown' && value.reason.startsWith('no member')
}

/** A value that is an object of some kind, which is neither null nor false. */
function isThing(value: Value): boolean {
  return (
    ['object', 'instance', 'client', 'class', 'function', 'array', 'map', 'made'].includes(value.kind) ||
    (value.kind === 'external' && value.module === 'instance')
  )
}
