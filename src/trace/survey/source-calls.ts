import type { Module } from '../../repo/module.ts'
import { enclosingFunction, type Node, walk } from '../../repo/node.ts'
import type { PlaceFact } from '../facts.ts'
import { isRequestHandler, machineCaller } from '../handlers.ts'
import { leaves, provenBy, statementsOf } from '../narrowing.ts'
import type { Program } from '../program.ts'
import { calleeFact } from './callees.ts'
import type { Namer } from './namer.ts'

/** Source text that could stand in any handler, with what it needs to be imported. */
export interface TemplateFact {
  readonly text: string
  readonly imports: readonly string[]
}

/** `const session = await getSession(…)`, and the guard after it. */
export interface SourceCallFact extends PlaceFact {
  readonly label: string
  /** The name that the result gets; undefined when it is taken apart at once. */
  readonly variable?: string
  /** The statement, when nothing in it belongs to this one place. */
  readonly statement?: TemplateFact
  /** What the handler answers when there is no session, when nothing in it belongs to this one place. */
  readonly answer?: TemplateFact
  /** The framework calls the function around it with a request of its own, and a person sent that. */
  readonly inHandler: boolean
}

/** The calls in a file of functions with these labels. */
export function sourceCalls(
  program: Program,
  namer: Namer,
  module: Module,
  labels: ReadonlySet<string>,
): SourceCallFact[] {
  return module.calls.flatMap((call): SourceCallFact[] => {
    const callee = calleeFact(program, namer, module, call.callee)
    if (!callee || !labels.has(callee.label)) return []
    const { line, column } = module.position(call.start)
    const file = program.repository.relative(module.file)
    const fn = enclosingFunction(call)
    const inHandler =
      fn !== undefined && isRequestHandler(module, fn) && machineCaller(file, fn) === undefined
    const base = { file, line, column, label: callee.label, inHandler }
    const declarator = call.parent.type === 'AwaitExpression' ? call.parent.parent : call.parent
    if (declarator.type !== 'VariableDeclarator' || declarator.id.type !== 'Identifier') return [base]
    const statement = declarator.parent
    const variable: string = declarator.id.name
    const text =
      statement.declarations.length === 1
        ? template(program, namer, module, statement, [variable])
        : undefined
    const guard = guardAfter(statement, declarator.id)
    const answer = guard && template(program, namer, module, guard, [variable])
    return [{ ...base, variable, ...(text ? { statement: text } : {}), ...(answer ? { answer } : {}) }]
  })
}

/** What the `if` that turns away visitors without a session does: its only statement. */
function guardAfter(statement: Node, id: Node): Node | undefined {
  const list = statementsOf(statement.parent) ?? []
  for (const next of list.slice(list.indexOf(statement) + 1)) {
    if (next.type !== 'IfStatement' || next.alternate || !leaves(next.consequent)) continue
    if (!provenBy(next.test, false).some((path) => path.binding === id.binding)) continue
    const body = next.consequent.type === 'BlockStatement' ? next.consequent.body : [next.consequent]
    return body.length === 1 ? body[0] : undefined
  }
  return undefined
}

/** The text of a statement, when all it reads is imported, global or among `given`. */
function template(
  program: Program,
  namer: Namer,
  module: Module,
  statement: Node,
  given: readonly string[],
): TemplateFact | undefined {
  const text = module.text.slice(statement.start, statement.end).replace(/;$/, '')
  if (text.includes('\n')) return undefined
  const imports: string[] = []
  for (const name of namesOf(statement)) {
    if (given.includes(name)) continue
    const binding = module.scope.bindings.get(name)
    if (binding?.kind !== 'import') {
      if (!binding && name in globalThis) continue
      return undefined
    }
    const label = namer.label(program.names.ofImport(module, binding))
    if (label === undefined || !label.endsWith(`#${name}`)) return undefined
    imports.push(label)
  }
  return { text, imports }
}

/** Every name that a statement reads. */
function namesOf(statement: Node): Set<string> {
  const names = new Set<string>()
  walk(statement, (node) => {
    if (node.type === 'Identifier' && (node.binding !== undefined || isFree(node))) names.add(node.name)
  })
  return names
}

/** Whether an identifier without a declaration is a name that is read, and not the key of a member. */
function isFree(node: Node): boolean {
  const parent = node.parent
  if (!parent) return false
  if (parent.type === 'MemberExpression') return parent.property !== node || parent.computed
  if (parent.type === 'Property') return parent.key !== node || parent.computed
  return true
}
