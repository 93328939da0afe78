import type { Module } from '../repo/module.ts'
import { keyName, memberName, type Node, unwrap, walk } from '../repo/node.ts'
import { returnValue } from './calls.ts'
import { evaluate, objectEntry } from './evaluate.ts'
import type { Program } from './program.ts'
import { alternatives, type Frame, union, type Value } from './values.ts'

/** A member expression, for messages and as the place where a trail ends. */
interface Place {
  readonly module: Module
  readonly node: Node
}

/** What a named member of a value is. */
export function property(
  program: Program,
  object: Value,
  name: string,
  place: Place,
  frame: Frame | undefined,
): Value {
  const unknown = (reason: string): Value => ({ kind: 'unknown', reason, ...place })
  switch (object.kind) {
    case 'union': {
      // Alternatives without this member (a Response beside a context) can't be the one that is read.
      const found = alternatives(object).map((item) => property(program, item, name, place, frame))
      const useful = found.filter((item) => !(item.kind === 'unknown' && item.reason.startsWith('no member')))
      return union(useful.length > 0 ? useful : found)
    }
    case 'object': {
      const { entry, spreads } = objectEntry(object.node, name)
      const spread = spreadMembers(program, object, spreads, name, place, frame)
      const found: Value[] = spread.filter((item) => item.kind !== 'unknown')
      if (entry) {
        if (entry.kind === 'get')
          found.push(
            returnValue(
              program,
              { kind: 'function', node: entry.value, module: object.module, self: object },
              [],
              frame,
            ),
          )
        else found.push(withSelf(evaluate(program, object.module, entry.value, object.frame), object))
      }
      found.push(...assignedMembers(program, object, name))
      if (found.length > 0) return union(found)
      // What is spread and not known may hold it.
      const lost = spread.find((item) => item.kind === 'unknown' && !item.reason.startsWith('no member'))
      return lost ?? unknown(`no member \`${name}\` in the object`)
    }
    case 'shape': {
      const leaves = object.leaves
        .filter((leaf) => leaf.path[0] === name)
        .map((leaf) => ({ path: leaf.path.slice(1), value: leaf.value }))
      const here = leaves.filter((leaf) => leaf.path.length === 0).map((leaf) => leaf.value)
      const below = leaves.filter((leaf) => leaf.path.length > 0)
      const other =
        object.otherwise && here.length === 0
          ? property(program, object.otherwise, name, place, frame)
          : undefined
      if (here.length + below.length === 0) return other ?? unknown(`\`${name}\` of ${object.label}`)
      const rest: Value[] =
        below.length > 0
          ? [
              {
                kind: 'shape',
                leaves: below,
                label: `${object.label}.${name}`,
                ...(other ? { otherwise: other } : {}),
              },
            ]
          : []
      return union([...here, ...rest])
    }
    case 'namespace':
      return program.exportValue(object.file, name, place)
    case 'map':
      return { kind: 'external', module: 'map', path: [name] }
    case 'external':
      if (object.module === 'instance') return unknown(`no member \`${name}\` in a ${object.path.join('.')}`)
      return { kind: 'external', module: object.module, path: [...object.path, name] }
    case 'entry':
      return program.entryMember(object, name, place)
    case 'instance':
      return (
        instanceMember(program, object, name, place, frame) ??
        unknown(`no member \`${name}\` in class ${object.node.id?.name ?? ''}`)
      )
    case 'class':
      return (
        staticMember(program, object, name) ??
        unknown(`no static member \`${name}\` in class ${object.node.id?.name ?? ''}`)
      )
    case 'array':
      return /^\d+$/.test(name)
        ? (object.items[Number(name)] ?? unknown('no such element'))
        : { kind: 'external', module: 'array', path: [name] }
    case 'enum':
      return object.members.get(name) ?? unknown(`no member \`${name}\` in the enum`)
    case 'made':
      return { ...object, path: [...object.path, name] }
    case 'client':
      return { kind: 'method', client: object, name }
    case 'promise':
      return name === 'then'
        ? unknown('a promise that is chained')
        : unknown(`\`${name}\` of a promise that is not awaited`)
    case 'unknown':
      return object
    default:
      return unknown(`\`${name}\` of a value that has no members`)
  }
}

/** A member in what an object literal spreads; `state = { ...state, … }` holds itself and is looked at once. */
function spreadMembers(
  program: Program,
  object: Extract<Value, { kind: 'object' }>,
  spreads: readonly Node[],
  name: string,
  place: Place,
  frame: Frame | undefined,
): Value[] {
  if (spreads.length === 0) return []
  let names = program.spreading.get(object.node)
  if (!names) program.spreading.set(object.node, (names = new Set()))
  if (names.has(name)) return []
  names.add(name)
  const found = spreads.map((source) =>
    property(program, evaluate(program, object.module, source, object.frame), name, place, frame),
  )
  names.delete(name)
  return found
}

function withSelf(value: Value, self: Value): Value {
  return value.kind === 'function' && value.node.type === 'FunctionExpression' ? { ...value, self } : value
}

/** `object.name = value` written to the constant that holds an object literal, in the same file. */
function assignedMembers(
  program: Program,
  object: Extract<Value, { kind: 'object' }>,
  name: string,
): Value[] {
  const declarator = object.node.parent
  const binding =
    declarator?.type === 'VariableDeclarator' && declarator.id.type === 'Identifier'
      ? declarator.id.binding
      : undefined
  if (!binding) return []
  const found: Value[] = []
  for (const reference of binding.references) {
    const member = reference.parent
    if (
      member.type === 'MemberExpression' &&
      member.object === reference &&
      memberName(member) === name &&
      member.parent.type === 'AssignmentExpression' &&
      member.parent.left === member
    )
      found.push(evaluate(program, object.module, member.parent.right))
  }
  return found
}

type Instance = Extract<Value, { kind: 'instance' }>

/** A field, constructor property, getter or method of an instance, through its base classes. */
function instanceMember(
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
    if (member.type === 'PropertyDefinition' && member.value)
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
function fieldAssignments(cls: Node, name: string): Node[] {
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

function staticMember(
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
