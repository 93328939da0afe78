import { parseSync } from 'oxc-parser'
import { bind, find, scopeOf } from '../repo/bind.ts'
import type { Module } from '../repo/module.ts'
import { memberName, type Node, unwrap } from '../repo/node.ts'
import { isDeclaredBefore } from './declared-before.ts'
import { declaredOptional } from './declared-types.ts'
import { type AccessPath, accessPath, type Point, proofOf } from './narrowing.ts'
import type { Program } from './program.ts'
import type { TenantId } from './tenant-ids.ts'

/**
 * Expressions of the rules whose names are all in scope, and have their values. The rules vouch for what such an
 * expression gives, but not for a name that its declaration lets be missing: `ctx?: Context`.
 */
export function ruleExpressionsAt(
  program: Program,
  module: Module,
  point: Point,
  at: Node,
  offset: number,
): TenantId[] {
  const scope = scopeOf(at)
  const local = (name: string) => {
    const binding = find(scope, name)
    return (
      binding !== undefined &&
      (binding.kind === 'import' ||
        (binding.scope.kind !== 'module' && isDeclaredBefore(binding, at, offset)))
    )
  }
  return program.rules.tenantId.sources.flatMap((source): TenantId[] => {
    if (source.kind !== 'expression') return []
    const { expression } = source
    const { free, path } = read(expression)
    if (free.length === 0 || !free.every(local)) return []
    const root = path && find(scope, path[0]!)
    if (!root) return [{ expression, proven: true }]
    const whole: AccessPath = { binding: root, names: path.slice(1) }
    return [{ expression, path: whole, proven: !mayBeCutShort(program, module, whole, point) }]
  })
}

/**
 * Whether a name or a member before the last one is declared as one that may be missing, and nothing has shown it. What
 * lies behind one that was shown is the rules' word again.
 */
function mayBeCutShort(program: Program, module: Module, whole: AccessPath, point: Point): boolean {
  const { binding, names } = whole
  const from = accessPath(binding.id) ?? { binding, names: [] }
  const prefixes = names.map((_, length) => names.slice(0, length))
  const first = prefixes.findIndex(
    (prefix) =>
      (prefix.length === 0 && Boolean(binding.id.optional)) ||
      declaredOptional(program, module, from.binding, [...from.names, ...prefix]),
  )
  if (first === -1) return false
  // A proof of what lies further in proves this as well.
  return ![...prefixes.slice(first), names].some(
    (prefix) =>
      proofOf({ binding, names: prefix }, point) !== undefined ||
      proofOf({ binding: from.binding, names: [...from.names, ...prefix] }, point) !== undefined,
  )
}

interface ReadExpression {
  /** Names that it reads. */
  readonly free: readonly string[]
  /** `['ctx', 'workspace', 'id']`, for an expression that only reads members. */
  readonly path?: readonly string[]
}

const memo = new Map<string, ReadExpression>()

function read(expression: string): ReadExpression {
  const known = memo.get(expression)
  if (known) return known
  const free = new Set<string>()
  const { program } = parseSync('expression.ts', `(${expression})`)
  bind(program as unknown as Node, free)
  const statement = program.body[0] as unknown as Node | undefined
  const path = statement?.type === 'ExpressionStatement' ? membersOf(statement.expression) : undefined
  const found = { free: [...free], ...(path ? { path } : {}) }
  memo.set(expression, found)
  return found
}

function membersOf(expression: Node): string[] | undefined {
  const node = unwrap(expression)
  if (node.type === 'Identifier') return [node.name]
  if (node.type !== 'MemberExpression') return undefined
  const before = membersOf(node.object)
  const name = memberName(node)
  return before && name !== undefined ? [...before, name] : undefined
}

/** Names that an expression of the rules reads. */
export function freeNames(expression: string): readonly string[] {
  return read(expression).free
}
