import { type Binding, isFunction, memberName, type Node, unwrap, walk } from '../../repo/node.ts'
import type { Effect } from '../dialect.ts'
import type { Code } from '../sight.ts'
import { componentOf, foreignOf } from './components.ts'
import { type Role, roleOf, rolesOf } from './context.ts'
import { type Declared, declarationOf } from './declared.ts'
import { type Reference, referencesOf } from './reference.ts'
import { type Setting, tablesOfRow, tablesOfType } from './rows.ts'
import { textsOf } from './validators.ts'

/** A table that a function's code names. */
export interface Use {
  readonly table: string
  readonly effect: Effect
  /** Where the code says so: `convex/users.ts:14`. */
  readonly place: string
}

/** What the code of one function does by itself, and what it goes on to. */
export interface Body {
  readonly uses: readonly Use[]
  /** Helpers that are handed the database, with the parameters that get it. */
  readonly helpers: readonly Task[]
  /** Functions of the deployment that it runs, now or later. */
  readonly runs: readonly Reference[]
  /** What could not be told, with its place. */
  readonly open?: string
}

/** A function of the code base, as far as it is handed the database. */
export interface Task extends Declared {
  readonly given: ReadonlySet<number>
  /** Tables of the rows that the call gives, by the parameter's index. */
  readonly rows?: ReadonlyMap<number, readonly string[]>
  /** For a handler: the validators of its arguments. */
  readonly validator?: Declared
}

const reads = new Map<string, Effect>([
  ['query', 'read'],
  ['get', 'read'],
  ['insert', 'write'],
  ['patch', 'write'],
  ['replace', 'write'],
  ['delete', 'write'],
])
const runners = new Map([
  ['runQuery', 0],
  ['runMutation', 0],
  ['runAction', 0],
  ['runAfter', 1],
  ['runAt', 1],
])

/** Reads what the code of one function touches. */
export function readBody(code: Code, task: Task): Body {
  const { module, node } = task
  const uses = new Map<string, Use>()
  const helpers: Task[] = []
  const runs: Reference[] = []
  let open: string | undefined
  const roles = isFunction(node) ? rolesOf(node, task.given) : new Map<Binding, Role>()
  // Methods and functions inside have names of their own for the same context.
  walk(node, (inner) => {
    if (inner !== node && isFunction(inner))
      for (const [name, role] of rolesOf(inner, new Set())) roles.set(name, role)
    return undefined
  })
  const at: Setting = {
    code,
    module,
    depth: 0,
    ...argumentsOf(task),
    ...(task.rows ? { given: givenRows(task) } : {}),
    returned: (call) => returnedRows(code, module, call),
  }
  const placeOf = (place: Node) =>
    `${code.repository.relative(module.file)}:${module.position(place.start).line}`
  const use = (table: string, effect: Effect, place: Node): void => {
    if (table.startsWith('_') || uses.get(table)?.effect === 'write') return
    uses.set(table, { table, effect, place: uses.get(table)?.place ?? placeOf(place) })
  }
  const untold = (what: string, place: Node): void => {
    open ??= `${what} (${placeOf(place)})`
  }
  const ofDatabase = (call: Node, method: string, effect: Effect): void => {
    const [first, second] = call.arguments as Node[]
    if (!first || first.type === 'SpreadElement') return
    const named = textsOf(code, { module, node: first })
    const isNamed =
      method === 'query' ||
      method === 'insert' ||
      (second !== undefined &&
        named.length > 0 &&
        (method !== 'patch' && method !== 'replace' ? true : call.arguments.length > 2))
    const tables = isNamed ? named : tablesOfRow(first, at)
    if (!tables || tables.length === 0)
      untold(
        `the table of \`${module.text.slice(call.start, Math.min(call.end, call.start + 48)).split('\n')[0]}\` can't be told`,
        call,
      )
    for (const table of tables ?? []) use(table, effect, call)
  }
  walk(node, (call) => {
    if (call.type !== 'CallExpression' && call.type !== 'NewExpression') return undefined
    const callee = unwrap(call.callee)
    const method = callee.type === 'MemberExpression' ? memberName(callee) : undefined
    const name = method ?? (callee.type === 'Identifier' ? callee.name : undefined)
    if (method !== undefined) {
      const effect = reads.get(method)
      if (effect && roleOf(callee.object, roles) === 'db') {
        ofDatabase(call, method, effect)
        return undefined
      }
      if (method === 'vectorSearch' || method === 'table') {
        if (method === 'table' && roleOf(callee.object, roles) !== 'ctx') return undefined
        for (const table of textsOf(code, { module, node: call.arguments[0] }))
          use(table, method === 'table' && isWriting(call) ? 'write' : 'read', call)
        return undefined
      }
    }
    const runner = name === undefined ? undefined : runners.get(name)
    const ran = runner === undefined ? undefined : (call.arguments[runner] as Node | undefined)
    if (ran && ran.type !== 'SpreadElement') {
      const { found, dynamic } = referencesOf(ran, {
        code,
        module,
        look: (expression) => code.look(module, expression),
      })
      const component = componentOf(ran)
      if (component !== undefined) {
        use(component, name === 'runQuery' ? 'read' : 'write', call)
        return undefined
      }
      runs.push(...found)
      if (dynamic !== undefined) untold('which function it runs is only known at run time', ran)
      return undefined
    }
    const given = new Set<number>()
    ;(call.arguments as Node[]).forEach((argument, index) => {
      if (argument.type !== 'SpreadElement' && roleOf(argument, roles) !== undefined) given.add(index)
    })
    if (given.size === 0) return undefined
    if (call.type === 'NewExpression') {
      const made = declarationOf(code.repository, { module, node: callee })
      if (made.node.type.startsWith('Class')) helpers.push({ ...made, given: new Set() })
      else ofForeign(call)
      return undefined
    }
    const functions = code.look(module, callee).flatMap((item) => (item.kind === 'function' ? [item] : []))
    for (const fn of functions)
      helpers.push({ module: fn.module, node: fn.node, given, rows: rowsGiven(call, at) })
    if (functions.length === 0 && !ofPackage(call)) ofForeign(call)
    return undefined
  })
  /** `getManyFrom(ctx.db, "messages", …)` of convex-helpers: the table is written beside the database. */
  function ofPackage(call: Node): boolean {
    const [first, second] = call.arguments as Node[]
    if (!first || roleOf(first, roles) !== 'db' || !second || second.type === 'SpreadElement') return false
    const tables = textsOf(code, { module, node: second })
    for (const table of tables) use(table, 'read', call)
    const rows = tables.length > 0 ? tables : tablesOfRow(second, at)
    for (const table of rows ?? []) use(table, 'read', call)
    if (!rows)
      untold(`what \`${module.text.slice(call.callee.start, call.callee.end)}\` reads can't be told`, call)
    return true
  }
  /** What is handed on to a package: a component has tables of its own, anybody else may do anything. */
  function ofForeign(call: Node): void {
    const foreign = foreignOf(code, { module, node: call.callee })
    if (!foreign) return
    if ('component' in foreign) use(foreign.component, 'write', call)
    else untold(`what ${foreign.package} does with the database that it is handed can't be told`, call)
  }
  return {
    uses: [...uses.values()],
    helpers,
    runs,
    ...(open === undefined ? {} : { open }),
  }
}

function argumentsOf({ node, validator }: Task): Pick<Setting, 'args'> {
  const parameter = isFunction(node) ? (node.params[1] as Node | undefined) : undefined
  if (!parameter || !validator) return {}
  return {
    args: { parameter: parameter.type === 'AssignmentPattern' ? parameter.left : parameter, validator },
  }
}

/** `ctx.table("t").insert(…)`, `ctx.table("t").getX(id).patch(…)` of convex-ents. */
function isWriting(call: Node): boolean {
  for (let at = call.parent; at; at = at.parent) {
    if (at.type === 'MemberExpression') {
      const name = memberName(at)
      if (name !== undefined && (reads.get(name) === 'write' || name === 'insertMany')) return true
    } else if (at.type !== 'CallExpression' && at.type !== 'AwaitExpression') return false
  }
  return false
}

/** The rows that a helper returns, by its return type or by what it returns. */
function returnedRows(code: Code, module: Declared['module'], call: Node): string[] | undefined {
  const found = code.look(module, unwrap(call.callee)).flatMap((item) => {
    if (item.kind !== 'function') return []
    const at: Setting = { code, module: item.module, depth: 8, returned: () => undefined }
    const type = item.node.returnType?.typeAnnotation
    const typed = type && tablesOfType(type, at)
    if (typed) return typed
    const rows: string[] = []
    walk(item.node.body, (inner) => {
      if (isFunction(inner)) return false
      if (inner.type === 'ReturnStatement' && inner.argument)
        rows.push(...(tablesOfRow(inner.argument, at) ?? []))
      return undefined
    })
    return rows
  })
  return found.length > 0 ? [...new Set(found)] : undefined
}

/** The tables of the rows among a call's arguments. */
function rowsGiven(call: Node, at: Setting): Map<number, string[]> {
  return new Map(
    (call.arguments as Node[]).flatMap((argument, index) => {
      const rows = argument.type === 'SpreadElement' ? undefined : tablesOfRow(argument, at)
      return rows ? [[index, rows] as const] : []
    }),
  )
}

/** The same, by the names of the parameters. */
function givenRows({ node, rows }: Task): Map<Binding, readonly string[]> {
  const found = new Map<Binding, readonly string[]>()
  for (const [index, tables] of isFunction(node) ? (rows ?? []) : []) {
    const parameter: Node | undefined = node.params[index]
    if (parameter?.type === 'Identifier' && parameter.binding) found.set(parameter.binding, tables)
  }
  return found
}
