import type { Module } from '../repo/module.ts'
import { enclosingFunction, type Node } from '../repo/node.ts'
import type { Access } from '../trace/accesses.ts'
import { callersOf } from '../trace/callers.ts'
import { clientKinds } from '../trace/entry-dialect.ts'
import { noRequestHere } from '../trace/handlers.ts'
import { outermostFunction, pointsOf } from '../trace/points.ts'
import { type ClientUse, clientUses } from '../trace/uses.ts'
import { foreignUses } from './foreign.ts'
import type { Group } from './groups.ts'
import { findPlacement } from './placement.ts'
import type { Planning, Refusal, Rewrite } from './planning.ts'
import { handOverClient } from './rewrites/hand-over-client.ts'
import { inlineClient } from './rewrites/inline-client.ts'
import { splitClient } from './rewrites/split-client.ts'
import { swapClient } from './rewrites/swap-client.ts'
import type { Target } from './target.ts'

/** Chooses the rewrite that fits how a group of accesses holds its client, and carries it out. */
export function rewriteGroup(planning: Planning, group: Group): Rewrite | Refusal {
  const target = planning.target(group.to, group.accesses[0]!)
  if (!target) return { reason: `the rules name no client of ${group.to} that can be obtained by a call` }
  if (target.entry.scope === 'request') {
    const { program } = planning.trace
    for (const access of group.accesses) {
      const reason = noRequestHere(
        program.repository.relative(group.module.file),
        outermostFunction(access.candidate.call),
      )
      if (reason) return { reason: `the client of ${group.to} authenticates by the request: ${reason}` }
    }
  }
  if (group.holder.kind !== 'variable' && group.holder.kind !== 'assigned') {
    const detached = group.accesses.find((access) => access.candidate.detached !== undefined)
    if (detached) return { reason: detached.candidate.detached! }
  }
  const lost =
    lostArguments(planning, group, target) ?? lostSignIn(group, target) ?? otherKind(planning, group, target)
  if (lost) return { reason: lost }
  switch (group.holder.kind) {
    case 'variable':
    case 'assigned': {
      const uses = clientUses(planning.trace.program, group.module, group.holder.binding, planning.byReceiver)
      const kinds = uses.map((use) => ({ use, goes: whereTo(planning, use, group.to) }))
      const stays = kinds.filter((item) => item.goes === 'stay')
      const swapped = stays.length === 0 ? swapClient(planning, group, target, uses) : undefined
      if (swapped && !('reason' in swapped)) return swapped
      if (swapped) return partOfClient(planning, group, target, uses, swapped.reason)
      return splitClient(
        planning,
        group,
        target,
        kinds.filter((item) => item.goes === 'move').map((item) => item.use),
        stays.map((item) => item.use),
      )
    }
    case 'inline':
      return inlineClient(planning, group, target)
    case 'foreign':
      // A helper that is handed its client gets another one from its callers, not one of its own.
      if (
        group.holder.binding?.kind === 'parameter' &&
        callersOf(planning.trace.program, group.module, group.holder.binding.declaration).calls.length > 0
      )
        return {
          reason: `its client \`${group.holder.text}\` is a part of a parameter: the callers have to hand over the client of ${group.to}`,
        }
      return foreignClient(planning, group, target)
    case 'parameter':
      return {
        reason: `its client is the parameter \`${group.holder.binding.name}\`: the callers have to hand over the client of ${group.to}`,
      }
  }
}

/** Accesses on a parameter, after everything else: what the callers hand over is exchanged. */
export function rewriteGroupOfParameter(
  planning: Planning,
  group: Group,
  covered: (module: Module, argument: Node) => boolean,
): Rewrite | Refusal {
  const target = planning.target(group.to, group.accesses[0]!)
  if (!target) return { reason: `the rules name no client of ${group.to} that can be obtained by a call` }
  return handOverClient(planning, group, target, (use) => whereTo(planning, use, group.to), covered)
}

/** A client from elsewhere stays; the accesses get one of their own, in place where there is no statement to put it before. */
function foreignClient(planning: Planning, group: Group, target: Target): Rewrite | Refusal {
  const { moving, staying } = foreignUses(planning, group)
  const bare = moving.filter(({ node }) => pointsOf(node).length === 0)
  const listed = moving.filter((use) => !bare.includes(use))
  const split =
    listed.length > 0 || bare.length === 0
      ? splitClient(planning, group, target, listed, [...staying, ...bare])
      : undefined
  if (split && 'reason' in split)
    bare.push(...listed.filter(({ kind, node }) => kind === 'access' && isInExpressionBody(node)))
  const inExpressions = [...new Set(bare.flatMap(({ accesses }) => accesses))]
  const inline =
    inExpressions.length > 0
      ? inlineClient(planning, { ...group, accesses: inExpressions }, target)
      : undefined
  return together(
    split && { outcome: split, accesses: group.accesses.filter((access) => !inExpressions.includes(access)) },
    inline && { outcome: inline, accesses: inExpressions },
  )
}

interface Part {
  readonly outcome: Rewrite | Refusal
  readonly accesses: readonly Access[]
}

/** Two rewrites of one group as one; what one of them refuses is left with its reason. */
function together(...parts: readonly (Part | undefined)[]): Rewrite | Refusal {
  const all = parts.filter((part) => part !== undefined)
  const done = all.flatMap(({ outcome }) => ('reason' in outcome ? [] : [outcome]))
  const [first, ...others] = done
  if (!first) return all[0]!.outcome
  return {
    ...first,
    edits: [...first.edits, ...others.flatMap((other) => other.edits)],
    gone: [...first.gone, ...others.flatMap((other) => other.gone)],
    moved: [...first.moved, ...others.flatMap((other) => other.moved)],
    left: [
      ...done.flatMap((outcome) => outcome.left ?? []),
      ...all.flatMap(({ outcome, accesses }) =>
        'reason' in outcome ? [{ accesses, reason: outcome.reason }] : [],
      ),
    ],
  }
}

/** Whether a node stands in a function whose body is an expression: `async ({ ctx }) => ctx.db.from('t')`. */
function isInExpressionBody(node: Node): boolean {
  const fn = enclosingFunction(node)
  return fn !== undefined && fn.body.type !== 'BlockStatement'
}

/**
 * A tenant's client that is made from something else than the tenant's id (an address and a key that somebody has just
 * typed in) can't become a client that takes no such thing: what was asked of it would be asked of another database.
 */
function lostArguments(planning: Planning, group: Group, target: Target): string | undefined {
  if (target.needsTenantId) return undefined
  for (const access of group.accesses) {
    for (const client of access.clients) {
      const made = planning.trace.creations.find((creation) => creation.node === client.origin.node)
      if (
        !made?.fact.perTenant ||
        made.fact.tenantId?.status === 'proven' ||
        made.node.arguments.length === 0
      )
        continue
      if (made.fact.tenantId && made.fact.tenantId.status !== 'other') continue
      const given = made.node.arguments.map(
        (argument: Node) => `\`${made.module.text.slice(argument.start, argument.end)}\``,
      )
      return `its client is made from ${given.join(' and ')}, which the client of ${group.to} does not take`
    }
  }
  return undefined
}

/** A client that is asked in another way can't stand in for one, unless the rules say that it is meant to. */
function otherKind(planning: Planning, group: Group, { entry }: Target): string | undefined {
  const { program } = planning.trace
  const [access] = group.accesses
  const dialect = program.dialects.find(({ name }) => name === access?.fact.dialect)
  const label = access?.clients[0]?.entry?.label
  if (!access || !dialect?.kindOf || (label !== undefined && entry.replaces?.includes(label)))
    return undefined
  const [own, ...others] = new Set(
    access.clients.flatMap((client) => [...clientKinds(program, dialect, client)]),
  )
  const [its] = clientKinds(program, dialect, { entry })
  return own !== undefined && its !== undefined && (own !== its || others.length > 0)
    ? `its client is one of \`${own}\`, that of ${group.to} one of \`${its}\`: they are asked in other ways; where one can stand in, list what it replaces in the rules (\`replaces\`)`
    : undefined
}

/**
 * A client on which a user is signed in can't become one that knows of no user, unless the rules say that it signs in
 * by itself, or that it is meant to stand in this one's place.
 */
function lostSignIn(group: Group, { entry }: Target): string | undefined {
  if (entry.scope === 'request') return undefined
  for (const access of group.accesses) {
    const label = access.clients[0]?.entry?.label
    if (!access.fact.clients.some((client) => client.signedIn)) continue
    if (label !== undefined && entry.replaces?.includes(label)) continue
    return `a user is signed in on its client, and would not be on the client of ${group.to}; where that is meant, list what it replaces in the rules (\`replaces\`), or say \`"scope": "request"\` where it signs in by itself`
  }
  return undefined
}

/** The client as a whole can't be exchanged: the uses that can have a client of their own get one, the rest stays. */
function partOfClient(
  planning: Planning,
  group: Group,
  target: Target,
  uses: readonly ClientUse[],
  reason: string,
): Rewrite | Refusal {
  const { program } = planning.trace
  const moving = uses.filter((use) => whereTo(planning, use, group.to) === 'move')
  const placeable = moving.filter(
    (use) =>
      !(
        'reason' in
        findPlacement(program, {
          module: group.module,
          nodes: [use.node],
          needsTenantId: target.needsTenantId,
          async: target.async,
          staying: moving.map((other) => other.node.start),
        })
      ),
  )
  if (placeable.length === 0 || placeable.length === moving.length) return { reason }
  const rest = moving.filter((use) => !placeable.includes(use))
  const split = splitClient(planning, group, target, placeable, rest)
  return 'reason' in split
    ? split
    : { ...split, left: [{ accesses: rest.flatMap((use) => use.accesses), reason }] }
}

/** Where a use of a client goes when its client is exchanged by that of a database. */
export function whereTo(
  planning: Planning,
  { accesses, kind }: ClientUse,
  to: string,
): 'move' | 'stay' | 'either' {
  if (kind === 'type') return 'either'
  if (kind === 'escape') return 'stay'
  const needs = accesses.map((access) => planning.needOf(access))
  if (needs.some((need) => need.kind === 'stay' || need.kind === 'review')) return 'stay'
  if (needs.some((need) => need.kind === 'move' && need.to !== to)) return 'stay'
  return needs.some((need) => need.kind === 'move') ? 'move' : 'either'
}
