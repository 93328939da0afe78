import { scopeOf } from '../repo/bind.ts'
import type { Module } from '../repo/module.ts'
import { type Binding, keyName, type Node, type Scope } from '../repo/node.ts'
import { bindingValue } from './bindings.ts'
import { isFoundBefore } from './checked-by-query.ts'
import { isCheckedBefore } from './checked-ids.ts'
import { isDeclaredBefore } from './declared-before.ts'
import { evaluate } from './evaluate.ts'
import { type AccessPath, accessPath, type Point, proofOf, writtenPath } from './narrowing.ts'
import { isProven } from './presence.ts'
import type { Program } from './program.ts'
import { ruleExpressionsAt } from './rule-expressions.ts'
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

/** An id with what it is chosen by. */
interface Offered extends TenantId {
  /** How many scopes out it is declared. */
  readonly distance: number
  /** Whether the compiler sees the proof: a guard on `session.user.id` says nothing to it of `user.id`. */
  readonly narrowed: boolean
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
 * The trusted tenant ids that can be written at a point, best first: proven ones before others, those that
 * the compiler knows to be there before others, plain names before members, near ones before far ones.
 */
export function tenantIdsAt(program: Program, module: Module, point: Point): TenantId[] {
  const at = anchor(point)
  const offset = offsetOf(point)
  const found: Offered[] = []
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
      for (const { name, checks, queries } of program.requested) {
        if (
          name !== binding.name ||
          !(
            isCheckedBefore(program, module, binding, checks, point) ||
            isFoundBefore(program, module, binding, queries, point)
          )
        )
          continue
        const path: AccessPath = { binding, names: [] }
        found.push({ expression: name, path, binding, proven: true, distance, narrowed: true })
      }
      for (const names of tenantPaths(program, bindingValue(program, module, binding, binding.id))) {
        if (names.some((name) => program.rules.tenantId.never.includes(name))) continue
        const own: AccessPath = { binding, names }
        const path = accessPath(binding.id) ?? own
        const whole: AccessPath = { binding: path.binding, names: [...path.names, ...names] }
        const proven = isProven(program, module, own, whole, point, names.length === 0)
        const narrowed = names.length === 0 || proofOf(own, point, true, writtenPath) !== undefined
        const expression = [binding.name, ...names].join('.')
        found.push({ expression, path: whole, binding, proven, distance, narrowed })
      }
    }
  }
  for (const item of ruleExpressionsAt(program, module, point, at, offset))
    found.push({ ...item, distance: 0, narrowed: true })
  return found.sort(
    (a, b) =>
      Number(b.proven) - Number(a.proven) ||
      // What the code holds already is read, before something of the rules is written out once more.
      Number(a.binding === undefined) - Number(b.binding === undefined) ||
      Number(b.narrowed) - Number(a.narrowed) ||
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
    // Of a member that several layers have, the first counts.
    if (item.kind === 'layers' && depth < 4) {
      const seen = new Set<string>()
      return item.of.flatMap((layer) =>
        tenantPaths(program, layer, depth + 1).filter((path) => !seen.has(path[0]!) && seen.add(path[0]!)),
      )
    }
    if (item.kind !== 'shape') return []
    return item.leaves
      .filter((leaf) => leaf.value.kind === 'tenant-id' && leaf.value.rows === undefined)
      .map((leaf) => leaf.path)
  })
}
