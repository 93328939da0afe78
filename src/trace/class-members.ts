import type { Module } from '../repo/module.ts'
import { type Binding, keyName, memberName, type Node, unwrap, walk, wrapped } from '../repo/node.ts'
import { usesOf } from './callers.ts'
import { returnValue } from './calls.ts'
import { evaluate } from './evaluate.ts'
import type { Place, Program } from './program.ts'
import { alternatives, type Frame, union, type Value } from './values.ts'

type Instance = Extract<Value, { kind: 'instance' }>

/** A field, constructor property, getter or method of an instance, through its base classes. */
export function instanceMember(
  program: Program,
  instance: Instance,
  name: string,
  place: Place,
  frame: Frame | undefined,
): Value | undefined {
  const { node: cls, module } = instance
  const found: Value[] = []
  let ctor: Node | undefined
  for (const member of cls.body.body as Node[]) {
    if (member.type === 'MethodDefinition' && member.kind === 'constructor') ctor = member.value
    if (member.static || keyName(member) !== name) continue
    if ((member.type === 'PropertyDefinition' || member.type === 'AccessorProperty') && member.value)
      found.push(evaluate(program, module, member.value))
    if (member.type === 'MethodDefinition') {
      const method: Value = { kind: 'function', node: member.value, module, self: instance }
      if (member.kind === 'get') found.push(returnValue(program, method, [], frame))
      else if (member.kind === 'method') return method
    }
  }
  const construction: Frame | undefined =
    ctor && instance.args
      ? {
          fn: ctor,
          args: instance.args,
          self: instance,
          depth: (frame?.depth ?? 0) + 1,
          memo: new Map(),
          ...(frame ? { outer: frame } : {}),
        }
      : undefined
  for (const parameter of (ctor?.params ?? []) as Node[]) {
    if (parameter.type !== 'TSParameterProperty') continue
    const id =
      parameter.parameter.type === 'AssignmentPattern' ? parameter.parameter.left : parameter.parameter
    if (id.name === name) found.push(evaluate(program, module, id, construction))
  }
  for (const assignment of fieldAssignments(cls, name)) {
    const inConstructor = ctor !== undefined && assignment.start >= ctor.start && assignment.end <= ctor.end
    found.push(evaluate(program, module, assignment.right, inConstructor ? construction : undefined))
  }
  found.push(...outerAssignments(program, module, cls, name))
  if (found.length > 0) {
    const known = found.filter(
      (item) => !(item.kind === 'literal' && (item.value === null || item.value === undefined)),
    )
    return union(known.length > 0 ? known : found)
  }
  if (cls.superClass) {
    const bases = alternatives(evaluate(program, module, cls.superClass)).filter(
      (item) => item.kind === 'class',
    )
    const inherited = bases
      .map((base) =>
        instanceMember(
          program,
          {
            kind: 'instance',
            node: base.node,
            module: base.module,
            ...superArguments(program, instance, ctor, construction),
          },
          name,
          place,
          frame,
        ),
      )
      .filter((item) => item !== undefined)
    if (inherited.length > 0) return union(inherited)
  }
  return undefined
}

/** What an abstract class asks of those that extend it: the member of each. */
export function inSubclasses(
  program: Program,
  instance: Instance,
  name: string,
  place: Place,
  frame: Frame | undefined,
): Value | undefined {
  const binding: Binding | undefined = instance.node.id?.binding
  if (!binding || instance.construction) return undefined
  const found = usesOf(program, instance.module, binding).flatMap(({ module, node }): Value[] => {
    const cls = wrapped(node).parent
    if (
      (cls.type !== 'ClassDeclaration' && cls.type !== 'ClassExpression') ||
      cls.superClass !== wrapped(node)
    )
      return []
    const value = { kind: 'instance' as const, node: cls, module }
    const member = hasMember(cls, name)
      ? instanceMember(program, value, name, place, frame)
      : inSubclasses(program, value, name, place, frame)
    return member ? [member] : []
  })
  return found.length > 0 ? union(found) : undefined
}

function hasMember(cls: Node, name: string): boolean {
  return (
    (cls.body.body as Node[]).some(
      (member) => !member.static && keyName(member) === name && !/^TSAbstract/.test(member.type),
    ) || fieldAssignments(cls, name).length > 0
  )
}

/** The arguments that a constructor hands to its base class. */
function superArguments(
  program: Program,
  instance: Instance,
  ctor: Node | undefined,
  frame: Frame | undefined,
): { args?: readonly Value[] } {
  if (!ctor) return instance.args ? { args: instance.args } : {}
  let call: Node | undefined
  walk(ctor.body, (node) => {
    if (node.type === 'CallExpression' && node.callee.type === 'Super') call = node
  })
  return call
    ? { args: call.arguments.map((argument: Node) => evaluate(program, instance.module, argument, frame)) }
    : {}
}

/** `made.name = …` in the class's own file, where `made` is an instance: static factories fill what they make. */
function outerAssignments(program: Program, module: Module, cls: Node, name: string): Value[] {
  return module.membersNamed(name).flatMap((member): Value[] => {
    const assignment = member.parent
    if (
      assignment.type !== 'AssignmentExpression' ||
      assignment.left !== member ||
      assignment.operator !== '='
    )
      return []
    if (unwrap(member.object).type === 'ThisExpression') return []
    const made = alternatives(evaluate(program, module, member.object))
    return made.some((item) => item.kind === 'instance' && item.node === cls)
      ? [evaluate(program, module, assignment.right)]
      : []
  })
}

/** Assignments `this.name = …` anywhere in a class. */
export function fieldAssignments(cls: Node, name: string): Node[] {
  let fields: Map<string, Node[]> | undefined = cls.fields
  if (!fields) {
    fields = new Map()
    const index = fields
    walk(cls.body, (node) => {
      if (
        node.type !== 'AssignmentExpression' ||
        node.left.type !== 'MemberExpression' ||
        unwrap(node.left.object).type !== 'ThisExpression'
      )
        return
      const field = memberName(node.left)
      if (field === undefined) return
      const list = index.get(field)
      if (list) list.push(node)
      else index.set(field, [node])
    })
    cls.fields = fields
  }
  return fields.get(name) ?? []
}

export function staticMember(
  program: Program,
  value: Extract<Value, { kind: 'class' }>,
  name: string,
): Value | undefined {
  const { node: cls, module } = value
  const found: Value[] = []
  for (const member of cls.body.body as Node[]) {
    if (!member.static || keyName(member) !== name) continue
    if (member.type === 'MethodDefinition')
      return member.kind === 'get'
        ? returnValue(program, { kind: 'function', node: member.value, module, self: value }, [], undefined)
        : { kind: 'function', node: member.value, module, self: value }
    if (member.value) found.push(evaluate(program, module, member.value))
  }
  // `Class.name = …` and `this.name = …` of static methods fill singletons.
  for (const assignment of fieldAssignments(cls, name))
    found.push(evaluate(program, module, assignment.right))
  for (const reference of (cls.id?.binding?.references ?? []) as Node[]) {
    const member = reference.parent
    if (
      member.type === 'MemberExpression' &&
      member.object === reference &&
      memberName(member) === name &&
      member.parent.type === 'AssignmentExpression' &&
      member.parent.left === member
    )
      found.push(evaluate(program, module, member.parent.right))
  }
  const known = found.filter(
    (item) => !(item.kind === 'literal' && (item.value === null || item.value === undefined)),
  )
  return known.length > 0 ? union(known) : undefined
}
