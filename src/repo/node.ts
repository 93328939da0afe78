import { visitorKeys } from 'oxc-parser'

/**
 * A node of the TS-ESTree tree that oxc-parser makes, with links that the binder adds.
 * Source of the shape: https://github.com/oxc-project/oxc (npm/oxc-types), which follows typescript-eslint's.
 */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  /** Added by the binder. */
  parent: Node
  /** On an identifier that is a reference or a declaration: what it names. Added by the binder. */
  binding?: Binding
  /** On a node that opens a scope. Added by the binder. */
  scope?: Scope
  /** On a function: what it returns. Remembered by the trace. */
  returned?: readonly Node[]
  /** On a class: assignments to its fields, by name. Remembered by the trace. */
  fields?: Map<string, Node[]>
  // biome-ignore lint/suspicious/noExplicitAny: the tree is read by `type`, as every ESTree consumer does.
  [key: string]: any
}

export type BindingKind =
  | 'import'
  | 'const'
  | 'let'
  | 'var'
  | 'parameter'
  | 'function'
  | 'class'
  | 'catch'
  | 'enum'
  | 'namespace'
  | 'type'

/** A declared name. */
export interface Binding {
  readonly name: string
  readonly kind: BindingKind
  readonly scope: Scope
  /** The identifier in the declaration. */
  readonly id: Node
  /** VariableDeclarator, ImportSpecifier, function, class, CatchClause, enum … */
  readonly declaration: Node
  /** Identifiers that read or write it, in source order, without the declaration itself. */
  readonly references: Node[]
  /** The references among them that assign. */
  readonly writes: Node[]
  /** True when some reference stands where a type does. */
  typeReferences: number
}

export interface Scope {
  readonly kind: 'module' | 'function' | 'block' | 'class' | 'type'
  readonly node: Node
  readonly parent?: Scope
  bindings: ReadonlyMap<string, Binding>
}

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

export function isFunction(node: Node | undefined): boolean {
  return node !== undefined && functionTypes.has(node.type)
}

/** The innermost function around a node, without the node itself; undefined at module level. */
export function enclosingFunction(node: Node): Node | undefined {
  for (let at: Node | undefined = node.parent; at; at = at.parent) if (functionTypes.has(at.type)) return at
  return undefined
}

const wrappers = new Set([
  'ParenthesizedExpression',
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'ChainExpression',
])

/** The expression without parentheses, casts, `!` and optional-chain wrappers. */
export function unwrap(node: Node): Node {
  let at = node
  while (wrappers.has(at.type)) at = at.expression
  return at
}

/** The outermost node that is the same expression but for parentheses, casts, `!` and optional chains. */
export function wrapped(node: Node): Node {
  let at = node
  while (at.parent && wrappers.has(at.parent.type)) at = at.parent
  return at
}

/** The property's name of a member expression, when it is written in the source. */
export function memberName(node: Node): string | undefined {
  if (!node.computed) return node.property.name
  const property = unwrap(node.property)
  if (property.type === 'TemplateLiteral' && property.quasis.length === 1)
    return property.quasis[0].value.cooked ?? undefined
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined
}

/** The written name of an object's key, method's key or class field. */
export function keyName(node: Node): string | undefined {
  const key = node.key
  if (!node.computed && (key.type === 'Identifier' || key.type === 'PrivateIdentifier')) return key.name
  if (key.type === 'Literal') return String(key.value)
  if (key.type === 'TemplateLiteral' && key.quasis.length === 1)
    return key.quasis[0].value.cooked ?? undefined
  return undefined
}

/** Calls `visit` for a node and everything below it; a visit that returns false is not descended into. */
export function walk(node: Node, visit: (node: Node) => boolean | undefined): void {
  if (visit(node) === false) return
  const keys = visitorKeys[node.type] ?? []
  // (Loops that count make no iterators; this is where most nodes are passed.)
  for (let index = 0; index < keys.length; index++) {
    const value = node[keys[index]!]
    if (!value) continue
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at++) if (value[at]) walk(value[at], visit)
    } else walk(value, visit)
  }
}

/** The first child, in the order of `children`, that covers a range of the text. */
export function childAround(node: Node, start: number, end: number): Node | undefined {
  for (const key of visitorKeys[node.type] ?? []) {
    const value = node[key]
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        const child = value[index]
        if (child && child.start <= start && end <= child.end) return child
      }
    } else if (value && value.start <= start && end <= value.end) return value
  }
  return undefined
}

/** Direct child nodes in source order of their keys. */
export function children(node: Node): Node[] {
  const found: Node[] = []
  for (const key of visitorKeys[node.type] ?? []) {
    const value = node[key]
    if (Array.isArray(value)) found.push(...value.filter(Boolean))
    else if (value) found.push(value)
  }
  return found
}
