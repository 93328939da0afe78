import type { Module } from '../repo/module.ts'
import { keyName, type Node } from '../repo/node.ts'
import type { SourceEdit } from './asynchrony.ts'
import type { CallSite } from './callers.ts'

/**
 * Whether a new parameter has to stand first: a required one can't follow an optional one, and a caller that leaves
 * some out would put its argument in the wrong place.
 */
export function mustBeFirst(fn: Node, calls: readonly CallSite[]): boolean {
  const optional = fn.params.some(
    (parameter: Node) =>
      parameter.type === 'RestElement' || parameter.type === 'AssignmentPattern' || parameter.optional,
  )
  return optional || calls.some((call) => call.node.arguments.length !== fn.params.length)
}

/**
 * Adds a parameter to a function: on a line of its own where each of the others has one.
 * @param text the name, and the type where the file has types
 */
export function insertParameter(module: Module, fn: Node, text: string, first: boolean): SourceEdit {
  const { params } = fn
  if (params.length === 0) {
    const open = module.text.indexOf('(', fn.id?.end ?? fn.start)
    return { module, start: open + 1, end: open + 1, text }
  }
  // `x => …` gets its parentheses with the parameter.
  const bare =
    fn.type === 'ArrowFunctionExpression' &&
    params.length === 1 &&
    !/\(\s*$/.test(module.text.slice(fn.start, params[0].start))
  if (bare)
    return {
      module,
      start: params[0].start,
      end: params[0].end,
      text: `(${module.text.slice(params[0].start, params[0].end)}, ${text})`,
    }
  return insertItem(module, params, text, first)
}

/** Adds an argument to a call: on a line of its own where each of the others has one. */
export function insertArgument({ module, node }: CallSite, expression: string, first: boolean): SourceEdit {
  const given: readonly Node[] = node.arguments
  if (given.length === 0) return { module, start: node.end - 1, end: node.end - 1, text: expression }
  return insertItem(module, given, expression, first)
}

function insertItem(module: Module, items: readonly Node[], text: string, first: boolean): SourceEdit {
  const start = first ? items[0]!.start : items.at(-1)!.end
  const line = lineBefore(module, items)
  if (first) return { module, start, end: start, text: line === undefined ? `${text}, ` : `${text},${line}` }
  return { module, start, end: start, text: line === undefined ? `, ${text}` : `,${line}${text}` }
}

/** The line break and indentation in front of every item of a list that has one item a line. */
function lineBefore(module: Module, items: readonly Node[]): string | undefined {
  const breaks = items.map((item) => /\r?\n[ \t]*$/.exec(module.text.slice(0, item.start))?.[0])
  return breaks.every((found) => found !== undefined) ? breaks.at(-1) : undefined
}

/** Whether other signatures stand above a function or method, which say what its callers may give and get. */
export function hasOverloads(fn: Node): boolean {
  const holder = fn.parent
  if (holder.type === 'MethodDefinition')
    return (holder.parent.body as Node[]).some(
      (member) =>
        member !== holder &&
        member.type === 'MethodDefinition' &&
        member.value.type === 'TSEmptyBodyFunctionExpression' &&
        keyName(member) === keyName(holder),
    )
  if (fn.type !== 'FunctionDeclaration') return false
  const list: unknown = (/^Export/.test(holder.type) ? holder.parent : holder).body
  return (
    Array.isArray(list) &&
    list.some((statement: Node) => {
      const declared: Node | null = /^Export/.test(statement.type) ? statement.declaration : statement
      return declared?.type === 'TSDeclareFunction' && declared.id?.name === fn.id?.name
    })
  )
}
