import type { Module } from '../../repo/module.ts'
import { isFunction, keyName, memberName, type Node, unwrap, walk } from '../../repo/node.ts'
import type { PlaceFact } from '../facts.ts'
import type { Program } from '../program.ts'
import { type CalleeFact, calleeFact } from './callees.ts'
import type { Namer } from './namer.ts'
import { memberPath, patternPath, wrapperCall } from './paths.ts'

/** Where a tenant id that the code reads comes from. */
export type IdOrigin =
  /** A member of what a function returns. */
  | { readonly kind: 'call'; readonly callee: CalleeFact; readonly path: readonly string[] }
  /** A member of what a wrapper hands to the function it is given. */
  | {
      readonly kind: 'wrapper'
      readonly callee: CalleeFact
      readonly parameter: number
      readonly path: readonly string[]
    }
  /** A member of what a method of some object returns: `supabase.auth.getUser()`. `variable` is the name that is read. */
  | {
      readonly kind: 'method'
      readonly method: string
      readonly variable: string
      readonly path: readonly string[]
    }
  /** A parameter of a function. */
  | { readonly kind: 'parameter'; readonly name: string }

export interface IdReadFact extends PlaceFact {
  /** The names, as they are written there, that look like a tenant id's: `workspace.id`. */
  readonly names: readonly string[]
  readonly origin: IdOrigin
}

/** Answers whether names end in what looks like a tenant id. */
export type IsTenantId = (names: readonly string[]) => boolean

/** A name, the members read from it, and the place of the read. */
interface Read {
  readonly id: Node
  readonly names: readonly string[]
  readonly node: Node
  /** The name in front of the members, or of a member that a pattern takes out. */
  readonly holder: readonly string[]
}

/** Every read of what looks like a tenant id in a file, with where it comes from when that can be told. */
export function idReads(
  program: Program,
  namer: Namer,
  module: Module,
  isTenantId: IsTenantId,
): IdReadFact[] {
  const found: IdReadFact[] = []
  for (const read of readsOf(module, isTenantId)) {
    const origin = originOf(program, namer, module, read.id, read.names, 0)
    if (!origin) continue
    const { line, column } = module.position(read.node.start)
    found.push({
      file: program.repository.relative(module.file),
      line,
      column,
      names: [...read.holder, ...read.names],
      origin,
    })
  }
  return found
}

function readsOf(module: Module, isTenantId: IsTenantId): Read[] {
  const found: Read[] = []
  walk(module.program, (node) => {
    if (node.type === 'MemberExpression') {
      const path = memberPath(node)
      // `a.b.tenantId.length` is one read, of the part that is the id.
      if (path && path.names.length > 0 && isTenantId([path.id.name, ...path.names]))
        found.push({ ...path, node, holder: [path.id.name] })
    } else if (node.type === 'Property' && node.parent?.type === 'ObjectPattern') {
      const target = node.value.type === 'AssignmentPattern' ? node.value.left : node.value
      const key = keyName(node)
      if (key !== undefined && target.type === 'Identifier' && target.binding && isTenantId([key]))
        found.push({ id: target, names: [], node, holder: [key] })
    } else if (isFunction(node)) {
      for (const parameter of node.params as Node[]) {
        const id = parameter.type === 'AssignmentPattern' ? parameter.left : parameter
        if (id.type === 'Identifier' && isTenantId([id.name]))
          found.push({ id, names: [], node: id, holder: [id.name] })
      }
    }
  })
  return found
}

/** Follows a name to the call, the wrapper or the parameter that gives it its value. */
function originOf(
  program: Program,
  namer: Namer,
  module: Module,
  id: Node,
  names: readonly string[],
  depth: number,
): IdOrigin | undefined {
  const binding = id.binding
  if (!binding || depth > 6) return undefined
  const declaration = binding.declaration
  if (binding.kind === 'parameter') {
    const index = (declaration.params as Node[]).findIndex(
      (parameter) => parameter.start <= binding.id.start && binding.id.end <= parameter.end,
    )
    const pattern =
      declaration.params[index].type === 'AssignmentPattern'
        ? declaration.params[index].left
        : declaration.params[index]
    const inner = patternPath(pattern, binding.id)
    if (!inner) return undefined
    const path = [...inner, ...names]
    const call = wrapperCall(declaration)
    const callee = call && rootCallee(program, namer, module, call)
    if (callee) return { kind: 'wrapper', callee, parameter: index, path }
    return path.length === 0 && !call ? { kind: 'parameter', name: binding.name } : undefined
  }
  if (declaration.type !== 'VariableDeclarator' || !declaration.init) return undefined
  const inner = patternPath(declaration.id, binding.id)
  if (!inner) return undefined
  const path = [...inner, ...names]
  let init = unwrap(declaration.init)
  if (init.type === 'LogicalExpression' && init.operator !== '&&') init = unwrap(init.left)
  if (init.type === 'AwaitExpression') init = unwrap(init.argument)
  if (init.type === 'Identifier' || init.type === 'MemberExpression') {
    const source = memberPath(init)
    return source && originOf(program, namer, module, source.id, [...source.names, ...path], depth + 1)
  }
  if (init.type !== 'CallExpression') return undefined
  const callee = calleeFact(program, namer, module, init.callee)
  if (callee) return { kind: 'call', callee, path }
  const method = unwrap(init.callee)
  const owner = method.type === 'MemberExpression' ? memberPath(method) : undefined
  return owner
    ? {
        kind: 'method',
        method: owner.names.slice(-2).join('.'),
        variable: inner.length > 0 ? binding.name : id.name,
        path: inner.length > 0 ? names : path,
      }
    : undefined
}

/** Methods of lists and promises: what they hand over is not theirs to vouch for. */
const everyday = new Set([
  'map',
  'filter',
  'forEach',
  'find',
  'findIndex',
  'some',
  'every',
  'flatMap',
  'reduce',
  'sort',
  'then',
  'catch',
  'finally',
])

/** What a wrapping call names, at the root of its chain: `procedure.input(x).query(fn)` has `procedure`. */
function rootCallee(program: Program, namer: Namer, module: Module, call: Node): CalleeFact | undefined {
  for (let at = unwrap(call.callee); ; ) {
    if (at.type === 'MemberExpression' && everyday.has(memberName(at) ?? '')) return undefined
    const found = calleeFact(program, namer, module, at)
    if (found) return found
    if (at.type === 'MemberExpression') at = unwrap(at.object)
    else if (at.type === 'CallExpression') at = unwrap(at.callee)
    else return undefined
  }
}
