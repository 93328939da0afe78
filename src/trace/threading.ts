import { find, scopeOf } from '../repo/bind.ts'
import type { Module } from '../repo/module.ts'
import { enclosingFunction, keyName, type Node, walk } from '../repo/node.ts'
import type { SourceEdit } from './asynchrony.ts'
import { type CallSite, callersOf, nameOf } from './callers.ts'
import { carrierParameter } from './contexts/frameworks.ts'
import { evaluate } from './evaluate.ts'
import { strengthenGuard } from './guards.ts'
import { isRequestHandler, machineCaller } from './handlers.ts'
import { type GivenId, typeOfId } from './id-type.ts'
import { leftOutReason, leftOutUser } from './left-out.ts'
import { accessPath, samePath } from './narrowing.ts'
import { isDoubted } from './optional-ids.ts'
import { outermostFunction, pointsOf } from './points.ts'
import { argumentFor, isPresentArgument } from './presence.ts'
import type { Program } from './program.ts'
import { hasOverloads, insertArgument, insertParameter, mustBeFirst } from './signatures.ts'
import { type TenantId, tenantIdsAt } from './tenant-ids.ts'
import { alternatives } from './values.ts'
import { offeredId } from './wrapped-ids.ts'

/** How a tenant id reaches a function from its callers, or the place where the way ends. */
export type Threading =
  | {
      readonly edits: readonly SourceEdit[]
      readonly name: string
      /** Of a parameter that is new. */
      readonly type?: string
    }
  | { readonly blocked: string; readonly module: Module; readonly node: Node }

/**
 * Gives a function a parameter for the tenant id and every caller an argument for it, up to where an id is in scope.
 * @returns the edits and the parameter's name, or the first caller that can't provide an id
 */
export function threadTenantId(
  program: Program,
  module: Module,
  fn: Node,
  within: ReadonlyMap<Node, string> = new Map(),
): Threading {
  const known = within.get(fn)
  if (known !== undefined) return { edits: [], name: known }
  const blocked = (reason: string, node: Node = fn, home: Module = module): Threading => ({
    blocked: reason,
    module: home,
    node,
  })
  const label = labelOf(fn)
  const boundary = boundaryOf(program, module, fn)
  if (boundary) return blocked(boundary)
  const { calls, open, escapes } = callersOf(program, module, fn)
  if (open)
    return blocked(
      `\`${label}\` is handed on as a value, so not every caller is known`,
      escapes[0]?.node ?? fn,
      escapes[0]?.module ?? module,
    )
  if (calls.length === 0) return blocked(`nobody calls \`${label}\`, so nobody can give it a tenant id`)
  const name = parameterName(program, fn)
  const first = mustBeFirst(fn, calls)
  const edits: SourceEdit[] = []
  const given: GivenId[] = []
  const around = new Map([...within, [fn, name] as const])
  for (const call of calls) {
    if (call.node.arguments.some((argument: Node) => argument.type === 'SpreadElement'))
      return blocked(`\`${label}\` is called with a spread argument`, call.node, call.module)
    const other = packageOf(program, call.module) !== packageOf(program, module)
    if (other) return blocked(`\`${label}\` is called from another package`, call.node, call.module)
    const id = idAtCall(program, call, around)
    if ('blocked' in id) return id
    edits.push(...id.edits, insertArgument(call, id.name, first))
    given.push({ call, id: id.name, ...(id.type === undefined ? {} : { type: id.type }) })
  }
  const type = typeOfId(program, module, name, given)
  const parameter = insertParameter(module, fn, isTyped(module) ? `${name}: ${type}` : name, first)
  return { edits: [parameter, ...edits], name, type }
}

/**
 * Makes the tenant id that a parameter holds proven, by the guards of the callers that hand it over.
 * @returns edits of the callers, or the call that can't be proven
 */
export function proveParameter(
  program: Program,
  module: Module,
  id: TenantId,
  within: ReadonlySet<Node> = new Set(),
): Threading | undefined {
  const binding = id.binding
  if (binding?.kind !== 'parameter' || id.expression !== binding.name || binding.id.optional) return undefined
  const fn = binding.declaration
  const { calls, open } = callersOf(program, module, fn)
  if (open || calls.length === 0 || within.has(fn)) return undefined
  const edits: SourceEdit[] = []
  for (const call of calls) {
    const argument = argumentFor(binding, call.node)
    const failed: Threading = {
      blocked: `\`${binding.name}\` may be undefined at this call`,
      module: call.module,
      node: call.node,
    }
    if (!argument) return failed
    if (isPresentArgument(program, call.module, argument)) continue
    const path = accessPath(argument)
    const point = pointsOf(call.node).at(-1)
    const given =
      path &&
      tenantIdsAt(program, call.module, { node: call.node }).find(
        (item) => item.path && samePath(item.path, path),
      )
    if (!given || !point) return failed
    const stronger = strengthenGuard(call.module, given, point)
    if (stronger) edits.push(stronger.edit)
    else {
      const further = proveParameter(program, call.module, given, new Set([...within, fn]))
      if (!further || 'blocked' in further) return further ?? failed
      edits.push(...further.edits)
    }
  }
  return { edits, name: binding.name }
}

/** The tenant id that a call can hand over: one in scope, one that a stronger guard proves, or one threaded to the caller. */
function idAtCall(program: Program, call: CallSite, within: ReadonlyMap<Node, string>): Threading {
  const { module, node } = call
  const blocked = (reason: string): Threading => ({ blocked: reason, module, node })
  const all = tenantIdsAt(program, module, { node })
  const ids = all.filter((id) => !isDoubted(id, { node }, enclosingFunction(node)))
  if (all[0] && ids.length === 0)
    return blocked(`\`${all[0].expression}\` may be undefined where it would be handed over`)
  const proven = ids.find((id) => id.proven)
  if (proven) return { edits: [], name: proven.expression }
  const points = pointsOf(node)
  for (const id of ids) {
    const point = points.at(-1)
    const stronger = point && strengthenGuard(module, id, point)
    if (stronger) return { edits: [stronger.edit], name: id.expression }
    const parameter = proveParameter(program, module, id)
    if (parameter && !('blocked' in parameter)) return { edits: parameter.edits, name: id.expression }
  }
  for (let fn = enclosingFunction(node); fn; fn = enclosingFunction(fn)) {
    const offered = offeredId(program, module, fn)
    if (offered) return { edits: offered.edits, name: offered.id.expression }
  }
  if (ids[0]) return blocked(`\`${ids[0].expression}\` may be undefined where it would be handed over`)
  const fn = outermostFunction(node)
  if (!fn) return blocked('it is called when the module is loaded, where no tenant is known')
  const machine = machineCaller(program.repository.relative(module.file), fn)
  if (isRequestHandler(module, fn))
    return blocked(
      machine ? `the caller has no tenant id, and ${machine}` : 'the caller has no tenant id in scope',
    )
  return threadTenantId(program, module, fn, within)
}

/** What a function is called in a message. */
export function labelOf(fn: Node): string {
  return (
    nameOf(fn)?.name ??
    (fn.parent.kind === 'constructor' ? fn.parent.parent.parent.id?.name : undefined) ??
    (fn.parent.type === 'MethodDefinition' || fn.parent.type === 'Property'
      ? keyName(fn.parent)
      : undefined) ??
    'the function'
  )
}

/** Why a function's signature is not its own to change. */
export function boundaryOf(program: Program, module: Module, fn: Node): string | undefined {
  const boundary = ownBoundary(program, module, fn)
  if (boundary !== undefined) return boundary
  const user = leftOutUser(program, module, fn)
  return user === undefined ? undefined : leftOutReason(labelOf(fn), user)
}

function ownBoundary(program: Program, module: Module, fn: Node): string | undefined {
  const holder = fn.parent
  if (hasOverloads(fn)) return 'its overloads would have to take it too'
  if (holder.type === 'MethodDefinition') {
    const cls = holder.parent.parent
    if (holder.decorators?.length > 0) return 'the framework calls it, as its decorator says'
    if (holder.kind !== 'method')
      return `a ${holder.kind === 'constructor' ? 'constructor' : `${holder.kind}ter`} can't take the tenant id`
    if (cls.implements?.length > 0)
      return `its class implements \`${module.text.slice(cls.implements[0].start, cls.implements[0].end)}\`, whose other implementations would have to change`
    if (holder.override || (cls.superClass && inheritsMethod(program, module, cls, keyName(holder))))
      return 'it overrides a method of the class that its own one extends'
    return undefined
  }
  if (isRequestHandler(module, fn) || carrierParameter(program, module, fn, 0))
    return 'the framework calls it and knows no tenant id'
  return nameOf(fn) || (holder.type === 'Property' && holder.kind === 'init')
    ? undefined
    : 'the function has no name by which its callers could be found'
}

/** Whether a base class has the method, or is not known. */
function inheritsMethod(program: Program, module: Module, cls: Node, name: string | undefined): boolean {
  const bases = alternatives(evaluate(program, module, cls.superClass))
  return bases.some(
    (base) =>
      base.kind !== 'class' ||
      base.node.body.body.some((member: Node) => keyName(member) === name) ||
      (base.node.superClass && inheritsMethod(program, base.module, base.node, name)),
  )
}

/** The rules' own name for a tenant id that is a parameter, `tenantId`, or another one when these mean something in the function. */
function parameterName(program: Program, fn: Node): string {
  const own = program.rules.tenantId.sources.flatMap((source) =>
    source.kind === 'parameter' && source.path.length === 0 ? [source.parameter] : [],
  )
  const taken = (name: string): boolean => {
    const scope = scopeOf(fn.body)
    return find(scope, name) !== undefined || declaresBelow(fn, name)
  }
  return (
    [...own, 'tenantId', 'currentTenantId', 'tenantIdForDatabase'].find((name) => !taken(name)) ?? 'tenantId_'
  )
}

function declaresBelow(fn: Node, name: string): boolean {
  let found = false
  walk(fn.body, (node) => {
    found ||= node.scope?.bindings.has(name) === true
  })
  return found
}

/** Whether a file has types. */
export function isTyped(module: Module): boolean {
  return /\.[mc]?tsx?$/.test(module.file)
}

function packageOf(program: Program, module: Module): string {
  return program.repository.packageOf(module.file)
}
