import { basename } from 'node:path'
import type { Module } from '../../repo/module.ts'
import { memberName, type Node, unwrap, wrapped } from '../../repo/node.ts'
import { exportedName } from '../handlers.ts'
import type { Program } from '../program.ts'
import type { Value } from '../values.ts'
import { type CarrierName, carrier } from './carriers.ts'
import { packageRoot, typeName } from './library.ts'

/** A framework whose functions get a carrier as a parameter. */
interface Framework {
  /** Matches the packages it is imported from. */
  readonly packages: RegExp
  /** What its methods hand to a function, by the parameter's position. */
  readonly parameters?: (method: string | undefined, count: number) => readonly (CarrierName | undefined)[]
  /** Types of parameters. */
  readonly types: Readonly<Record<string, CarrierName>>
  /** Types of functions, with what their parameters are. */
  readonly functions: Readonly<Record<string, readonly (CarrierName | undefined)[]>>
}

const frameworks: readonly Framework[] = [
  {
    packages: /^(?:hono|@hono\/.+)(?:\/|$)/,
    parameters: () => ['hono'],
    types: { Context: 'hono' },
    functions: { MiddlewareHandler: ['hono'], Handler: ['hono'] },
  },
  {
    packages: /^(?:express|express-serve-static-core|express-promise-router)$/,
    // A function of four parameters handles errors, and gets the error first.
    parameters: (_, count) =>
      count === 4
        ? [undefined, 'express request', 'express response']
        : ['express request', 'express response'],
    types: { Request: 'express request', Response: 'express response' },
    functions: {
      RequestHandler: ['express request', 'express response'],
      ErrorRequestHandler: [undefined, 'express request', 'express response'],
    },
  },
  {
    packages: /^(?:koa|@koa\/router|koa-router)$/,
    parameters: () => ['koa'],
    types: { Context: 'koa', ParameterizedContext: 'koa' },
    functions: { Middleware: ['koa'] },
  },
  {
    packages: /^fastify(?:-plugin)?$/,
    parameters: (method) =>
      method === 'register' || method === undefined ? ['fastify'] : ['fastify request'],
    types: { FastifyInstance: 'fastify', FastifyRequest: 'fastify request' },
    functions: {
      FastifyPluginAsync: ['fastify'],
      FastifyPluginCallback: ['fastify'],
      RouteHandlerMethod: ['fastify request'],
      preHandlerHookHandler: ['fastify request'],
    },
  },
  {
    packages: /^(?:@sveltejs\/kit|\.\/\$types(?:\.[jt]s)?)$/,
    types: {
      RequestEvent: 'sveltekit event',
      ServerLoadEvent: 'sveltekit event',
      LoadEvent: 'sveltekit event',
    },
    functions: {
      RequestHandler: ['sveltekit event'],
      PageServerLoad: ['sveltekit event'],
      LayoutServerLoad: ['sveltekit event'],
      ServerLoad: ['sveltekit event'],
      Action: ['sveltekit event'],
    },
  },
  {
    packages: /^astro(?:$|:middleware$)/,
    parameters: () => ['astro context'],
    types: { APIContext: 'astro context' },
    functions: { APIRoute: ['astro context'], MiddlewareHandler: ['astro context'] },
  },
]

/**
 * The context that a framework hands to a parameter: by the call that gets the function, by a type that is written,
 * by the name of the file.
 * @returns undefined when the function is none that a known framework calls
 */
export function carrierParameter(
  program: Program,
  module: Module,
  fn: Node,
  index: number,
): Value | undefined {
  if (!fn.params[index]) return undefined
  const name =
    ofCall(program, module, fn, index) ??
    ofTypes(program, module, fn, index) ??
    ofFile(module, fn, index) ??
    ofNames(fn, index)
  if (name) return carrier(name)
  // `handle` of SvelteKit gets the event inside of an object.
  return index === 0 && isSvelteHandle(program, module, fn)
    ? { kind: 'shape', leaves: [{ path: ['event'], value: carrier('sveltekit event') }], label: 'the hook' }
    : undefined
}

function ofCall(program: Program, module: Module, fn: Node, index: number): CarrierName | undefined {
  let argument = wrapped(fn)
  // `app.get('/x', [check, (req, res) => …])`, `app.route({ handler: (request) => … })`
  if (argument.parent.type === 'ArrayExpression') argument = wrapped(argument.parent)
  else if (argument.parent.type === 'Property' && argument.parent.parent.type === 'ObjectExpression')
    argument = wrapped(argument.parent.parent)
  const call = argument.parent
  if (call.type !== 'CallExpression' || call.callee === argument) return undefined
  const callee = unwrap(call.callee)
  const root = packageRoot(program, module, callee)
  const framework = root && frameworks.find((item) => item.packages.test(root.module))
  const method = callee.type === 'MemberExpression' ? memberName(callee) : undefined
  return framework?.parameters?.(method, fn.params.length)[index]
}

function ofTypes(program: Program, module: Module, fn: Node, index: number): CarrierName | undefined {
  const parameter: Node = fn.params[index]
  const written = typeName(program, module, parameter.typeAnnotation?.typeAnnotation)
  const own = written && frameworks.find((item) => item.packages.test(written.module))?.types[written.name]
  if (own) return own
  const type = functionType(program, module, fn)
  return type && frameworks.find((item) => item.packages.test(type.module))?.functions[type.name]?.[index]
}

/** The type that is written beside a function: `const f: Handler = …`, `… satisfies Handler`. */
function functionType(program: Program, module: Module, fn: Node): ReturnType<typeof typeName> {
  const { parent } = fn
  if (parent.type === 'TSSatisfiesExpression' || parent.type === 'TSAsExpression')
    return typeName(program, module, parent.typeAnnotation)
  const holder = wrapped(fn).parent
  return holder.type === 'VariableDeclarator'
    ? typeName(program, module, holder.id.typeAnnotation?.typeAnnotation)
    : undefined
}

const svelteFile = /^(?:\+(?:page|layout)\.server|\+server|hooks\.server)\.[jt]s$/
const svelteExports = new Set([
  'load',
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'fallback',
])

function ofFile(module: Module, fn: Node, index: number): CarrierName | undefined {
  if (index !== 0 || !svelteFile.test(basename(module.file))) return undefined
  if (svelteExports.has(exportedName(module, fn) ?? '')) return 'sveltekit event'
  // `export const actions = { default: async (event) => … }`
  const object = fn.parent.type === 'Property' ? wrapped(fn.parent.parent).parent : undefined
  return object?.type === 'VariableDeclarator' && object.id.name === 'actions' ? 'sveltekit event' : undefined
}

/**
 * `(req, res, next) => …`: what Express and its like call by these names all over, in controllers of files of their own
 * and through wrappers.
 */
function ofNames(fn: Node, index: number): CarrierName | undefined {
  const names = (fn.params as Node[]).map((parameter) => parameter.name ?? '')
  const first = /^_?err(?:or)?$/.test(names[0]!) && fn.params.length === 4 ? 1 : 0
  // A parameter that is taken apart has no name of its own.
  const isRequest = fn.params[first]?.type === 'ObjectPattern' || /^_?req(?:uest)?$/.test(names[first] ?? '')
  if (!isRequest || !/^_?res(?:ponse)?$/.test(names[first + 1] ?? '')) return undefined
  return index === first ? 'express request' : index === first + 1 ? 'express response' : undefined
}

function isSvelteHandle(program: Program, module: Module, fn: Node): boolean {
  if (basename(module.file).startsWith('hooks.server') && exportedName(module, fn) === 'handle') return true
  const type = functionType(program, module, fn)
  return type?.name === 'Handle' && frameworks.some((item) => item.packages.test(type.module))
}

/** Whether a name holds what a framework's own constructor made: `const app = Fastify()`. */
export function carrierOf(root: { module: string; path: readonly string[] }): CarrierName | undefined {
  const name = root.path.at(-1)
  return root.module === 'fastify' && (name === 'default' || name === 'fastify') ? 'fastify' : undefined
}
