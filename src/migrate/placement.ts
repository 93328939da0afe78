import type { Module } from '../repo/module.ts'
import { enclosingFunction, type Node } from '../repo/node.ts'
import type { SourceEdit } from '../trace/asynchrony.ts'
import { makeAsync } from '../trace/asynchrony.ts'
import { declaredPresent } from '../trace/declared-types.ts'
import { strengthenGuard } from '../trace/guards.ts'
import { isRequestHandler, machineCaller } from '../trace/handlers.ts'
import { leaves, provenBy, statementsOf } from '../trace/narrowing.ts'
import { isDoubted, worksWithout } from '../trace/optional-ids.ts'
import { commonLists, type ListPoint } from '../trace/points.ts'
import { localSource } from '../trace/presence.ts'
import type { Program } from '../trace/program.ts'
import { offsetOf, type TenantId, tenantIdsAt } from '../trace/tenant-ids.ts'
import { proveParameter, threadTenantId } from '../trace/threading.ts'
import { offeredId } from '../trace/wrapped-ids.ts'
import { handlerKind } from './rewrites/insert-template.ts'
import { guardFor, insertionFor, type TemplateInsertion } from './rewrites/insert-tenant-id.ts'

/** Where a client is obtained, with which tenant id, and what else has to change for that. */
export interface Placement {
  readonly point: ListPoint
  readonly id?: TenantId
  /** Edits besides the client itself: a stronger guard, `async`, callers. */
  readonly edits: readonly SourceEdit[]
  /** Statements that are inserted before the client. */
  readonly before?: TemplateInsertion
}

export interface PlacementRequest {
  readonly module: Module
  /** What has to come after the client. */
  readonly nodes: readonly Node[]
  /** The client can't be obtained before this statement. */
  readonly floor?: ListPoint
  readonly needsTenantId: boolean
  readonly async: boolean
  /** Offsets of accesses that stay: a guard before them must not become stronger. */
  readonly staying: readonly number[]
}

/** Finds the earliest point at which the tenant id is proven; failing that, one where it can be made so. */
export function findPlacement(
  program: Program,
  request: PlacementRequest,
): Placement | { readonly reason: string } {
  const { module, floor } = request
  const lists = commonLists(request.nodes).filter(
    (point) => !floor || (floor.list.start <= point.list.start && point.list.end <= floor.list.end),
  )
  if (lists.length === 0)
    return {
      reason: enclosingFunction(request.nodes[0]!)
        ? noIdReason(program, module, request.nodes[0]!)
        : 'it runs when the module is loaded, where no tenant is known',
    }
  const startOf = (point: ListPoint) => (floor && point.list === floor.list ? floor.index : 0)
  let blocked: string | undefined
  const settle = (
    point: ListPoint,
    index: number,
    rest: Omit<Placement, 'point' | 'edits'>,
    edits: readonly SourceEdit[] = [],
  ): Placement | undefined => {
    if (!request.async) return { point: { ...point, index }, ...rest, edits }
    const plan = makeAsync(program, module, point.fn)
    if ('blocked' in plan) {
      blocked ??= `${plan.blocked} (${program.repository.relative(plan.module.file)}:${plan.module.position(plan.node.start).line})`
      return undefined
    }
    return { point: { ...point, index }, ...rest, edits: [...edits, ...plan.edits] }
  }

  if (!request.needsTenantId) {
    const point = lists.at(-1)!
    const found = settle(
      floor && lists.some((item) => item.list === floor.list)
        ? lists.find((item) => item.list === floor.list)!
        : point,
      floor && lists.some((item) => item.list === floor.list) ? floor.index : point.index,
      {},
    )
    return found ?? { reason: blocked! }
  }
  let doubted: TenantId | undefined
  for (const point of lists) {
    for (let index = startOf(point); index <= point.index; index++) {
      const proven = tenantIdsAt(program, module, { list: point.list, index }).filter((item) => item.proven)
      const id = proven.find((item) => !isDoubted(item, { ...point, index }, point.fn))
      doubted ??= id ? undefined : proven[0]
      const found = id && settle(point, belowOwnGuard(point, index, id), { id })
      if (found) return found
    }
  }
  if (blocked) return { reason: blocked }

  let unproven = doubted
  let noGuard = doubted && 'the code goes on where it is missing'
  for (const point of lists) {
    for (const id of tenantIdsAt(program, module, { list: point.list, index: point.index })) {
      unproven ??= id
      if (isDoubted(id, point, point.fn)) continue
      const stronger = strengthenGuard(module, id, point)
      if (!stronger) continue
      const index = firstVisible(program, module, point, startOf(point), id, stronger.guard.end)
      const offset = offsetOf({ list: point.list, index })
      if (request.staying.some((at) => at > stronger.guard.end && at < offset)) continue
      const found = settle(point, index, { id }, [stronger.edit])
      if (found) return found
    }
  }
  for (const point of lists) {
    if (!handlerKind(program, module, point.fn)) continue
    for (const id of tenantIdsAt(program, module, { list: point.list, index: point.index })) {
      if (worksWithout(id, point.fn)) {
        noGuard ??= "the rules' guard can't be inserted: the handler has a way to go on without it"
        continue
      }
      const index = firstVisible(program, module, point, startOf(point), id, 0)
      const guard = guardFor(program, module, { ...point, index }, id)
      if ('reason' in guard) {
        noGuard ??= `the rules' guard can't be inserted: ${guard.reason}`
        continue
      }
      const found = settle(point, index, { id, before: guard })
      if (found) return found
    }
  }
  if (blocked) return { reason: blocked }
  for (const point of lists) {
    for (const id of tenantIdsAt(program, module, { list: point.list, index: point.index })) {
      const proof = isDoubted(id, point, point.fn) ? undefined : proveParameter(program, module, id)
      if (!proof) continue
      if ('blocked' in proof) {
        noGuard ??= `${proof.blocked} (${placeOf(program, proof)})`
        continue
      }
      const found = settle(point, startOf(point), { id: { ...id, proven: true } }, proof.edits)
      if (found) return found
    }
  }
  for (const point of lists) {
    const offered = offeredId(program, module, point.fn)
    const found = offered && settle(point, startOf(point), { id: offered.id }, offered.edits)
    if (found) return found
  }
  if (unproven)
    return {
      reason: `\`${unproven.expression}\` may be undefined here, and no guard before it can be extended${noGuard ? `; ${noGuard}` : ''}${openSource(program, module, unproven)}`,
    }

  for (const point of lists) {
    if (!handlerKind(program, module, point.fn)) continue
    const machine = machineCaller(program.repository.relative(module.file), point.fn)
    if (machine) return { reason: `no tenant id is in scope, and ${machine}` }
    const insertion = insertionFor(program, module, {
      ...point,
      index: Math.max(startOf(point), floor && point.list === floor.list ? floor.index : point.index),
    })
    if ('reason' in insertion)
      return { reason: `no tenant id is in scope, and the template can't be inserted: ${insertion.reason}` }
    const found = settle(point, floor && point.list === floor.list ? floor.index : point.index, {
      id: insertion.id,
      before: insertion,
    })
    if (found) return found
  }
  if (blocked) return { reason: blocked }
  const outermost = lists[0]!
  if (outermost.fn && !isRequestHandler(module, outermost.fn)) {
    const threaded = threadTenantId(program, module, outermost.fn)
    if ('blocked' in threaded)
      return {
        reason: `no tenant id is in scope, and it can't be handed over: ${threaded.blocked} (${placeOf(program, threaded)})`,
      }
    const found = settle(
      outermost,
      startOf(outermost),
      { id: { expression: threaded.name, proven: true } },
      threaded.edits,
    )
    return found ?? { reason: blocked! }
  }
  return { reason: noIdReason(program, module, request.nodes[0]!) }
}

/** The rules may say that an id is there; where the code asks all the same, the client stands below the question. */
function belowOwnGuard(point: ListPoint, index: number, { path }: TenantId): number {
  if (!path) return index
  const statements = statementsOf(point.list) ?? []
  for (let at = point.index - 1; at >= index; at--) {
    const statement = statements[at]!
    if (statement.type !== 'IfStatement' || !leaves(statement.consequent)) continue
    const asked = provenBy(statement.test, false).some(
      ({ binding, names }) =>
        binding === path.binding &&
        names.length <= path.names.length &&
        names.every((name, position) => name === path.names[position]),
    )
    if (asked) return at + 1
  }
  return index
}

/** Where one change may prove an id for all who ask: the function of the code base that gives it. */
function openSource(program: Program, module: Module, { path }: TenantId): string {
  const source = path && localSource(program, module, path.binding)
  if (!source) return ''
  const claim = source.node.returnType
    ? declaredPresent(program, source.module, source.node, [...source.taken, ...path.names], true)
      ? 'says by its type that it is there, and only casts what it returns to that type: check it there'
      : undefined
    : 'neither checks that it is there nor has a return type that says so'
  return claim === undefined ? '' : `; \`${source.name}\` (${placeOf(program, source)}) ${claim}`
}

function placeOf(program: Program, { module, node }: { module: Module; node: Node }): string {
  return `${program.repository.relative(module.file)}:${module.position(node.start).line}`
}

/** The first statement from which an id is visible, after an offset. */
function firstVisible(
  program: Program,
  module: Module,
  point: ListPoint,
  start: number,
  id: TenantId,
  after: number,
): number {
  for (let index = start; index < point.index; index++) {
    const at = { list: point.list, index }
    if (offsetOf(at) < after) continue
    if (
      tenantIdsAt(program, module, at).some(
        (item) => item.expression === id.expression && item.binding === id.binding,
      )
    )
      return index
  }
  return point.index
}

function noIdReason(program: Program, module: Module, node: Node): string {
  const fn = enclosingFunction(node)
  const machine = fn && machineCaller(program.repository.relative(module.file), fn)
  if (machine) return `no tenant id is in scope, and ${machine}`
  const handler = fn && isRequestHandler(module, fn)
  return handler && program.rules.tenantId.inserts.length === 0
    ? 'no tenant id is in scope, and rules.json has no `tenantId.insert` to make one'
    : 'no tenant id is in scope'
}
