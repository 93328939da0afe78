import type { Code, Seen, SeenMade, SeenMember, SeenObject, Sight } from '../dialects/sight.ts'
import type { Module } from '../repo/module.ts'
import { keyName, memberName, type Node, unwrap, wrapped } from '../repo/node.ts'
import { returnedExpressions } from './calls.ts'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'
import { property } from './properties.ts'
import { alternatives, awaited, type Frame, type MadeValue, type Value } from './values.ts'

/** The code base as dialects see it. */
export function codeOf(program: Program): Code {
  return {
    repository: program.repository,
    rules: program.rules,
    look: (module, expression) => look(program, module, expression),
  }
}

/** What a dialect may ask at one place. */
export function sightOf(program: Program, module: Module): Sight {
  return { code: program.code, module, look: (expression) => look(program, module, expression) }
}

function look(program: Program, module: Module, expression: Node, frame?: Frame): Seen[] {
  const seen = seenOf(program, evaluate(program, module, expression, frame))
  if (!seen.some((item) => item.kind === 'unknown')) return seen
  const items = mappedTo(program, module, expression, frame)
  return items ? [{ kind: 'array', items }] : seen
}

/** What `rows.map((row) => ({ … }))` makes of each row, also where nothing is known of the rows. */
function mappedTo(
  program: Program,
  module: Module,
  expression: Node,
  frame: Frame | undefined,
): Seen[] | undefined {
  let node = unwrap(expression)
  if (node.type === 'Identifier' && node.binding?.kind === 'const') {
    const { declaration, id } = node.binding
    if (declaration.type !== 'VariableDeclarator' || declaration.id !== id || !declaration.init)
      return undefined
    node = unwrap(declaration.init)
  }
  const callee = node.type === 'CallExpression' ? unwrap(node.callee) : undefined
  if (callee?.type !== 'MemberExpression' || !['map', 'flatMap'].includes(memberName(callee) ?? ''))
    return undefined
  const [mapper] = node.arguments as Node[]
  if (!mapper || mapper.type === 'SpreadElement') return undefined
  const functions = alternatives(evaluate(program, module, mapper, frame)).filter(
    (item) => item.kind === 'function',
  )
  if (functions.length === 0) return undefined
  return functions.flatMap((fn) =>
    returnedExpressions(fn.node).flatMap((returned) => look(program, fn.module, returned)),
  )
}

function seenOf(program: Program, value: Value): Seen[] {
  return alternatives(awaited(value)).map((item): Seen => {
    switch (item.kind) {
      case 'literal':
        return typeof item.value === 'string'
          ? { kind: 'text', parts: [item.value] }
          : { kind: 'literal', value: item.value }
      case 'text':
        return { kind: 'text', parts: item.parts }
      case 'object':
        return seenObject(program, item)
      case 'array':
        return { kind: 'array', items: item.items.flatMap((one) => seenOf(program, one)) }
      case 'function':
        return { kind: 'function', node: item.node, module: item.module }
      case 'made':
        return seenMade(program, item)
      case 'client':
      case 'entry':
        return { kind: 'client' }
      case 'method':
        return { kind: 'member', name: item.name }
      case 'external':
        return { kind: 'external', module: item.module, path: item.path }
      case 'unknown':
        return { kind: 'unknown', reason: item.reason }
      default:
        return { kind: 'unknown', reason: 'it is only known at run time' }
    }
  })
}

function seenMade(program: Program, made: MadeValue): SeenMade {
  return {
    kind: 'made',
    by: made.by,
    call: made.node,
    module: made.module,
    path: made.path,
    ...(made.of ? { of: seenMade(program, made.of) } : {}),
    look: (expression) => look(program, made.module, expression, made.frame),
  }
}

type ObjectValue = Extract<Value, { kind: 'object' }>

function seenObject(program: Program, value: ObjectValue): SeenObject {
  const { node, module } = value
  return {
    kind: 'object',
    node,
    module,
    member: (name) =>
      seenOf(program, property(program, value, name, { module, node }, value.frame)).filter(
        (item) => !(item.kind === 'unknown' && item.reason.startsWith('no member')),
      ),
    members: () => membersOf(program, value, 0),
  }
}

/** The members of an object literal, with those of what it spreads. */
function membersOf(
  program: Program,
  { node, module, frame }: ObjectValue,
  depth: number,
): { found: SeenMember[]; complete: boolean } {
  const found: SeenMember[] = []
  let complete = true
  for (const entry of node.properties as Node[]) {
    if (entry.type === 'SpreadElement') {
      for (const item of alternatives(awaited(evaluate(program, module, entry.argument, frame)))) {
        if (item.kind === 'literal') continue
        const inner = item.kind === 'object' && depth < 4 ? membersOf(program, item, depth + 1) : undefined
        found.push(...(inner?.found ?? []))
        if (!inner?.complete) complete = false
      }
      continue
    }
    const names = keyNames(program, module, entry, frame)
    if (!names) complete = false
    for (const name of names ?? [])
      found.push({ name, node: entry.value, module, value: () => look(program, module, entry.value, frame) })
  }
  for (const { target, value } of assignmentsTo(node)) {
    const name = memberName(target)
    if (name === undefined) complete = false
    else found.push({ name, node: value, module, value: () => look(program, module, value, frame) })
  }
  return { found, complete }
}

/** `object.name = value` on the constant that holds an object literal. */
function assignmentsTo(object: Node): { target: Node; value: Node }[] {
  const declarator = wrapped(object).parent
  if (declarator?.type !== 'VariableDeclarator' || declarator.id.type !== 'Identifier') return []
  return (declarator.id.binding?.references ?? []).flatMap((reference: Node) => {
    const target = wrapped(reference).parent
    const assignment = target.parent
    return target.type === 'MemberExpression' &&
      assignment?.type === 'AssignmentExpression' &&
      assignment.left === target
      ? [{ target, value: assignment.right }]
      : []
  })
}

/** The names that a key may be; undefined when they are only known at run time. */
function keyNames(
  program: Program,
  module: Module,
  entry: Node,
  frame: Frame | undefined,
): string[] | undefined {
  const name = keyName(entry)
  if (name !== undefined) return [name]
  const items = alternatives(evaluate(program, module, entry.key, frame))
  const texts = items.flatMap((item) => (item.kind === 'literal' ? [String(item.value)] : []))
  return texts.length === items.length ? texts : undefined
}
