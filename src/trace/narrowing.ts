import { type Binding, isFunction, keyName, memberName, type Node, unwrap, walk } from '../repo/node.ts'

/** A name and members of it: `session.user.tenantId`. */
export interface AccessPath {
  readonly binding: Binding
  readonly names: readonly string[]
}

/** The path that an expression reads, with constants that are parts of others followed to the whole. */
export function accessPath(expression: Node): AccessPath | undefined {
  const path = writtenPath(expression)
  return path && ofBinding(path.binding, path.names, 0)
}

/** The path as it is written: all that the compiler compares. */
export function writtenPath(expression: Node): AccessPath | undefined {
  const names: string[] = []
  let at = unwrap(expression)
  while (at.type === 'MemberExpression') {
    const name = memberName(at)
    if (name === undefined) return undefined
    names.unshift(name)
    at = unwrap(at.object)
  }
  return at.type === 'Identifier' && at.binding ? { binding: at.binding, names } : undefined
}

/** `const user = session.user` makes `user` the path `session.user`. */
function ofBinding(binding: Binding, names: readonly string[], depth: number): AccessPath {
  const own = { binding, names }
  const declarator = binding.declaration
  if (depth > 8 || binding.kind !== 'const' || declarator.type !== 'VariableDeclarator' || !declarator.init)
    return own
  const inner: string[] = []
  for (let at = binding.id; at !== declarator.id; at = at.parent) {
    const parent = at.parent
    if (parent.type === 'Property' && parent.parent.type === 'ObjectPattern') {
      const name = keyName(parent)
      if (name === undefined) return own
      inner.unshift(name)
    } else if (parent.type !== 'ObjectPattern') return own
  }
  const init = unwrap(declarator.init)
  // `(expr ?? {})` in a destructuring is read as expr: a missing one leaves the parts undefined, which stays unproven.
  const source =
    init.type === 'LogicalExpression' &&
    init.operator !== '&&' &&
    init.right.type === 'ObjectExpression' &&
    init.right.properties.length === 0
      ? init.left
      : init
  const base = accessPath(source)
  return base ? { binding: base.binding, names: [...base.names, ...inner, ...names] } : own
}

export function samePath(a: AccessPath, b: AccessPath): boolean {
  return (
    a.binding === b.binding &&
    a.names.length === b.names.length &&
    a.names.every((name, index) => name === b.names[index])
  )
}

/**
 * Paths that are known to hold something (neither null nor undefined) when a condition is true or false.
 * @param read how the condition's expressions are read
 */
export function provenBy(condition: Node, truth: boolean, read = accessPath): AccessPath[] {
  const node = unwrap(condition)
  switch (node.type) {
    case 'UnaryExpression':
      return node.operator === '!' ? provenBy(node.argument, !truth, read) : []
    case 'LogicalExpression': {
      if (node.operator === '??') return []
      const both = node.operator === '&&'
      if (both === truth) return [...provenBy(node.left, truth, read), ...provenBy(node.right, truth, read)]
      // One of two ways led here: only what both ways prove holds.
      const first = provenBy(node.left, truth, read)
      const second = [...provenBy(node.left, !truth, read), ...provenBy(node.right, truth, read)]
      return first.filter((path) => second.some((other) => samePath(path, other)))
    }
    case 'BinaryExpression':
      return provenByComparison(node, truth, read)
    case 'CallExpression': {
      const callee = unwrap(node.callee)
      return truth && callee.type === 'Identifier' && callee.name === 'Boolean' && node.arguments[0]
        ? provenBy(node.arguments[0], true, read)
        : []
    }
    case 'Identifier':
    case 'MemberExpression':
      return truth ? prefixes(node, read) : []
    default:
      return []
  }
}

function provenByComparison(node: Node, truth: boolean, read: typeof accessPath): AccessPath[] {
  const equal = node.operator === '==' || node.operator === '==='
  if (!equal && node.operator !== '!=' && node.operator !== '!==') return []
  const [side, other] = isConstant(node.right)
    ? [unwrap(node.left), unwrap(node.right)]
    : [unwrap(node.right), unwrap(node.left)]
  if (!isConstant(other)) return []
  const nothing = isNothing(other)
  if (side.type === 'UnaryExpression' && side.operator === 'typeof') {
    const undefinedType = other.value === 'undefined'
    return equal === truth
      ? undefinedType
        ? []
        : prefixes(side.argument, read)
      : undefinedType
        ? prefixes(side.argument, read)
        : []
  }
  if (!nothing) return equal === truth ? prefixes(side, read) : []
  // `!== null` alone leaves undefined, which is what a missing tenant id is.
  if (equal === truth || (node.operator.length === 3 && other.type === 'Literal')) return []
  return prefixes(side, read)
}

function isConstant(node: Node): boolean {
  const at = unwrap(node)
  return at.type === 'Literal' || (at.type === 'Identifier' && at.name === 'undefined' && !at.binding)
}

function isNothing(node: Node): boolean {
  return node.type === 'Identifier' || node.value === null
}

/** A path and everything it is read through: `a?.b.c` present means `a` and `a.b` are too. */
function prefixes(expression: Node, read: typeof accessPath): AccessPath[] {
  const path = read(expression)
  if (!path) return []
  return Array.from({ length: path.names.length + 1 }, (_, length) => ({
    binding: path.binding,
    names: path.names.slice(0, length),
  }))
}

/** Calls after which the program does not go on. */
const leaving = new Set([
  'redirect',
  'notFound',
  'permanentRedirect',
  'unauthorized',
  'forbidden',
  'exit',
  'fail',
])
const asserting = new Set(['assert', 'invariant', 'ok', 'assertDefined', 'assertExists', 'ensure'])

/** Whether control never goes past a statement. */
export function leaves(statement: Node | null | undefined): boolean {
  switch (statement?.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
    case 'ContinueStatement':
    case 'BreakStatement':
      return true
    case 'BlockStatement':
      return statement.body.some((inner: Node) => leaves(inner))
    case 'IfStatement':
      return leaves(statement.consequent) && leaves(statement.alternate)
    case 'ExpressionStatement': {
      let at = unwrap(statement.expression)
      if (at.type === 'AwaitExpression') at = unwrap(at.argument)
      if (at.type !== 'CallExpression') return false
      const callee = unwrap(at.callee)
      const name = callee.type === 'MemberExpression' ? memberName(callee) : callee.name
      if (name === 'exit') return callee.type === 'MemberExpression' && callee.object.name === 'process'
      if (leaving.has(name)) return callee.type === 'Identifier' && callee.binding?.kind === 'import'
      return callee.type === 'Identifier' && alwaysThrows(callee.binding)
    }
    default:
      return false
  }
}

function alwaysThrows(binding: Binding | undefined): boolean {
  const fn =
    binding?.declaration.type === 'VariableDeclarator' ? binding.declaration.init : binding?.declaration
  return Boolean(
    fn &&
      isFunction(fn) &&
      !fn.async &&
      fn.body.type === 'BlockStatement' &&
      fn.body.body.at(-1)?.type === 'ThrowStatement' &&
      !fn.body.body.some((inner: Node) => inner.type === 'ReturnStatement'),
  )
}

/** The statements of a node that holds a list of them. */
export function statementsOf(node: Node): Node[] | undefined {
  if (node.type === 'BlockStatement' || node.type === 'Program' || node.type === 'StaticBlock')
    return node.body
  if (node.type === 'SwitchCase') return node.consequent
  return undefined
}

/** A condition that holds at a point, with the statement or expression that makes sure of it. */
export interface Condition {
  readonly test: Node
  readonly truth: boolean
  readonly by: Node
}

/** Conditions that hold when control reaches the statement at `index` of a list, by the statements before it. */
function* conditionsBefore(statements: readonly Node[], index: number): Generator<Condition> {
  for (const statement of statements.slice(0, index)) {
    if (statement.type === 'IfStatement') {
      if (leaves(statement.consequent)) yield { test: statement.test, truth: false, by: statement }
      else if (leaves(statement.alternate)) yield { test: statement.test, truth: true, by: statement }
    } else if (statement.type === 'ExpressionStatement') {
      const call = unwrap(statement.expression)
      if (call.type !== 'CallExpression' || !call.arguments[0]) continue
      const callee = unwrap(call.callee)
      const name = callee.type === 'MemberExpression' ? memberName(callee) : callee.name
      if (asserting.has(name)) yield { test: call.arguments[0], truth: true, by: statement }
    }
  }
}

/** A point between statements: before the statement at `index` of a list, or at a node inside an expression. */
export type Point = { readonly list: Node; readonly index: number } | { readonly node: Node }

/**
 * Every condition that holds at a point because every way to the point goes through it. They cross into arrow functions
 * and function expressions, and hold there for names that are never assigned again.
 * @param acrossFunctions false where the compiler has to see it too: it forgets that a member of a constant is present
 *   inside of a function expression
 */
export function* conditionsAt(point: Point, acrossFunctions = true): Generator<Condition> {
  let at: Node
  if ('list' in point) {
    yield* conditionsBefore(statementsOf(point.list) ?? [], point.index)
    at = point.list
  } else at = point.node
  for (let parent = at.parent; parent; at = parent, parent = at.parent) {
    const list = statementsOf(parent)
    if (list) yield* conditionsBefore(list, list.indexOf(at))
    else if ((parent.type === 'IfStatement' || parent.type === 'ConditionalExpression') && at !== parent.test)
      yield { test: parent.test, truth: at === parent.consequent, by: parent.test }
    else if (parent.type === 'LogicalExpression' && at === parent.right && parent.operator !== '??')
      yield { test: parent.left, truth: parent.operator === '&&', by: parent.left }
    else if (
      (parent.type === 'WhileStatement' || parent.type === 'ForStatement') &&
      at === parent.body &&
      parent.test
    )
      yield { test: parent.test, truth: true, by: parent.test }
    // A declared function may be called from anywhere; a function expression exists only after the guard.
    if (parent.type === 'FunctionDeclaration' || parent.type === 'MethodDefinition') return
    if (!acrossFunctions && isFunction(parent)) return
  }
}

/**
 * The statement or condition that proves a path present at a point.
 * @param read how its expressions are read: followed to the whole, or as they are written
 */
export function proofOf(
  path: AccessPath,
  point: Point,
  acrossFunctions = true,
  read = accessPath,
): Node | undefined {
  for (const { test, truth, by } of conditionsAt(point, acrossFunctions))
    if (
      path.binding.writes.every((write) => write.end <= by.start) &&
      provenBy(test, truth, read).some((item) => samePath(item, path))
    )
      return by
  return undefined
}

/** Whether a check before a point has told the alternatives of a name apart and left for some: `if (x instanceof Response) return x`. */
export function isDiscriminated(binding: Binding, point: Point): boolean {
  const tells = (test: Node): boolean => {
    let found = false
    walk(test, (node) => {
      if (node.type === 'BinaryExpression' && node.operator === 'instanceof')
        found ||= unwrap(node.left).binding === binding
      else if (node.type === 'BinaryExpression' && node.operator === 'in')
        found ||= unwrap(node.right).binding === binding
      else if (node.type === 'MemberExpression') found ||= unwrap(node.object).binding === binding
    })
    return found
  }
  return someStatementBefore(
    point,
    (statement) => statement.type === 'IfStatement' && leaves(statement.consequent) && tells(statement.test),
  )
}

/** Whether a statement that every way to a point passes is of a kind: those before it in its list and the lists around. */
export function someStatementBefore(point: Point, is: (statement: Node) => boolean): boolean {
  const before = (list: Node, index: number) => (statementsOf(list) ?? []).slice(0, index).some(is)
  let at: Node
  if ('list' in point) {
    if (before(point.list, point.index)) return true
    at = point.list
  } else at = point.node
  for (let parent = at.parent; parent; at = parent, parent = at.parent) {
    const list = statementsOf(parent)
    if (list && before(parent, list.indexOf(at))) return true
    if (parent.type === 'FunctionDeclaration' || parent.type === 'MethodDefinition') return false
  }
  return false
}
