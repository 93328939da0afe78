import type { Module } from '../repo/module.ts'
import { isFunction, memberName, type Node, unwrap, walk } from '../repo/node.ts'
import { callersOf } from './callers.ts'
import { returnedExpressions } from './calls.ts'
import { evaluate } from './evaluate.ts'
import type { Evidence } from './facts.ts'
import type { Program } from './program.ts'
import { hopsTo, isSame, wordsOf } from './provenance.ts'
import { alternatives, type ClientValue } from './values.ts'

/**
 * The steps from an expression back to where its client comes from, nearest first.
 * @param target the client whose origin the trail must reach
 */
export function trail(program: Program, module: Module, expression: Node, target: ClientValue): Evidence[] {
  const origin = target.origin
  const last = { ...placeOf(program, origin.module, origin.node), message: target.step.message }
  const steps = walkBack(program, module, expression, target, new Set(), 0)
  const isTold = steps !== undefined && (steps.length > 0 || origin.module.file === module.file)
  return isTold ? [...steps, last] : noted(program, module, expression, target, last)
}

/** The steps as the evaluation itself takes them, where the shape of the code does not show the way. */
function noted(
  program: Program,
  module: Module,
  expression: Node,
  target: ClientValue,
  last: Evidence,
): Evidence[] {
  const found: Evidence[] = []
  for (const hop of hopsTo(program, { module, node: expression }, target)) {
    const message = wordsOf(hop)
    if (message === undefined) continue
    if (isSame(hop.to, target.origin)) return [...found, { ...last, message: `${message}: ${last.message}` }]
    const step = { ...placeOf(program, hop.to.module, hop.to.node), message }
    const before = found.at(-1)
    if (before?.file !== step.file || before.line !== step.line) found.push(step)
  }
  return [...found, last]
}

/** Where the factory or the ready client that the rules name is declared, as far as the code base declares it. */
export function declarationsOf(program: Program, { entry, origin }: ClientValue): Evidence[] {
  const found = program.clients.find((item) => item.entry === entry)
  return (found?.value.places ?? []).flatMap((place) => {
    if (place.kind !== 'local' || place.node === origin.node) return []
    return [
      { ...placeOf(program, place.module, place.node), message: `\`${entry!.label}\` is declared here` },
    ]
  })
}

function placeOf(
  program: Program,
  module: Module,
  node: Node,
): { file: string; line: number; column: number } {
  const { line, column } = module.position(node.start)
  return { file: program.repository.relative(module.file), line, column }
}

/** Depth-first search for the origin; undefined when this way does not lead there. */
function walkBack(
  program: Program,
  module: Module,
  expression: Node,
  target: ClientValue,
  seen: Set<Node>,
  depth: number,
): Evidence[] | undefined {
  let node = unwrap(expression)
  if (node.type === 'AwaitExpression') node = unwrap(node.argument)
  if (isSame({ module, node }, target.origin)) return []
  if (seen.has(node) || depth > 30) return undefined
  seen.add(node)
  const on = (next: Node, home: Module, message: string | undefined): Evidence[] | undefined => {
    const rest = walkBack(program, home, next, target, seen, depth + 1)
    return rest && message !== undefined ? [{ ...placeOf(program, home, next), message }, ...rest] : rest
  }
  const any = (ways: readonly (() => Evidence[] | undefined)[]): Evidence[] | undefined => {
    for (const way of ways) {
      const found = way()
      if (found) return found
    }
    return undefined
  }
  switch (node.type) {
    case 'Identifier': {
      const binding = node.binding
      if (!binding) return undefined
      const declaration = binding.declaration
      if (binding.kind === 'import') {
        const declared = program.imported(module, binding)
        if (declared.kind !== 'local') return undefined
        return on(declared.node, declared.module, `\`${binding.name}\` is declared here`)
      }
      if (binding.kind === 'parameter') {
        const index = declaration.params.findIndex(
          (parameter: Node) => parameter.start <= binding.id.start && binding.id.end <= parameter.end,
        )
        const name =
          declaration.id?.name ??
          (declaration.parent.type === 'VariableDeclarator' ? declaration.parent.id.name : undefined)
        const calls = callersOf(program, module, declaration).calls
        return any(
          calls.map(
            (call) => () =>
              call.node.arguments[index]
                ? on(
                    call.node.arguments[index],
                    call.module,
                    `passed to ${name ? `\`${name}\`` : 'the function'} as \`${binding.name}\``,
                  )
                : undefined,
          ),
        )
      }
      const ways: (() => Evidence[] | undefined)[] = []
      if (declaration.init)
        ways.push(() =>
          on(
            declaration.init,
            module,
            declaration.init === target.origin.node ? undefined : `\`${binding.name}\` gets its value here`,
          ),
        )
      for (const write of binding.writes)
        if (write.parent.type === 'AssignmentExpression')
          ways.push(() => on(write.parent.right, module, `\`${binding.name}\` gets its value here`))
      if (isFunction(declaration))
        ways.push(
          ...returnedExpressions(declaration).map(
            (result) => () => on(result, module, `\`${binding.name}\` returns it here`),
          ),
        )
      return any(ways)
    }
    case 'CallExpression':
    case 'NewExpression': {
      const functions = alternatives(evaluate(program, module, node.callee)).filter(
        (value) => value.kind === 'function',
      )
      const name = unwrap(node.callee)
      const label = module.text.slice(name.start, name.end)
      return any([
        ...functions.flatMap((fn) =>
          returnedExpressions(fn.node).map(
            (result) => () => on(result, fn.module, `\`${label}()\` returns it here`),
          ),
        ),
        ...(node.arguments as Node[]).map((argument) => () => on(argument, module, undefined)),
      ])
    }
    case 'MemberExpression': {
      const field = memberName(node)
      return any(
        alternatives(evaluate(program, module, node.object))
          .flatMap((value) => {
            if (value.kind !== 'instance' && value.kind !== 'class') return []
            const found = fieldValues(value.node, field)
            return found.map(
              (item) => () => on(item, value.module, `the field \`${field}\` gets its value here`),
            )
          })
          .concat([() => on(node.object, module, undefined)]),
      )
    }
    case 'LogicalExpression':
      return any([() => on(node.left, module, undefined), () => on(node.right, module, undefined)])
    case 'ConditionalExpression':
      return any([() => on(node.consequent, module, undefined), () => on(node.alternate, module, undefined)])
    case 'ObjectExpression':
      return any(
        node.properties.map(
          (entry: Node) => () =>
            on(entry.type === 'SpreadElement' ? entry.argument : entry.value, module, undefined),
        ),
      )
    case 'ArrayExpression':
      return any(node.elements.filter(Boolean).map((entry: Node) => () => on(entry, module, undefined)))
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return any(
        returnedExpressions(node).map((result) => () => on(result, module, 'the function returns it here')),
      )
    default:
      return undefined
  }
}

/** Initial values and assignments of a class's field, and the constructor's parameter that declares it. */
function fieldValues(cls: Node, name: string | undefined): Node[] {
  const found: Node[] = []
  walk(cls.body, (node) => {
    if (node.type === 'PropertyDefinition' && node.value && node.key.name === name) found.push(node.value)
    if (node.type === 'TSParameterProperty' && node.parameter.name === name) found.push(node.parameter)
    if (
      node.type === 'AssignmentExpression' &&
      node.left.type === 'MemberExpression' &&
      node.left.object.type === 'ThisExpression' &&
      memberName(node.left) === name
    )
      found.push(node.right)
  })
  return found
}
