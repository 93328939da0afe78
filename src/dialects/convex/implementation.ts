import { isFunction, keyName, type Node, unwrap } from '../../repo/node.ts'
import type { Effect } from '../dialect.ts'
import { type Code, perCode } from '../sight.ts'
import { type Body, readBody, type Task } from './body.ts'
import { type Declared, declarationOf } from './declared.ts'
import { functionOf } from './folders.ts'
import type { Reference } from './reference.ts'

/** A table that a function of a deployment touches. */
export interface TableUse {
  readonly table: string
  readonly effect: Effect
  /** How many calls away from the function's own code: 0 in its own. */
  readonly distance: number
  /** Where the code says so: `convex/users.ts:14`. */
  readonly place: string
}

/** What a function of a deployment touches, with all that it calls. */
export interface Implementation {
  readonly uses: readonly TableUse[]
  /** Why it may touch more, in words. */
  readonly open?: string
}

/** How many calls a function is followed through. */
const mostCalls = 400

const known = perCode(() => ({
  bodies: new Map<Node, Map<string, Body>>(),
  functions: new Map<string, Implementation | undefined>(),
}))

/**
 * What the function that a reference names touches.
 * @returns undefined when its code is not found
 */
export function implementationOf(code: Code, reference: Reference): Implementation | undefined {
  const { functions } = known(code)
  const key = `${reference.folder ?? ''}\0${reference.path}`
  if (!functions.has(key)) functions.set(key, read(code, reference))
  return functions.get(key)
}

function read(code: Code, reference: Reference): Implementation | undefined {
  const start = tasksOf(code, reference)
  if (!start) return undefined
  const tables = new Map<string, TableUse>()
  const seen = new Map<Node, Set<string>>()
  let steps = 0
  const ran = new Set<string>()
  let open: string | undefined
  const queue = start.map((task) => ({ ...task, distance: task.distance }))
  for (const task of queue) {
    const key = keyOf(task)
    if (seen.get(task.node)?.has(key)) continue
    if (steps++ >= mostCalls) {
      open ??= 'it calls more than can be followed'
      break
    }
    seen.set(task.node, (seen.get(task.node) ?? new Set()).add(key))
    const body = bodyOf(code, task)
    open ??= body.open
    for (const { table, effect, place } of body.uses) {
      const before = tables.get(table)
      tables.set(table, {
        table,
        place: before?.place ?? place,
        effect: before?.effect === 'write' ? 'write' : effect,
        distance: Math.min(before?.distance ?? task.distance, task.distance),
      })
    }
    for (const helper of body.helpers) queue.push({ ...helper, distance: task.distance + 1 })
    for (const next of body.runs) {
      const folder = next.folder ?? reference.folder
      const target: Reference = { path: next.path, ...(folder === undefined ? {} : { folder }) }
      if (ran.has(target.path)) continue
      ran.add(target.path)
      const tasks = tasksOf(code, target)
      if (tasks) queue.push(...tasks.map((one) => ({ ...one, distance: task.distance + 1 + one.distance })))
      else open ??= `the code of \`${next.path}\`, which it runs, is not found`
    }
  }
  return { uses: [...tables.values()], ...(open === undefined ? {} : { open }) }
}

function bodyOf(code: Code, task: Task): Body {
  const { bodies } = known(code)
  let ofNode = bodies.get(task.node)
  if (!ofNode) bodies.set(task.node, (ofNode = new Map()))
  const key = keyOf(task)
  let body = ofNode.get(key)
  if (!body) ofNode.set(key, (body = readBody(code, task)))
  return body
}

/** What of a call matters to a helper. */
function keyOf({ given, rows }: Task): string {
  return JSON.stringify([[...given], [...(rows ?? [])]])
}

/** The code of a function: its handler, and what the builder that it is made with runs before. */
function tasksOf(code: Code, reference: Reference): (Task & { distance: number })[] | undefined {
  const exported = functionOf(code, reference)
  if (!exported) return undefined
  const declared = declarationOf(code.repository, exported)
  const { node, module } = declared
  if (node.type !== 'CallExpression') return undefined
  const tasks: (Task & { distance: number })[] = []
  // `query({ args, handler })`, `query(handler)`, `builder.input(…).query(handler)`
  for (const argument of node.arguments as Node[]) {
    const handler = handlerOf(code, { module, node: argument })
    if (handler) tasks.push({ ...handler, distance: 0 })
  }
  if (tasks.length === 0) return undefined
  return [...tasks, ...builderTasks(code, { module, node: node.callee }, 0)]
}

function handlerOf(code: Code, argument: Declared): Task | undefined {
  const { module, node } = declarationOf(code.repository, argument)
  const given = new Set([0])
  if (isFunction(node)) return { module, node, given }
  if (node.type !== 'ObjectExpression') return undefined
  const entry = (name: string): Node | undefined =>
    node.properties.find((property: Node) => property.type === 'Property' && keyName(property) === name)
      ?.value
  const handler = entry('handler')
  const fn = handler && declarationOf(code.repository, { module, node: handler })
  if (!fn || !isFunction(fn.node)) return undefined
  const args = entry('args')
  return { ...fn, given, ...(args ? { validator: { module, node: args } } : {}) }
}

/** `customQuery(query, customCtx(async (ctx) => …))`: the functions that a team's own builder is made of. */
function builderTasks(code: Code, callee: Declared, depth: number): (Task & { distance: number })[] {
  const { module, node } = declarationOf(code.repository, callee)
  if (depth > 5) return []
  if (isFunction(node)) return [{ module, node, given: new Set(), distance: 1 }]
  if (node.type === 'MemberExpression')
    return builderTasks(code, { module, node: unwrap(node.object) }, depth + 1)
  if (node.type === 'ObjectExpression')
    return (node.properties as Node[]).flatMap((entry) =>
      entry.type === 'Property' && (isFunction(entry.value) || entry.value.type === 'Identifier')
        ? contextTasks(code, { module, node: entry.value }, depth + 1)
        : [],
    )
  if (node.type !== 'CallExpression') return []
  return [
    ...builderTasks(code, { module, node: node.callee }, depth + 1),
    ...(node.arguments as Node[]).flatMap((argument) =>
      argument.type === 'SpreadElement' ? [] : contextTasks(code, { module, node: argument }, depth + 1),
    ),
  ]
}

/** A function that a builder is given: its first parameter is the context. */
function contextTasks(code: Code, argument: Declared, depth: number): (Task & { distance: number })[] {
  const declared = declarationOf(code.repository, argument)
  return isFunction(declared.node)
    ? [{ ...declared, given: new Set([0]), distance: 1 }]
    : builderTasks(code, declared, depth)
}
