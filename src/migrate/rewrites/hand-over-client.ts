import type { Module } from '../../repo/module.ts'
import { type Binding, enclosingFunction, type Node, unwrap } from '../../repo/node.ts'
import type { Access } from '../../trace/accesses.ts'
import { makeAsync, type SourceEdit } from '../../trace/asynchrony.ts'
import { type CallSite, callersOf } from '../../trace/callers.ts'
import { clientsIn } from '../../trace/entries.ts'
import { evaluate } from '../../trace/evaluate.ts'
import { indexOfParameter, injectedField } from '../../trace/injected.ts'
import { outermostFunction, pointsOf } from '../../trace/points.ts'
import { insertArgument, insertParameter, mustBeFirst } from '../../trace/signatures.ts'
import { boundaryOf, labelOf } from '../../trace/threading.ts'
import { type ClientUse, clientUses } from '../../trace/uses.ts'
import { type Group, holderOf } from '../groups.ts'
import { freshName } from '../names.ts'
import type { Planning, Refusal, Rewrite } from '../planning.ts'
import type { Target } from '../target.ts'
import { clientCall, tableOf } from './client-call.ts'
import { idAt } from './inline-client.ts'
import { splitClient } from './split-client.ts'

/** What a caller hands over after the rewrite, and what has to change for that. */
interface Handed {
  /** The name that holds the client inside of the function. */
  readonly name: string
  readonly edits: readonly SourceEdit[]
  readonly gone: readonly Node[]
}

/**
 * A function that is handed its client: its callers hand over that of the other database. A function that asks both
 * databases gets a second client, as a parameter beside the first. Callers that are handed their client themselves are
 * followed up to where one is made.
 * @param goes where a use of the parameter goes: with the client of the target, or with the one that is there
 * @param covered whether an argument is the right client already, or will be by another rewrite
 */
export function handOverClient(
  planning: Planning,
  group: Group,
  target: Target,
  goes: (use: ClientUse) => 'move' | 'stay' | 'either',
  covered: (module: Module, argument: Node) => boolean,
): Rewrite | Refusal {
  if (group.holder.kind !== 'parameter') return { reason: 'its client is no parameter' }
  /** Functions that were given a second client on behalf of this group; those of other groups are in the plan. */
  const names = new Map<Node, string>()
  const handed = handOver(group.module, group.holder.binding, new Set())
  if ('reason' in handed) return handed
  for (const [fn, name] of names) planning.handedOver.set(fn, name)
  return { name: 'hand-over-client', edits: handed.edits, gone: handed.gone, moved: group.accesses }

  function handOver(module: Module, binding: Binding, within: ReadonlySet<Node>): Handed | Refusal {
    const { program } = planning.trace
    const fn = binding.declaration
    const label = labelOf(fn)
    const index = indexOfParameter(binding)
    const at = (home: Module, node: Node) =>
      `${program.repository.relative(home.file)}:${home.position(node.start).line}`
    const refused = (reason: string, node: Node = fn, home: Module = module): Refusal => ({
      reason: `its client is the parameter \`${binding.name}\`: the callers have to hand over the client of ${group.to}, and ${reason} (${at(home, node)})`,
    })
    const known = names.get(fn) ?? planning.handedOver.get(fn)
    if (known !== undefined) return { name: known, edits: [], gone: [] }
    if (within.has(fn)) return refused(`\`${label}\` calls itself`)
    if (index < 0) return refused(`\`${label}\` takes it out of an object`)
    const { calls, open, escapes } = callersOf(program, module, fn)
    if (open !== undefined)
      return refused(`\`${label}\` is handed on as a value`, escapes[0]?.node, escapes[0]?.module)
    if (calls.length === 0) return refused(`nobody calls \`${label}\``)
    const uses = clientUses(program, module, binding, planning.byReceiver)
    const moving = uses.filter((use) => goes(use) === 'move')
    const isSecond = uses.some((use) => goes(use) === 'stay')
    if (isSecond && fn.parent.kind === 'constructor')
      return refused(`\`${label}\` does more with it than ask ${group.to}`)
    if (isSecond) {
      const boundary = boundaryOf(program, module, fn)
      if (boundary) return refused(boundary)
    }
    const first = mustBeFirst(fn, calls)
    const edits: SourceEdit[] = []
    const gone: Node[] = []
    let name = binding.name
    if (isSecond) {
      const { database } = target
      name = freshName(
        fn.body,
        moving.map((use) => use.node),
        [`${database.name}Db`, `${database.name}Client`, `${database.name}Database`],
        planning.taken(module, fn.body),
      )
      planning.taken(module, fn.body).add(name)
      const type = binding.id.typeAnnotation
      const text = type ? name + module.text.slice(type.start, type.end) : name
      edits.push(insertParameter(module, fn, text, first))
      for (const { node } of moving) {
        edits.push({ module, start: node.start, end: node.end, text: name })
        gone.push(node)
      }
    }
    const around = new Set([...within, fn])
    for (const call of calls) {
      const argument: Node | undefined = call.node.arguments[index]
      if (
        !argument ||
        call.node.arguments.slice(0, index + 1).some((item: Node) => item.type === 'SpreadElement')
      )
        return refused(`\`${label}\` is called without it`, call.node, call.module)
      if (covered(call.module, argument)) {
        if (isSecond)
          edits.push(insertArgument(call, call.module.text.slice(argument.start, argument.end), first))
        continue
      }
      const given = clientAtCall(call, argument, around)
      if ('reason' in given)
        return given.reason.startsWith('its client') ? given : refused(given.reason, call.node, call.module)
      const replaces = (edit: SourceEdit) =>
        edit.module === call.module && edit.start === argument.start && edit.end === argument.end
      edits.push(...(isSecond ? given.edits.filter((edit) => !replaces(edit)) : given.edits))
      gone.push(...(isSecond ? given.gone.filter((node) => node !== argument) : given.gone))
      if (isSecond) edits.push(insertArgument(call, given.name, first))
    }
    names.set(fn, name)
    return { name, edits, gone }
  }

  /** The client of the target where a call is made: from the caller's own callers, or obtained there. */
  function clientAtCall(call: CallSite, argument: Node, within: ReadonlySet<Node>): Handed | Refusal {
    const { module } = call
    const node = unwrap(argument)
    const binding: Binding | undefined = node.type === 'Identifier' ? node.binding : undefined
    if (binding?.kind === 'parameter') return handOver(module, binding, within)
    const field = injectedField(planning.trace.program, module, node)
    const injected = field && handOver(field.module, field.parameter, within)
    if (injected && !('reason' in injected)) return injected
    if (clientsIn(planning.trace.program, evaluate(planning.trace.program, module, argument)).length === 0)
      return { reason: 'the client that is handed over there is not known' }
    const accesses: readonly Access[] = group.accesses
    if (pointsOf(argument).length === 0) return inExpression(call, argument)
    // Where it has a client of its own, the other one is obtained beside that: the accesses there share it.
    const own = holderOf(module, node)
    const obtained = splitClient(
      planning,
      {
        module,
        holder:
          own.kind === 'variable' ? own : { kind: 'foreign', text: module.text.slice(node.start, node.end) },
        from: group.from,
        to: group.to,
        accesses: [...accesses],
        within: outermostFunction(call.node),
      },
      target,
      [{ node: argument, kind: 'handed', accesses }],
      [],
    )
    if ('reason' in obtained) return { reason: `there ${obtained.reason}` }
    const replaced = obtained.edits.find(
      (edit) => edit.module === module && edit.start === argument.start && edit.end === argument.end,
    )
    return replaced
      ? { name: replaced.text, edits: obtained.edits, gone: obtained.gone }
      : { reason: 'there the new client would get no name' }
  }

  /** A call in a function that is one expression: the client is obtained where it is handed over. */
  function inExpression({ module }: CallSite, argument: Node): Handed | Refusal {
    const { program } = planning.trace
    const found = target.needsTenantId ? idAt(program, module, argument) : { edits: [] }
    const fn = enclosingFunction(argument)
    if ('blocked' in found || !fn || (target.needsTenantId && !found.id))
      return { reason: `there ${'blocked' in found ? found.blocked : 'no tenant id is in scope'}` }
    if (target.entry.result !== undefined)
      return { reason: 'there it can not be taken out of what the factory returns' }
    const plan = target.async ? makeAsync(program, module, fn) : { edits: [] }
    if ('blocked' in plan) return { reason: `there ${plan.blocked}` }
    const text = clientCall(planning, module, argument, target, found.id, tableOf(group.accesses[0]))
    const edit = { module, start: argument.start, end: argument.end, text }
    return { name: text, edits: [...plan.edits, ...found.edits, edit], gone: [argument] }
  }
}
