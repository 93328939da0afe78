import type { Need } from '../lint/need.ts'
import type { Module } from '../repo/module.ts'
import { type Binding, type Node, unwrap } from '../repo/node.ts'
import type { Access } from '../trace/accesses.ts'
import { injectedField } from '../trace/injected.ts'
import { outermostFunction } from '../trace/points.ts'
import type { Program } from '../trace/program.ts'

/** How an access gets its client. */
export type Holder =
  /** A constant or variable of a function, given by one call. */
  | { readonly kind: 'variable'; readonly binding: Binding; readonly declarator: Node; readonly init: Node }
  /** `let x; … x = call()`, assigned once. */
  | { readonly kind: 'assigned'; readonly binding: Binding; readonly assignment: Node }
  /** The factory is called where the client is used. */
  | { readonly kind: 'inline'; readonly node: Node }
  /** A parameter of the function around, or of the constructor that fills the field of the class around. */
  | { readonly kind: 'parameter'; readonly binding: Binding; readonly field?: FieldOf }
  /** Something from elsewhere: an import, a module's value, a field, a part of an object. */
  | { readonly kind: 'foreign'; readonly text: string; readonly binding?: Binding }

/** A field that a constructor fills: where its class is, and how it is read. */
export interface FieldOf {
  readonly module: Module
  readonly text: string
}

/** Accesses of one function that share a holder and a target. */
export interface Group {
  readonly module: Module
  readonly holder: Holder
  readonly from: string
  readonly to: string
  readonly accesses: Access[]
  /** The outermost function in which the client is obtained. */
  readonly within: Node | undefined
}

/**
 * How an expression that is a client, such as the receiver of an access, holds it.
 * @param injected for a field to stand for the parameter of the constructor that fills it
 */
export function holderOf(module: Module, receiver: Node, injected?: Program): Holder {
  const text = module.text.slice(receiver.start, receiver.end)
  if (
    receiver.type === 'CallExpression' ||
    receiver.type === 'NewExpression' ||
    receiver.type === 'AwaitExpression'
  )
    return { kind: 'inline', node: receiver }
  const field = injected ? injectedField(injected, module, receiver) : undefined
  if (field) return { kind: 'parameter', binding: field.parameter, field: { module: field.module, text } }
  if (receiver.type !== 'Identifier' || !receiver.binding) return { kind: 'foreign', text }
  const binding: Binding = receiver.binding
  if (binding.kind === 'parameter')
    return binding.declaration.params.some((parameter: Node) => parameter === binding.id)
      ? { kind: 'parameter', binding }
      : { kind: 'foreign', text, binding }
  const declarator = binding.declaration
  if (
    binding.scope.kind === 'module' ||
    declarator.type !== 'VariableDeclarator' ||
    declarator.id !== binding.id
  )
    return { kind: 'foreign', text, binding }
  if (declarator.init && binding.writes.length === 0 && isAcquisition(declarator.init))
    return { kind: 'variable', binding, declarator, init: declarator.init }
  if (!declarator.init && binding.writes.length === 1) {
    const assignment = binding.writes[0]!.parent
    if (
      assignment.type === 'AssignmentExpression' &&
      assignment.operator === '=' &&
      assignment.left === binding.writes[0] &&
      isAcquisition(assignment.right) &&
      assignment.parent.type === 'ExpressionStatement'
    )
      return { kind: 'assigned', binding, assignment }
  }
  return { kind: 'foreign', text, binding }
}

/** A call, maybe awaited: replacing it loses nothing but the client it makes. */
function isAcquisition(expression: Node): boolean {
  let at = unwrap(expression)
  if (at.type === 'AwaitExpression') at = unwrap(at.argument)
  return at.type === 'CallExpression' || at.type === 'NewExpression'
}

/**
 * Groups the accesses that have to move.
 * @param injected for the accesses on a field to belong to the constructor that is handed its client
 */
export function groupMoves(
  accesses: readonly Access[],
  needs: ReadonlyMap<Access, Need>,
  injected?: Program,
): Group[] {
  const groups = new Map<string, Group>()
  const ids = new Map<unknown, number>()
  const idOf = (item: unknown): number => {
    let id = ids.get(item)
    if (id === undefined) ids.set(item, (id = ids.size))
    return id
  }
  for (const access of accesses) {
    const need = needs.get(access)
    if (need?.kind !== 'move') continue
    const holder = holderOf(access.module, access.root, injected)
    // What some callers do right already can only be mended at the others.
    if (need.partly !== undefined && holder.kind !== 'parameter') continue
    const outer = outermostFunction(access.root)
    const module = (holder.kind === 'parameter' && holder.field?.module) || access.module
    const key = [
      idOf(module),
      holder.kind,
      holder.kind === 'foreign'
        ? `${holder.text} ${idOf(outer)}`
        : holder.kind === 'inline'
          ? idOf(outer)
          : idOf(holder.binding),
      need.to,
    ].join(' ')
    const group = groups.get(key)
    if (group) group.accesses.push(access)
    else
      groups.set(key, {
        module,
        holder,
        from: need.from,
        to: need.to,
        accesses: [access],
        within: outer,
      })
  }
  return [...groups.values()]
}
