import { find, scopeOf } from '../repo/bind.ts'
import type { Module } from '../repo/module.ts'
import { keyName, type Node, walk, wrapped } from '../repo/node.ts'
import type { SourceEdit } from './asynchrony.ts'
import type { Program } from './program.ts'
import type { TenantId } from './tenant-ids.ts'

/** A tenant id that a handler could have and does not take. */
export interface OfferedId {
  readonly id: TenantId
  /** What makes the handler take it. */
  readonly edits: readonly SourceEdit[]
}

/**
 * The tenant id that a wrapper of the rules hands to a function, which takes other things of it or nothing at all:
 * `withCompany(async ({ request }) => …)`.
 */
export function offeredId(program: Program, module: Module, fn: Node): OfferedId | undefined {
  const outer = wrapped(fn)
  const call = outer.parent
  if (call?.type !== 'CallExpression' || call.callee === outer) return undefined
  for (const source of program.rules.tenantId.sources) {
    if (source.kind !== 'wrapper' || source.path.length === 0) continue
    const given = program.wrapperValue(module, call, source.parameter)
    const leaf =
      given?.kind === 'shape'
        ? given.leaves.find(({ value }) => value.kind === 'tenant-id' && value.source === source)
        : undefined
    const [name] = leaf?.path ?? []
    if (!leaf || name === undefined || isTaken(fn, name)) continue
    const edit = takeEdit(module, fn, source.parameter, name)
    if (edit) return { id: { expression: leaf.path.join('.'), proven: true }, edits: [edit] }
  }
  return undefined
}

/** Whether a name already means something in a function or is read in it. */
function isTaken(fn: Node, name: string): boolean {
  if (find(scopeOf(fn.body), name)) return true
  let taken = false
  walk(fn, (node) => {
    if (node.scope?.bindings.has(name)) taken = true
    if (
      node.type === 'Identifier' &&
      node.name === name &&
      !node.binding &&
      node.parent.type !== 'MemberExpression'
    )
      taken ||= node.parent.type !== 'Property'
  })
  return taken
}

/** Adds a name to a function's parameter that is taken apart, or such a parameter to a function without any. */
function takeEdit(module: Module, fn: Node, index: number, name: string): SourceEdit | undefined {
  const parameter: Node | undefined = fn.params[index]
  if (parameter) {
    if (parameter.type !== 'ObjectPattern') return undefined
    const last = parameter.properties.at(-1) as Node | undefined
    if (!last) return { module, start: parameter.start + 1, end: parameter.start + 1, text: ` ${name} ` }
    if (parameter.properties.some((entry: Node) => entry.type === 'Property' && keyName(entry) === name))
      return undefined
    // What a rest collects must not lose a member.
    if (last.type === 'RestElement') return undefined
    return { module, start: last.end, end: last.end, text: `, ${name}` }
  }
  if (fn.params.length > 0 || index > 0) return undefined
  const open = module.text.indexOf('(', fn.start)
  const close = module.text.indexOf(')', open)
  if (open === -1 || open > fn.body.start || module.text.slice(open + 1, close).trim() !== '')
    return undefined
  return { module, start: open + 1, end: close, text: `{ ${name} }` }
}
