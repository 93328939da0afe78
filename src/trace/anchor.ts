import type { Module } from '../repo/module.ts'
import {
  childAround,
  children,
  isFunction,
  keyName,
  memberName,
  type Node,
  unwrap,
  wrapped,
} from '../repo/node.ts'
import type { Range } from '../repo/text.ts'
import type { Program } from './program.ts'

/** Anchors by the offsets of their places in one file. */
export type KnownAnchors = ReadonlyMap<string, string>

export const placeKey = ({ start, end }: Range) => `${start.offset}:${end.offset}`

/**
 * A function that tells what a piece of code is, apart from where it stands and how it is laid out: the names of the
 * declarations around it, and the chain of calls it belongs to with what its names are bound to. Line breaks, quotes,
 * comments, local names and everything outside of the chain don't change it; another table, column, client or handler
 * does. A file that has to be parsed for it is forgotten again; of what is no code it knows nothing.
 * @param known what was found out while the trees were there, by file
 */
export function anchorer(
  program: Program,
  known: ReadonlyMap<string, KnownAnchors>,
): (file: string, range: Range) => string {
  const { repository } = program
  let last: { readonly file: string; readonly module: Module | undefined } | undefined
  return (file, range) => {
    const anchor = known.get(file)?.get(placeKey(range))
    if (anchor !== undefined) return anchor
    if (last?.file !== file) {
      if (last?.module && repository.isLeaf(last.module.file)) program.release(last.module)
      const path = repository.absolute(file)
      last = { file, module: repository.has(path) ? repository.module(path) : undefined }
    }
    return last.module ? anchorOf(last.module, range.start.offset, range.end.offset) : ''
  }
}

/** What stands between two offsets of a file, as `anchorer` tells it. */
export function anchorOf(module: Module, start: number, end: number): string {
  const node = innermost(module.program, start, end)
  const chain = node && chainAround(node)
  return `${namesAround(node).join('.')} ${chain ? shapeOf(chain, mostSteps) : ''}`
}

/** The smallest node that covers a range; undefined for the whole file. */
function innermost(program: Node, start: number, end: number): Node | undefined {
  let node = program
  for (;;) {
    const inside = childAround(node, start, end)
    if (!inside) return node === program ? undefined : node
    node = inside
  }
}

const statements = /Statement$|Declaration$|^Program$|^StaticBlock$/

/** The whole chain of members and calls that a node is a part of; undefined where it is no part of a call. */
function chainAround(node: Node): Node | undefined {
  let at: Node | undefined = node
  while (at && !/^(?:Call|New|TaggedTemplate)Expression$/.test(at.type)) {
    if (statements.test(at.type) || isFunction(at)) return undefined
    at = at.parent
  }
  if (!at) return undefined
  for (;;) {
    const outer: Node = wrapped(at)
    const parent: Node | undefined = outer.parent
    const goesOn =
      (parent?.type === 'MemberExpression' && parent.object === outer) ||
      (parent?.type === 'CallExpression' && parent.callee === outer) ||
      parent?.type === 'AwaitExpression'
    if (!goesOn) return outer
    at = parent
  }
}

/** Names of the declarations, methods and properties around a node, outermost first. Local functions don't count. */
function namesAround(node: Node | undefined): string[] {
  const names: string[] = []
  for (let at = node; at; at = at.parent) {
    const name = nameOf(at)
    if (name !== undefined) names.unshift(name)
  }
  return names
}

function nameOf(node: Node): string | undefined {
  const { type } = node
  const outermost = /^(?:Program|Export(?:Named|Default)Declaration)$/
  if (type === 'FunctionDeclaration' || type === 'ClassDeclaration')
    return outermost.test(node.parent?.type ?? '') ? (node.id?.name ?? 'default') : undefined
  if (type === 'VariableDeclarator')
    return outermost.test(node.parent?.parent?.type ?? '') ? node.id.name : undefined
  if (type === 'ExportDefaultDeclaration')
    return /Declaration$/.test(node.declaration.type) ? undefined : 'default'
  if (type === 'MethodDefinition' || type === 'PropertyDefinition') return keyName(node) ?? '[]'
  if (type === 'Property') return isFunction(unwrap(node.value)) ? (keyName(node) ?? '[]') : undefined
  return undefined
}

/** How many variables that hold a client are followed to where it is obtained. */
const mostSteps = 4

/**
 * @param steps how many variables may still be followed. A chain's first name stands for the client, and is told by
 *   how that is obtained; what stands inside of arguments is not followed, or an edit there would be one here.
 */
function shapeOf(expression: Node, steps: number): string {
  const node = unwrap(expression)
  const inside = (nodes: readonly Node[]) => nodes.map((item) => shapeOf(item, 0)).join()
  switch (node.type) {
    case 'AwaitExpression':
      return shapeOf(node.argument, steps)
    case 'Identifier':
      return boundTo(node, steps)
    case 'Literal':
      return node.regex
        ? `/${node.regex.pattern}/${node.regex.flags}`
        : JSON.stringify(node.bigint ?? node.value)
    case 'TemplateLiteral':
      return `\`${node.quasis.map((part: Node) => JSON.stringify(part.value.cooked)).join()}|${inside(node.expressions)}\``
    case 'MemberExpression': {
      const name = memberName(node)
      return (
        shapeOf(node.object, steps) + (name === undefined ? `[${shapeOf(node.property, 0)}]` : `.${name}`)
      )
    }
    case 'CallExpression':
      return `${shapeOf(node.callee, steps)}(${inside(node.arguments)})`
    case 'NewExpression':
      return `new ${shapeOf(node.callee, 0)}(${inside(node.arguments)})`
    case 'Property':
      return `${keyName(node) ?? '[]'}:${shapeOf(node.value, 0)}`
    default: {
      // What a callback does is a matter of its own.
      if (isFunction(node)) return '=>'
      const parts = children(node).filter(({ type }) => !type.startsWith('TS'))
      return `${node.type}${node.operator ?? ''}(${inside(parts)})`
    }
  }
}

function boundTo({ name, binding }: Node, steps: number): string {
  if (!binding) return name
  const { declaration, kind, id } = binding
  if (kind === 'import') return importedAs(declaration)
  if (kind === 'parameter') {
    const isAround = (item: Node) => item.start <= id.start && id.end <= item.end
    return `parameter${declaration.params.findIndex(isAround)}`
  }
  const follows = kind === 'const' && steps > 0 && declaration.init && declaration.id === id
  return follows ? shapeOf(declaration.init, steps - 1) : kind
}

/** By the name that the other module gives it: a moved file imports it by another path. */
function importedAs(specifier: Node): string {
  if (specifier.type !== 'ImportSpecifier')
    return specifier.type === 'ImportDefaultSpecifier' ? '#default' : '#*'
  return `#${specifier.imported.name ?? specifier.imported.value}`
}
