import { type Binding, isFunction, keyName, memberName, type Node, unwrap, walk } from '../../repo/node.ts'
import type { Code } from '../sight.ts'
import type { Declared } from './declared.ts'
import { memberOfValidator, tablesOfSchemas, tablesOfValidator, textsOf } from './validators.ts'

/** Methods whose result is rows of the same table: of queries, of lists, of promises of these. */
const same = new Set([
  ...[
    'first',
    'unique',
    'collect',
    'take',
    'paginate',
    'order',
    'withIndex',
    'withSearchIndex',
    'filter',
    'fullTableScan',
  ],
  ...[
    'find',
    'findLast',
    'slice',
    'sort',
    'toSorted',
    'reverse',
    'toReversed',
    'concat',
    'at',
    'flat',
    'pop',
    'shift',
    'values',
  ],
  ...['firstX', 'uniqueX', 'then', 'next'],
])
const lists = new Set(['page', '_id', 'value'])
const eachOf = new Set([
  'map',
  'forEach',
  'filter',
  'find',
  'some',
  'every',
  'flatMap',
  'sort',
  'reduce',
  'findIndex',
])

/** Where an expression stands: the arguments' validator of the function around, and the code base. */
export interface Setting {
  readonly code: Code
  readonly module: Declared['module']
  /** The second parameter of a handler, and the validators of its members. */
  readonly args?: { readonly parameter: Node; readonly validator?: Declared }
  /** Tables of the rows that a helper's caller gives, by the parameter. */
  readonly given?: ReadonlyMap<Binding, readonly string[]>
  /** Follows a call of a helper: the rows that it returns. */
  returned?(call: Node): string[] | undefined
  /** Rows that a function of the deployment returns. */
  readonly depth: number
}

/**
 * The tables that an id, a document or a list of these is of.
 * @returns undefined when it can't be told
 */
export function tablesOfRow(expression: Node, at: Setting): string[] | undefined {
  if (at.depth > 14) return undefined
  const inner: Setting = { ...at, depth: at.depth + 1 }
  const again = (node: Node) => tablesOfRow(node, inner)
  switch (expression.type) {
    case 'TSAsExpression':
    case 'TSTypeAssertion':
    case 'TSSatisfiesExpression':
      return tablesOfType(expression.typeAnnotation, at) ?? again(expression.expression)
    case 'ParenthesizedExpression':
    case 'TSNonNullExpression':
    case 'ChainExpression':
      return again(expression.expression)
    case 'AwaitExpression':
      return again(expression.argument)
    case 'ConditionalExpression':
      return both([again(expression.consequent), again(expression.alternate)])
    case 'LogicalExpression':
      return expression.operator === '&&'
        ? again(expression.right)
        : both([again(expression.left), again(expression.right)])
    case 'ArrayExpression':
      return both(
        (expression.elements as (Node | null)[]).map((item) =>
          item ? again(item.type === 'SpreadElement' ? item.argument : item) : undefined,
        ),
      )
    case 'NewExpression':
      return expression.arguments[0] && again(expression.arguments[0])
    case 'Identifier':
      return expression.binding ? ofName(expression.binding, inner) : undefined
    case 'MemberExpression':
      return ofMember(expression, inner)
    case 'CallExpression':
      return ofCall(expression, inner)
    default:
      return undefined
  }
}

/** Those that are known: what else a value may be has no table, or the same. */
function both(all: readonly (string[] | undefined)[]): string[] | undefined {
  const known = all.flatMap((one) => one ?? [])
  return known.length > 0 ? [...new Set(known)] : undefined
}

function ofMember(member: Node, at: Setting): string[] | undefined {
  const object = unwrap(member.object)
  const name = memberName(member)
  if (name === undefined) return tablesOfRow(object, at)
  const validator = validatorOf(member, at)
  if (validator) {
    const tables = tablesOfValidator(at.code, validator)
    if (tables.length > 0) return tables
  }
  const type = object.type === 'Identifier' ? object.binding?.id.typeAnnotation?.typeAnnotation : undefined
  if (type?.type === 'TSTypeLiteral') return ofTypeMember(type, [name], at)
  if (lists.has(name)) return tablesOfRow(object, at)
  return ofField(tablesOfRow(object, at), name, at)
}

/** `message.conversationId`: the tables that the schema lets the field be of. */
function ofField(tables: readonly string[] | undefined, name: string, at: Setting): string[] | undefined {
  return both(
    (tables ?? []).map((table) => {
      const row = tablesOfSchemas(at.code).get(table)
      const field = row && memberOfValidator(at.code, row, name)
      const found = field ? tablesOfValidator(at.code, field) : []
      return found.length > 0 ? found : undefined
    }),
  )
}

/** The validator of an expression that is read from the arguments: `args.a.b`, `args.list[0].id`. */
function validatorOf(expression: Node, at: Setting): Declared | undefined {
  const node = unwrap(expression)
  if (at.depth > 14) return undefined
  if (node.type === 'Identifier')
    return at.args?.validator && node.binding?.id === at.args.parameter
      ? at.args.validator
      : elementValidator(node.binding, at)
  if (node.type !== 'MemberExpression') return undefined
  const object = validatorOf(node.object, at) ?? validatorOfRow(node.object, at)
  if (!object) return undefined
  const name = memberName(node)
  return name === undefined ? object : memberOfValidator(at.code, object, name)
}

/** What the schema says of a row that was read: `church.settings.defaultFundId`. */
function validatorOfRow(expression: Node, at: Setting): Declared | undefined {
  const tables = tablesOfRow(unwrap(expression), { ...at, depth: at.depth + 1 })
  return tables?.length === 1 ? tablesOfSchemas(at.code).get(tables[0]!) : undefined
}

/** `for (const item of args.items)`, `args.items.map((item) => …)`, `const { items } = args` */
function elementValidator(binding: Binding | undefined, at: Setting): Declared | undefined {
  if (!binding) return undefined
  const path = patternPath(binding)
  const source = path && sourceOf(path.root, binding)
  let found = source && validatorOf(source, at)
  for (const name of path?.names ?? []) found = found && memberOfValidator(at.code, found, name)
  return found
}

/** Where a name stands in the pattern that declares it: `{ a: { b } }` has `['a', 'b']` for `b`. */
function patternPath(binding: Binding): { root: Node; names: string[] } | undefined {
  const names: string[] = []
  let at = binding.id
  for (;;) {
    const { parent } = at
    if (parent.type === 'Property' && parent.value === at && parent.parent.type === 'ObjectPattern') {
      const name = keyName(parent)
      if (name === undefined) return undefined
      names.unshift(name)
      at = parent.parent
    } else if (parent.type === 'AssignmentPattern' && parent.left === at) at = parent
    else if (parent.type === 'RestElement') at = parent.parent
    else if (parent.type === 'ArrayPattern') at = parent
    else return { root: at, names }
  }
}

/** The expression that a pattern takes apart: the initialiser, the list of a loop or of a callback. */
function sourceOf(pattern: Node, binding: Binding): Node | undefined {
  const { parent } = pattern
  if (parent.type === 'VariableDeclarator' && parent.id === pattern) {
    if (parent.init) return parent.init
    const loop = parent.parent.parent
    return loop.type === 'ForOfStatement' && loop.left === parent.parent ? loop.right : undefined
  }
  if (isFunction(parent) && binding.kind === 'parameter') {
    const call = parent.parent
    const callee = call.type === 'CallExpression' ? unwrap(call.callee) : undefined
    if (
      callee?.type === 'MemberExpression' &&
      eachOf.has(memberName(callee) ?? '') &&
      call.arguments[0] === parent
    )
      return parent.params[memberName(callee) === 'reduce' ? 1 : 0] === pattern ||
        parent.params.includes(pattern)
        ? callee.object
        : undefined
    // `asyncMap(list, async (item) => …)` of convex-helpers
    if (callee?.type === 'Identifier' && call.arguments[1] === parent) return call.arguments[0]
  }
  return undefined
}

function ofName(binding: Binding, at: Setting): string[] | undefined {
  const annotation = binding.id.typeAnnotation?.typeAnnotation
  const typed = annotation && tablesOfType(annotation, at)
  if (typed) return typed
  const given = at.given?.get(binding)
  if (given) return [...given]
  const path = patternPath(binding)
  if (!path) return undefined
  // The handler's own arguments, taken apart: `(ctx, { conversationId }) => …`
  if (at.args && path.root === at.args.parameter) {
    let validator = at.args.validator
    for (const name of path.names) validator = validator && memberOfValidator(at.code, validator, name)
    const tables = validator ? tablesOfValidator(at.code, validator) : []
    if (tables.length > 0) return tables
    return undefined
  }
  const rootType = path.root.typeAnnotation?.typeAnnotation
  if (rootType && path.names.length > 0) return ofTypeMember(rootType, path.names, at)
  const source = sourceOf(path.root, binding)
  if (!source) return ofWrites(binding, at)
  const validator = elementValidator(binding, at)
  const validated = validator ? tablesOfValidator(at.code, validator) : []
  if (validated.length > 0) return validated
  const element = arrayElement(binding, source)
  let tables = tablesOfRow(element ?? source, at)
  for (const name of path.names) if (!lists.has(name)) tables = ofField(tables, name, at)
  // `let row = null`, and later one of several.
  return binding.writes.length > 0 ? both([tables, ofWrites(binding, at)]) : tables
}

/** `const [a, b] = await Promise.all([x, y])`: each name has the element at its place. */
function arrayElement(binding: Binding, source: Node): Node | undefined {
  const pattern = binding.id.parent.type === 'ArrayPattern' ? binding.id.parent : undefined
  if (!pattern) return undefined
  let list = unwrap(source)
  if (list.type === 'AwaitExpression') list = unwrap(list.argument)
  if (list.type === 'CallExpression' && memberName(unwrap(list.callee)) === 'all')
    list = unwrap(list.arguments[0])
  return list?.type === 'ArrayExpression'
    ? (list.elements[pattern.elements.indexOf(binding.id)] as Node | undefined)
    : undefined
}

/** `let row = null; … row = await ctx.db.get(id)` */
function ofWrites(binding: Binding, at: Setting): string[] | undefined {
  return both(
    binding.writes.map((write) =>
      write.parent.type === 'AssignmentExpression' && write.parent.left === write
        ? tablesOfRow(write.parent.right, at)
        : undefined,
    ),
  )
}

function ofCall(call: Node, at: Setting): string[] | undefined {
  const callee = unwrap(call.callee)
  const [first, second] = call.arguments as Node[]
  if (callee.type === 'MemberExpression') {
    const name = memberName(callee)
    const object = unwrap(callee.object)
    const named = textsOf(at.code, { module: at.module, node: first })
    switch (name) {
      case 'insert':
      case 'normalizeId':
      case 'table':
      case 'query':
        if (named.length > 0) return named
        break
      case 'get':
        if (named.length > 0 && second) return named
        if (first) {
          const row = tablesOfRow(first, at)
          if (row) return row
        }
        return tablesOfRow(object, at)
      case 'all':
      case 'allSettled':
      case 'from':
        return first && tablesOfRow(first, at)
      case 'map':
      case 'flatMap':
        return first && isFunction(first) ? ofResult(first, at) : undefined
    }
    if (name !== undefined && same.has(name)) return tablesOfRow(object, at)
  }
  return at.returned?.(call)
}

/** Rows that a function written in place returns. */
function ofResult(fn: Node, at: Setting): string[] | undefined {
  if (fn.body.type !== 'BlockStatement') return tablesOfRow(fn.body, at)
  const found: (string[] | undefined)[] = []
  walk(fn.body, (node) => {
    if (isFunction(node)) return false
    if (node.type === 'ReturnStatement' && node.argument) found.push(tablesOfRow(node.argument, at))
    return undefined
  })
  return both(found)
}

/** The tables that a type speaks of: `Id<"t">`, `Doc<"t"> | null`, `Promise<Doc<"t">[]>`, `Doc<"t">["field"]`. */
export function tablesOfType(type: Node, at: Setting): string[] | undefined {
  switch (type.type) {
    case 'TSUnionType':
      return both(type.types.map((one: Node) => tablesOfType(one, at)))
    case 'TSArrayType':
      return tablesOfType(type.elementType, at)
    case 'TSParenthesizedType':
    case 'TSTypeOperator':
    case 'TSOptionalType':
      return tablesOfType(type.typeAnnotation, at)
    case 'TSIndexedAccessType': {
      const name = type.indexType.literal?.value
      const tables = tablesOfType(type.objectType, at)
      return typeof name === 'string' && !lists.has(name) ? ofField(tables, name, at) : tables
    }
    case 'TSTypeReference': {
      const name: string | undefined = type.typeName.name ?? type.typeName.right?.name
      const parameters: Node[] = type.typeArguments?.params ?? []
      if (name === 'Id' || name === 'Doc' || name === 'GenericId' || name === 'WithoutSystemFields')
        return parameters[0] && (literalsOf(parameters[0]) ?? tablesOfType(parameters[0], at))
      return both(parameters.map((one) => tablesOfType(one, at)))
    }
    default:
      return undefined
  }
}

function literalsOf(type: Node): string[] | undefined {
  const parts: Node[] = type.type === 'TSUnionType' ? type.types : [type]
  const texts = parts.flatMap((part) =>
    part.type === 'TSLiteralType' && typeof part.literal.value === 'string' ? [part.literal.value] : [],
  )
  return texts.length > 0 ? texts : undefined
}

/** `({ id }: { id: Id<"t"> }) => …` */
function ofTypeMember(type: Node, names: readonly string[], at: Setting): string[] | undefined {
  let found: Node | undefined = type
  for (const name of names) {
    const members: Node[] = found?.type === 'TSTypeLiteral' ? found.members : []
    const member: Node | undefined = members.find(
      (one) => one.type === 'TSPropertySignature' && keyName(one) === name,
    )
    found = member?.typeAnnotation?.typeAnnotation
  }
  return found && tablesOfType(found, at)
}
