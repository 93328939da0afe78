import type { Module } from '../repo/module.ts'
import { isFunction, memberName, type Node, unwrap } from '../repo/node.ts'
import { readyClient } from './entries.ts'
import { evaluate } from './evaluate.ts'
import type { Place, Program } from './program.ts'
import { alternatives, awaited, type ClientValue, type Value } from './values.ts'

/** Whether two places are one, also when a file was parsed again in between. */
export function isSame(one: Place, other: Place): boolean {
  return (
    one.node === other.node ||
    (one.module.file === other.module.file &&
      one.node.start === other.node.start &&
      one.node.end === other.node.end)
  )
}

/** What evaluating an expression asked for, expression by expression. */
export class Recording {
  readonly asked = new Map<Node, Place[]>()
  readonly values = new Map<Node, Value[]>()
  readonly #memos = new Map<Module, Map<Node, Value>>()
  readonly #open: Node[] = []

  /** Values that are known in this recording: what is remembered from before would hide where it came from. */
  memoOf(module: Module): Map<Node, Value> {
    let memo = this.#memos.get(module)
    if (!memo) this.#memos.set(module, (memo = new Map()))
    return memo
  }

  reach(module: Module, node: Node): void {
    const from = this.#open.at(-1)
    if (!from || from === node) return
    const list = this.asked.get(from)
    if (!list) this.asked.set(from, [{ module, node }])
    else if (!list.some((place) => place.node === node)) list.push({ module, node })
  }

  begin(node: Node): void {
    this.#open.push(node)
  }

  end(node: Node, value: Value): void {
    this.#open.pop()
    const list = this.values.get(node)
    if (list) list.push(value)
    else this.values.set(node, [value])
  }
}

/** A step from one expression to one that it gets its value from. */
export interface Hop {
  readonly from: Place
  readonly to: Place
}

/**
 * The way from an expression back to where its client is obtained, by asking for its value anew and noting what that
 * asks for: it follows whatever the evaluation follows. Ways on which the client itself is handed on go before others.
 * @returns the hops, nearest first; they end where nothing further is known to hand over the client
 */
export function hopsTo(program: Program, start: Place, target: ClientValue): readonly Hop[] {
  const recording = recorded(program, start)
  const home = unwrap(start.node)
  const reached = new Map<Node, { cost: number; hops: number; hop?: Hop }>([[home, { cost: 0, hops: 0 }]])
  const open: Place[] = [{ module: start.module, node: home }]
  let best: Node = home
  while (open.length > 0) {
    open.sort((a, b) => reached.get(b.node)!.cost - reached.get(a.node)!.cost)
    const at = open.pop()!
    const known = reached.get(at.node)!
    if (isSame(at, target.origin)) {
      best = at.node
      break
    }
    if (holds(program, recording, at.node, target) && known.hops >= reached.get(best)!.hops) best = at.node
    for (const to of recording.asked.get(at.node) ?? []) {
      const cost = known.cost + (holds(program, recording, to.node, target) ? 1 : 20)
      const before = reached.get(to.node)
      if (before && before.cost <= cost) continue
      reached.set(to.node, { cost, hops: known.hops + 1, hop: { from: at, to } })
      open.push(to)
    }
  }
  const hops: Hop[] = []
  for (let hop = reached.get(best)?.hop; hop; hop = reached.get(hop.from.node)?.hop) hops.unshift(hop)
  return hops
}

function recorded(program: Program, { module, node }: Place): Recording {
  const recording = new Recording()
  program.record(recording, () => evaluate(program, module, node))
  return recording
}

function holds(program: Program, recording: Recording, node: Node, target: ClientValue): boolean {
  return (recording.values.get(node) ?? []).some((value) => isOrHolds(program, value, target))
}

function isOrHolds(program: Program, value: Value, target: ClientValue): boolean {
  return alternatives(awaited(value)).some((item) => {
    switch (item.kind) {
      case 'client':
        return isSame(item.origin, target.origin) && item.database === target.database
      case 'method':
        return isSame(item.client.origin, target.origin)
      case 'entry':
        return isOrHolds(program, readyClient(program, item), target)
      case 'array':
        return item.items.some((one) => isOrHolds(program, one, target))
      case 'shape':
        return item.leaves.some((leaf) => isOrHolds(program, leaf.value, target))
      default:
        return false
    }
  })
}

/** What a hop is, in words for its end; undefined where it stays inside of one expression. */
export function wordsOf({ from, to }: Hop): string | undefined {
  const node = unwrap(from.node)
  if (from.module === to.module && node.start <= to.node.start && to.node.end <= node.end) return undefined
  if (node.type === 'Identifier') {
    const { binding } = node
    const name = `\`${node.name}\``
    if (binding?.kind === 'import') return `${name} is declared here`
    if (binding?.kind === 'parameter') return `passed to ${functionName(binding.declaration)} as ${name}`
    return `${name} gets its value here`
  }
  if (node.type === 'CallExpression' || node.type === 'NewExpression')
    return `\`${shortText(from, node.callee)}()\` gives it from here`
  if (node.type === 'MemberExpression') {
    const member = memberName(node)
    return member === undefined ? 'the member gets its value here' : `\`${member}\` gets its value here`
  }
  return isFunction(node) ? 'the function returns it here' : 'it comes from here'
}

function functionName(fn: Node): string {
  const name: string | undefined =
    fn.id?.name ??
    (fn.parent.type === 'VariableDeclarator'
      ? fn.parent.id.name
      : fn.parent.type === 'MethodDefinition' || fn.parent.type === 'Property'
        ? fn.parent.key.name
        : undefined)
  return name === undefined ? 'the function' : `\`${name}\``
}

function shortText({ module }: Place, node: Node): string {
  const text = module.text.slice(node.start, node.end).replace(/\s+/g, ' ')
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}
