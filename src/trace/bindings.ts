import type { Module } from '../repo/module.ts'
import { type Binding, enclosingFunction, isFunction, keyName, type Node, unwrap } from '../repo/node.ts'
import { callbackArgument } from './callbacks.ts'
import { callersOf } from './callers.ts'
import { carrierParameter } from './contexts/frameworks.ts'
import { providedParameter } from './contexts/nest.ts'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'
import { property } from './properties.ts'
import { requestParameter } from './requests.ts'
import { typedValue } from './typed-values.ts'
import { alternatives, awaited, type Frame, union, type Value } from './values.ts'

/** What a name is, at a place that reads it. */
export function bindingValue(
  program: Program,
  module: Module,
  binding: Binding,
  place: Node,
  frame?: Frame,
): Value {
  const entry = program.entryAt(module, binding.id)
  if (entry) return entry
  const unknown = (reason: string): Value => ({ kind: 'unknown', reason, module, node: place })
  switch (binding.kind) {
    case 'import':
      return program.declaredValue(program.imported(module, binding), { module, node: place })
    case 'const':
    case 'let':
    case 'var': {
      // `declare const process: …` names what the platform has.
      if (binding.declaration.parent?.declare)
        return { kind: 'external', module: 'global', path: [binding.name] }
      const own = frameOf(binding.declaration, frame)
      const values = [
        ...initialValues(program, module, binding, own),
        ...assignedValues(program, module, binding, frame),
      ]
      const known = values.filter(
        (value) => !(value.kind === 'literal' && (value.value === null || value.value === undefined)),
      )
      return values.length === 0
        ? unknown(`\`${binding.name}\` is never given a value`)
        : union(known.length > 0 ? known : values)
    }
    case 'parameter':
      return parameterValue(program, module, binding, frame)
    case 'function':
      return { kind: 'function', node: binding.declaration, module, ...(frame ? { frame } : {}) }
    case 'class':
      return { kind: 'class', node: binding.declaration, module }
    case 'enum':
      return enumValue(program, module, binding.declaration)
    default:
      return unknown(`\`${binding.name}\` is not a value that can be followed`)
  }
}

/** The frame of the function that a declaration stands in, so that outer names are not read with inner arguments. */
function frameOf(declaration: Node, frame: Frame | undefined): Frame | undefined {
  for (let call = frame; call; call = call.outer) {
    for (let fn = enclosingFunction(declaration); fn; fn = enclosingFunction(fn))
      if (fn === call.fn) return frame
  }
  return undefined
}

function initialValues(
  program: Program,
  module: Module,
  binding: Binding,
  frame: Frame | undefined,
): Value[] {
  const declarator = binding.declaration
  if (declarator.init)
    return [
      throughPattern(
        program,
        module,
        declarator.id,
        binding.id,
        evaluate(program, module, declarator.init, frame),
        frame,
      ),
    ]
  const loop = declarator.parent.parent
  if (loop?.type === 'ForOfStatement' && loop.left === declarator.parent) {
    const items = alternatives(evaluate(program, module, loop.right, frame)).map(
      (list): Value =>
        list.kind === 'array'
          ? union(loop.await ? list.items.map(awaited) : list.items)
          : {
              kind: 'unknown',
              reason: 'an element of a list that is only known at run time',
              module,
              node: loop.right,
            },
    )
    return [throughPattern(program, module, declarator.id, binding.id, union(items), frame)]
  }
  return []
}

/** Values of `name = …` assignments; a destructuring assignment gives its part. */
function assignedValues(
  program: Program,
  module: Module,
  binding: Binding,
  frame: Frame | undefined,
): Value[] {
  return binding.writes.flatMap((id): Value[] => {
    let at = id
    while (at.parent.type !== 'AssignmentExpression' && !isFunction(at.parent) && at.parent.parent)
      at = at.parent
    const assignment = at.parent
    if (assignment.type !== 'AssignmentExpression') return []
    if (assignment.operator !== '=' && assignment.operator !== '??=' && assignment.operator !== '||=')
      return []
    // `query = query.eq(…)` says nothing new about what `query` is.
    if (rootOf(assignment.right) === binding) return []
    return [
      throughPattern(
        program,
        module,
        assignment.left,
        id,
        evaluate(program, module, assignment.right, frameOf(assignment, frame)),
        frame,
      ),
    ]
  })
}

/** The name that a chain of calls and members starts with. */
function rootOf(expression: Node): Binding | undefined {
  for (let at = unwrap(expression); ; ) {
    if (at.type === 'Identifier') return at.binding
    if (at.type === 'CallExpression') at = unwrap(at.callee)
    else if (at.type === 'MemberExpression') at = unwrap(at.object)
    else if (at.type === 'AwaitExpression') at = unwrap(at.argument)
    else return undefined
  }
}

/**
 * The part of a value that a pattern gives to one of its names.
 * @param root the pattern
 * @param id the identifier inside it
 */
export function throughPattern(
  program: Program,
  module: Module,
  root: Node,
  id: Node,
  value: Value,
  frame: Frame | undefined,
): Value {
  const steps: Node[] = []
  for (let at = id; at !== root && at.parent; at = at.parent) steps.unshift(at)
  let current = value
  const withDefault = (pattern: Node): void => {
    if (pattern.type !== 'AssignmentPattern') return
    const known = alternatives(current).filter(
      (item) =>
        !(item.kind === 'literal' && item.value === undefined) &&
        !(item.kind === 'unknown' && /^no member/.test(item.reason)),
    )
    current = union([...known, evaluate(program, module, pattern.right, frame)])
  }
  withDefault(root)
  for (const step of steps) {
    const parent = step.parent
    if (parent.type === 'ObjectPattern' && step.type === 'Property') {
      const name = keyName(step)
      current =
        name === undefined
          ? { kind: 'unknown', reason: 'a computed key', module, node: step }
          : property(program, current, name, { module, node: step }, frame)
    } else if (parent.type === 'ArrayPattern') {
      current =
        step.type === 'RestElement'
          ? current
          : property(program, current, String(parent.elements.indexOf(step)), { module, node: step }, frame)
    }
    withDefault(step)
  }
  return current
}

/** What a parameter is: the argument of the call that is followed, else the union over every caller. */
function parameterValue(program: Program, module: Module, binding: Binding, frame: Frame | undefined): Value {
  const fn = binding.declaration
  const index = (fn.params as Node[]).findIndex(
    (parameter) => parameter.start <= binding.id.start && binding.id.end <= parameter.end,
  )
  const parameter = fn.params[index]
  const pattern = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter
  const rest = pattern.type === 'RestElement'
  const root = rest ? pattern.argument : pattern
  const through = (value: Value, call: Frame | undefined) =>
    throughPattern(program, module, root, binding.id, value, call)
  for (let call = frame; call; call = call.outer) {
    if (call.fn !== fn) continue
    return through(
      rest
        ? { kind: 'array', items: call.args.slice(index) }
        : (call.args[index] ?? { kind: 'literal', value: undefined }),
      call,
    )
  }
  const given = program.givenParameter(module, binding)
  if (given && pattern.type === 'Identifier') return given
  const unknown = (reason: string): Value => ({ kind: 'unknown', reason, module, node: binding.id })
  const values: Value[] = []
  const { calls, open } = callersOf(program, module, fn)
  const request = requestParameter(module, fn, index, calls.length > 0 && !open)
  const context = carrierParameter(program, module, fn, index)
  const callback = context ? undefined : callbackArgument(program, module, fn, index)
  if (context) {
    const whole: Value = request ? { kind: 'layers', of: [request, context] } : context
    values.push(through(whole, undefined))
  } else if (callback) values.push(through(callback, undefined))
  for (const call of calls) {
    const args = call.node.arguments as Node[]
    if (args.slice(0, index + 1).some((argument) => argument.type === 'SpreadElement'))
      values.push({
        kind: 'unknown',
        reason: `\`${binding.name}\` comes from a spread argument`,
        module: call.module,
        node: call.node,
      })
    else if (rest)
      values.push(
        through(
          {
            kind: 'array',
            items: args.slice(index).map((argument) => evaluate(program, call.module, argument)),
          },
          undefined,
        ),
      )
    else
      values.push(
        through(
          args[index] ? evaluate(program, call.module, args[index]) : { kind: 'literal', value: undefined },
          undefined,
        ),
      )
  }
  if (given) values.push(given)
  if (request && !context) values.push(through(request, undefined))
  const isOpen = values.length === 0 || open !== undefined
  const provided = isOpen ? providedParameter(program, module, parameter) : undefined
  if (provided) return union([...values.filter((value) => value.kind !== 'unknown'), provided])
  if (isOpen || values.some(isLost)) {
    const type: Node | undefined = root.typeAnnotation?.typeAnnotation
    const whole = type && typedValue(program, module, type)
    const typed = whole && (isOpen || whole.kind !== 'instance') ? through(whole, undefined) : undefined
    if (typed && !alternatives(typed).every((value) => value.kind === 'unknown'))
      return union([...values.flatMap(alternatives).filter((value) => !isLost(value)), typed])
  }
  // Nobody hands over anything that could be seen: the default is what there is.
  if (values.length === 0 && !open) {
    const fallback = through({ kind: 'literal', value: undefined }, undefined)
    if (fallback.kind !== 'unknown' && fallback.kind !== 'literal') return fallback
  }
  if (values.length === 0)
    return unknown(
      open ??
        `\`${binding.name}\` is a parameter of ${fn.id?.name ? `\`${fn.id.name}\`` : 'a function'} that nobody calls`,
    )
  return union(values)
}

/** A value whose trail ends somewhere: the declared type may know more. */
function isLost(value: Value): boolean {
  return alternatives(value).some(
    (item) => item.kind === 'unknown' && !item.request && item.reason !== 'depends on itself',
  )
}

/** Members of a TypeScript enum. */
function enumValue(program: Program, module: Module, declaration: Node): Value {
  const members = new Map<string, Value>()
  let next = 0
  for (const member of declaration.body?.members ?? declaration.members) {
    const name = member.id.type === 'Literal' ? member.id.value : member.id.name
    const value: Value = member.initializer
      ? evaluate(program, module, member.initializer)
      : { kind: 'literal', value: next }
    if (value.kind === 'literal' && typeof value.value === 'number') next = value.value + 1
    members.set(name, value)
  }
  return { kind: 'enum', members }
}
