import type { Module } from '../repo/module.ts'
import { memberName, type Node, unwrap, wrapped } from '../repo/node.ts'
import { callersOf } from './callers.ts'
import { argumentFrame } from './calls.ts'
import { procedureArgument } from './contexts/procedures.ts'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'
import { handingOn } from './results.ts'
import { alternatives, awaited, type Frame, union, type Value } from './values.ts'

const elementMethods = new Set(['map', 'forEach', 'filter', 'find', 'some', 'every', 'flatMap', 'findIndex'])

/**
 * What whoever takes a function as an argument passes to the function's parameter `index`:
 * a wrapper of the rules, a higher-order function of the program, an array method, `then`.
 * @returns undefined when the function is no argument of a call
 */
export function callbackArgument(
  program: Program,
  module: Module,
  fn: Node,
  index: number,
): Value | undefined {
  const values: Value[] = []
  for (const { call, position, module: home } of positions(program, module, fn)) {
    const given = program.wrapperValue(home, call, index)
    const own = () => fromCallee(program, home, call, position, index)
    // The rules name a part of what a wrapper hands over; the rest is what its code says.
    values.push(given?.kind === 'shape' ? { ...given, otherwise: own() } : (given ?? own()))
  }
  return values.length > 0 ? union(values) : undefined
}

/** Calls that get the function as an argument: written in place, or by its name. */
function positions(
  program: Program,
  module: Module,
  fn: Node,
): { call: Node; position: number; module: Module }[] {
  const found: { call: Node; position: number; module: Module }[] = []
  const add = (home: Module, node: Node): void => {
    const outer = wrapped(node)
    if (outer.parent?.type !== 'CallExpression' || outer.parent.callee === outer) return
    found.push({ call: outer.parent, position: outer.parent.arguments.indexOf(outer), module: home })
  }
  add(module, fn)
  if (found.length === 0)
    for (const lost of callersOf(program, module, fn).escapes) add(lost.module, lost.node)
  return found
}

function fromCallee(program: Program, module: Module, call: Node, position: number, index: number): Value {
  const unknown: Value = {
    kind: 'unknown',
    reason: `passed by \`${text(module, call.callee)}\`, which is not known to the rules`,
    module,
    node: call.callee,
  }
  const callee = unwrap(call.callee)
  if (callee.type === 'MemberExpression') {
    const name = memberName(callee)
    const receiver = evaluate(program, module, callee.object)
    if (name !== undefined && elementMethods.has(name) && index === 0) {
      const items = alternatives(receiver).flatMap((list) => (list.kind === 'array' ? list.items : []))
      if (items.length > 0) return union(items)
    }
    if (name === 'then' && index === 0) return awaited(receiver)
    const handed = handedBy(program, module, call, index, undefined)
    if (handed.length > 0) return union(handed)
    if (name !== undefined && handingOn.has(name) && index === 0) {
      const held = alternatives(awaited(receiver)).flatMap((item) =>
        item.kind === 'shape' ? item.leaves.filter((leaf) => leaf.path.join() === 'value') : [],
      )
      if (held.length > 0) return union(held.map((leaf) => leaf.value))
    }
  }
  const procedure = procedureArgument(program, module, call, index)
  if (procedure) return procedure
  const found = alternatives(evaluate(program, module, callee)).flatMap((value) =>
    value.kind === 'function'
      ? passedArguments(
          program,
          value.module,
          value.node,
          position,
          index,
          argumentFrame(program, module, value, call),
          0,
        )
      : [],
  )
  return found.length > 0 ? union(found) : unknown
}

/** The client that a client's own method hands to the function it is given. */
function handedBy(
  program: Program,
  module: Module,
  call: Node,
  index: number,
  frame: Frame | undefined,
): Value[] {
  const callee = unwrap(call.callee)
  const name = callee.type === 'MemberExpression' ? memberName(callee) : undefined
  return name === undefined
    ? []
    : alternatives(awaited(evaluate(program, module, callee.object, frame))).flatMap(
        (item) => program.handed(item, name, index) ?? [],
      )
}

/** Arguments at `index` of every call that a function makes of its own parameter at `position`. */
function passedArguments(
  program: Program,
  module: Module,
  fn: Node,
  position: number,
  index: number,
  frame: Frame,
  depth: number,
): Value[] {
  const parameter = fn.params[position]
  if (parameter?.type !== 'Identifier' || depth > 4) return []
  const found: Value[] = []
  for (const reference of parameter.binding?.references ?? []) {
    const outer = wrapped(reference)
    const parent = outer.parent
    if (parent.type !== 'CallExpression') continue
    if (parent.callee === outer) {
      found.push(
        parent.arguments[index]
          ? evaluate(program, module, parent.arguments[index], frame)
          : { kind: 'literal', value: undefined },
      )
    } else {
      const next = parent.arguments.indexOf(outer)
      const given = program.wrapperValue(module, parent, index)
      // `const inTransaction = (run) => client.$transaction(run)`
      const handed = next === 0 ? handedBy(program, module, parent, index, frame) : []
      if (given) found.push(given)
      else if (handed.length > 0) found.push(...handed)
      else
        for (const value of alternatives(evaluate(program, module, parent.callee, frame))) {
          if (value.kind === 'function')
            found.push(
              ...passedArguments(
                program,
                value.module,
                value.node,
                next,
                index,
                argumentFrame(program, module, value, parent, frame),
                depth + 1,
              ),
            )
        }
    }
  }
  return found
}

/**
 * The expressions that the program's own wrappers pass to the parameter `index` of a function that is their argument.
 * @returns undefined when the function is no argument, or somebody else calls it
 */
export function passedExpressions(
  program: Program,
  module: Module,
  fn: Node,
  index: number,
): { readonly module: Module; readonly node: Node }[] | undefined {
  const found: { module: Module; node: Node }[] = []
  const follow = (home: Module, call: Node, position: number, depth: number): boolean =>
    alternatives(evaluate(program, home, call.callee)).every((value) => {
      const parameter: Node | undefined = value.kind === 'function' ? value.node.params[position] : undefined
      if (value.kind !== 'function' || parameter?.type !== 'Identifier' || depth > 4) return false
      return (parameter.binding?.references ?? []).every((reference) => {
        const outer = wrapped(reference)
        const { parent } = outer
        if (parent.type !== 'CallExpression') return false
        if (parent.callee !== outer)
          return follow(value.module, parent, parent.arguments.indexOf(outer), depth + 1)
        const given: Node | undefined = parent.arguments[index]
        if (!given || parent.arguments.some((item: Node) => item.type === 'SpreadElement')) return false
        found.push({ module: value.module, node: given })
        return true
      })
    })
  const calls = positions(program, module, fn)
  const isKnown = calls.length > 0 && calls.every((at) => follow(at.module, at.call, at.position, 0))
  return isKnown && found.length > 0 ? found : undefined
}

function text(module: Module, node: Node): string {
  const source = module.text.slice(node.start, node.end)
  return source.length > 40 ? `${source.slice(0, 39)}…` : source
}
