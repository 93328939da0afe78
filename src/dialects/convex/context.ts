import { type Binding, isFunction, keyName, memberName, type Node, unwrap } from '../../repo/node.ts'

/** What stands for the database inside of a function: `ctx`, `ctx.db`. */
export type Role = 'ctx' | 'db'

/** Types of `ctx`: `QueryCtx`, `GenericMutationCtx<DataModel>`, a team's own `AuthedCtx`. */
const contextType = /(?:Ctx|Context)$/
const databaseType = /^(?:Generic)?Database(?:Reader|Writer)$/

/**
 * The names of a function that stand for the database.
 * @param given parameters that are known to get it, by index
 */
export function rolesOf(fn: Node, given: ReadonlySet<number>): Map<Binding, Role> {
  const roles = new Map<Binding, Role>()
  ;(fn.params as Node[]).forEach((parameter, index) => {
    const pattern = parameter.type === 'AssignmentPattern' ? parameter.left : parameter
    const type = typeName(pattern)
    const isContext = given.has(index) || (type !== undefined && contextType.test(type))
    if (pattern.type === 'Identifier') {
      const { binding } = pattern
      if (!binding) return
      if (type !== undefined && databaseType.test(type)) roles.set(binding, 'db')
      else if (isContext || pattern.name === 'ctx') roles.set(binding, pattern.name === 'db' ? 'db' : 'ctx')
    } else if (pattern.type === 'ObjectPattern') {
      for (const entry of pattern.properties as Node[]) {
        const value = entry.type === 'Property' ? entry.value : undefined
        const name = entry.type === 'Property' ? keyName(entry) : undefined
        if (value?.type !== 'Identifier' || !value.binding) continue
        if (name === 'db' || name === 'ctx') roles.set(value.binding, name)
      }
    }
  })
  return roles
}

function typeName(pattern: Node): string | undefined {
  const type = pattern.typeAnnotation?.typeAnnotation
  const candidates: Node[] = type?.type === 'TSUnionType' ? type.types : type ? [type] : []
  for (const one of candidates) {
    const name = one.type === 'TSTypeReference' ? (one.typeName.name ?? one.typeName.right?.name) : undefined
    if (name !== undefined) return name
  }
  return undefined
}

/** What an expression is to the database: the context, the database, or neither. */
export function roleOf(expression: Node, roles: ReadonlyMap<Binding, Role>, depth = 0): Role | undefined {
  const node = unwrap(expression)
  if (depth > 6) return undefined
  if (node.type === 'Identifier') {
    const { binding } = node
    if (!binding) return undefined
    const known = roles.get(binding)
    if (known) return known
    const { declaration } = binding
    if (declaration?.type !== 'VariableDeclarator' || !declaration.init) return undefined
    if (declaration.id === binding.id) return roleOf(declaration.init, roles, depth + 1)
    // `const { db } = ctx`
    return binding.name === 'db' && roleOf(declaration.init, roles, depth + 1) === 'ctx' ? 'db' : undefined
  }
  if (node.type === 'MemberExpression') {
    const name = memberName(node)
    if (name === 'db' || name === 'unsafeDb') return 'db'
    if (name === 'ctx') return 'ctx'
    return undefined
  }
  // `wrapDatabaseWriter(ctx, ctx.db, rules)`, `triggers.wrapDB(ctx).db`, `{ ...ctx, user }`
  if (node.type === 'CallExpression')
    return (node.arguments as Node[]).some(
      (argument) => argument.type !== 'SpreadElement' && roleOf(argument, roles, depth + 1) === 'db',
    )
      ? 'db'
      : undefined
  if (node.type === 'ObjectExpression')
    return (node.properties as Node[]).some((entry) =>
      entry.type === 'SpreadElement'
        ? roleOf(entry.argument, roles, depth + 1) !== undefined
        : !isFunction(entry.value) && roleOf(entry.value, roles, depth + 1) !== undefined,
    )
      ? 'ctx'
      : undefined
  if (node.type === 'AwaitExpression') return roleOf(node.argument, roles, depth + 1)
  return undefined
}
