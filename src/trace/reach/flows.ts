import {
  enclosingFunction,
  isFunction,
  keyName,
  memberName,
  type Node,
  unwrap,
  wrapped,
} from '../../repo/node.ts'
import { bindingsOf } from '../holders.ts'

/** Where what an expression holds goes next. */
export type Destination =
  /** Another expression of the same file holds it too. */
  | { readonly kind: 'expression'; readonly node: Node }
  /** A declared name, by its identifier. */
  | { readonly kind: 'name'; readonly id: Node }
  /** A member of this name, of whatever object: a field, a property, a method that returns it. */
  | { readonly kind: 'member'; readonly name: string }
  /** Whoever calls the function. */
  | { readonly kind: 'returned'; readonly fn: Node }
  /** An export without a name of its own: `export default make()`. */
  | { readonly kind: 'exported'; readonly node: Node }
  /** The parameter of what is called. */
  | { readonly kind: 'argument'; readonly call: Node; readonly index: number }
  /** Whoever asks for the token: `{ provide: TOKEN, useValue: client }`. */
  | { readonly kind: 'token'; readonly node: Node }
  /** A parameter that is decorated with it. */
  | { readonly kind: 'parameter'; readonly node: Node }
  /** Functions that are given to a call on it: they may be handed it. */
  | { readonly kind: 'callbacks'; readonly call: Node }
  /** The class and its instances: it extends the class that is held. */
  | { readonly kind: 'class'; readonly node: Node }
  /** Somewhere that is not followed. */
  | { readonly kind: 'anywhere'; readonly reason: string }

/** What the flow of clients has to know of a call. */
export interface CallKinds {
  /** Whether a call is a query: what it returns are rows. */
  isQuery(call: Node): boolean
  /** Whether a method of a client returns none: a transaction, an end. */
  ends(method: string): boolean
}

/**
 * Where a value goes from an expression, one step: a superset of the ways on which `evaluate` may come back to it.
 * @param node the expression that may be a client, or hold one
 */
export function flowsOf(node: Node, calls: CallKinds): readonly Destination[] {
  const outer = wrapped(node)
  const { parent } = outer
  if (!parent) return []
  const on: Destination = { kind: 'expression', node: parent }
  switch (parent.type) {
    case 'VariableDeclarator':
      return parent.init === outer ? namesIn(parent.id) : []
    case 'AssignmentExpression':
      return parent.left === outer ? [] : [on, ...kept(parent.left)]
    case 'AssignmentPattern':
      return parent.right === outer ? namesIn(parent.left) : []
    // `@Inject(TOKEN) private db`
    case 'Decorator':
      return parent.parent.type === 'PropertyDefinition'
        ? (memberOf(parent.parent) ?? [])
        : [{ kind: 'parameter', node: parent.parent }]
    case 'ForOfStatement':
    case 'ForInStatement':
      if (parent.right !== outer) return []
      return parent.left.type === 'VariableDeclaration'
        ? (parent.left.declarations as Node[]).flatMap(({ id }) => namesIn(id))
        : namesIn(parent.left)
    case 'Property':
      if (parent.parent.type === 'ObjectPattern' || parent.value !== outer) return []
      return [...(memberOf(parent) ?? [{ kind: 'expression', node: parent.parent }]), ...provided(parent)]
    case 'PropertyDefinition':
    case 'AccessorProperty':
      if (parent.value !== outer) return []
      return memberOf(parent) ?? [{ kind: 'anywhere', reason: 'a field whose name is computed' }]
    case 'ArrowFunctionExpression':
      return parent.body === outer ? [{ kind: 'returned', fn: parent }] : []
    case 'ReturnStatement':
    case 'YieldExpression': {
      const fn = enclosingFunction(parent)
      return fn ? [{ kind: 'returned', fn }] : []
    }
    case 'MemberExpression':
      return parent.object === outer ? [on] : []
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee === outer
        ? called(parent, outer, calls)
        : [{ kind: 'argument', call: parent, index: (parent.arguments as Node[]).indexOf(outer) }]
    case 'TaggedTemplateExpression':
      return parent.tag === outer && !calls.isQuery(parent) ? [on] : []
    case 'ClassDeclaration':
    case 'ClassExpression':
      return parent.superClass === outer ? [{ kind: 'class', node: parent }] : []
    case 'ExportDefaultDeclaration':
    case 'TSExportAssignment':
      return [{ kind: 'exported', node: outer }]
    case 'JSXExpressionContainer':
      return intoElement(parent)
    case 'JSXSpreadAttribute':
    case 'AwaitExpression':
    case 'LogicalExpression':
    case 'SequenceExpression':
    case 'ArrayExpression':
    case 'TemplateLiteral':
      return [on]
    case 'ConditionalExpression':
      return parent.test === outer ? [] : [on]
    case 'SpreadElement':
      return parent.parent.type === 'CallExpression' || parent.parent.type === 'NewExpression'
        ? [{ kind: 'argument', call: parent.parent, index: parent.parent.arguments.indexOf(parent) }]
        : [{ kind: 'expression', node: parent.parent }]
    default:
      return parent.type.startsWith('TS') ? typed(parent) : []
  }
}

/** What is called, or a method of it: what it returns may be it again, and it may be handed to functions it is given. */
function called(call: Node, callee: Node, calls: CallKinds): Destination[] {
  if (calls.isQuery(call)) return []
  const member = unwrap(callee)
  const method = member.type === 'MemberExpression' ? memberName(member) : undefined
  const callbacks: Destination = { kind: 'callbacks', call }
  return method !== undefined && calls.ends(method)
    ? [callbacks]
    : [callbacks, { kind: 'expression', node: call }]
}

function memberOf(entry: Node): Destination[] | undefined {
  const name = keyName(entry)
  return name === undefined ? undefined : [{ kind: 'member', name }]
}

/** The token under which a property's object provides it. */
export function provided(property: Node): Destination[] {
  const entries = property.parent.properties as Node[] | undefined
  const token = entries?.find((entry) => entry.type === 'Property' && keyName(entry) === 'provide')
  return token && token !== property ? [{ kind: 'token', node: token.value }] : []
}

/** The names that a pattern declares or assigns. */
function namesIn(pattern: Node): Destination[] {
  return bindingsOf(pattern).map((binding): Destination => ({ kind: 'name', id: binding.id }))
}

/** What is assigned to: a name, a member, an element of a list or a table. */
function kept(left: Node): Destination[] {
  const target = unwrap(left)
  if (target.type !== 'MemberExpression') return namesIn(target)
  if (target.object.name === 'module' || target.object.name === 'exports')
    return [{ kind: 'exported', node: wrapped(left).parent.right }]
  const name = memberName(target)
  return name === undefined ? holder(target.object) : [{ kind: 'member', name }]
}

/** What holds a thing from now on: the name or the member that an expression begins with. */
export function holder(expression: Node): Destination[] {
  for (let at = unwrap(expression); ; ) {
    if (at.type === 'Identifier') return at.binding ? [{ kind: 'name', id: at.binding.id }] : []
    if (at.type === 'MemberExpression') {
      const name = memberName(at)
      if (name !== undefined) return [{ kind: 'member', name }]
      at = unwrap(at.object)
    } else if (at.type === 'CallExpression') at = unwrap(at.callee)
    else if (at.type === 'AwaitExpression') at = unwrap(at.argument)
    else if (at.type === 'ThisExpression') return []
    else return [{ kind: 'expression', node: at }]
  }
}

/** A property of a component, or what stands under a provider. */
function intoElement(container: Node): Destination[] {
  const attribute = container.parent
  if (attribute.type !== 'JSXAttribute') return []
  const element: Node = attribute.parent.name
  // `<Context.Provider value={client}>`: whoever asks for the context gets it.
  if (element.type === 'JSXMemberExpression') {
    let root = element
    while (root.type === 'JSXMemberExpression') root = root.object
    return root.binding ? [{ kind: 'name', id: root.binding.id }] : member(attribute)
  }
  return [
    ...(element.binding ? [{ kind: 'name' as const, id: element.binding.id }] : []),
    ...member(attribute),
  ]
}

function member(attribute: Node): Destination[] {
  const { name } = attribute.name
  return typeof name === 'string' ? [{ kind: 'member', name }] : []
}

/** What is declared with a type that speaks of it: `db: ReturnType<typeof connect>`, `private prisma: PrismaService`. */
function typed(type: Node): Destination[] {
  for (let at: Node | undefined = type; at; at = at.parent) {
    if (at.type === 'TSTypeAnnotation' && !at.parent.type.startsWith('TS')) {
      const { parent } = at
      if (parent.type === 'Identifier') return parent.binding ? [{ kind: 'name', id: parent }] : []
      if (parent.type === 'PropertyDefinition') return memberOf(parent) ?? []
      return namesIn(parent)
    }
    if (at.type === 'TSTypeAliasDeclaration') return at.id ? [{ kind: 'name', id: at.id }] : []
    if (at.type === 'TSPropertySignature' || at.type === 'TSMethodSignature') return memberOf(at) ?? []
    if (isFunction(at) || at.type.endsWith('Statement')) return []
  }
  return []
}
