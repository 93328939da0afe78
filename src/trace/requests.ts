import type { Module } from '../repo/module.ts'
import { isFunction, memberName, type Node, unwrap, wrapped } from '../repo/node.ts'
import { evaluate } from './evaluate.ts'
import { exportedName, isRouteHandler, isServerAction } from './handlers.ts'
import type { Program } from './program.ts'
import { type Frame, type RequestOrigin, requestOf, type UnknownValue, type Value } from './values.ts'

/**
 * What the sender of a request chooses: parts of the request objects of Next.js, Express, Fastify, Hono and the
 * platform, parameters of pages and arguments of server actions. What a middleware adds to a request (`req.user`) is
 * not among them.
 */
const parts = [
  'body',
  'query',
  'params',
  'headers',
  'cookies',
  'url',
  'originalUrl',
  'nextUrl',
  'json',
  'text',
  'formData',
  'arrayBuffer',
  'header',
  'param',
  'queries',
  'parseBody',
  'valid',
]
const requestTypes = new Set([
  'Request',
  'NextRequest',
  'NextApiRequest',
  'IncomingMessage',
  'FastifyRequest',
  'HonoRequest',
])
const methods = new Set(['get', 'post', 'put', 'patch', 'delete', 'all', 'options', 'use'])
const serverProps = new Set(['getServerSideProps', 'getInitialProps'])

/** The input of a procedure that is called from a browser. */
export function sentInput(module: Module, node: Node): Value {
  return sent({ module, node, label: 'the input of the procedure' })
}

/** A value that comes from the request. */
function sent(origin: RequestOrigin): UnknownValue {
  return {
    kind: 'unknown',
    reason: `it comes from ${origin.label}`,
    module: origin.module,
    node: origin.node,
    request: origin,
  }
}

/** What is read through the members of a request, in words. */
const words: Readonly<Record<string, string>> = {
  json: 'body',
  text: 'body',
  arrayBuffer: 'body',
  parseBody: 'body',
  valid: 'body',
  formData: 'form data',
  params: 'parameters',
  param: 'parameters',
  queries: 'query',
  searchParams: 'query',
  url: 'URL',
  originalUrl: 'URL',
  resolvedUrl: 'URL',
  nextUrl: 'URL',
  header: 'headers',
  get: 'headers',
}

/** Values at the paths of an object that are chosen by the sender. */
function shape(module: Module, node: Node, paths: readonly (readonly string[])[], label: string): Value {
  return {
    kind: 'shape',
    leaves: paths.map((path) => ({
      path,
      value: sent({ module, node, label: `the ${words[path.at(-1)!] ?? path.at(-1)!} of ${label}` }),
    })),
    label,
  }
}

function requestShape(
  module: Module,
  node: Node,
  prefix: readonly string[] = [],
  more: readonly string[] = [],
): Value {
  return shape(
    module,
    node,
    [...parts, ...more].map((part) => [...prefix, part]),
    'the request',
  )
}

/**
 * What a framework gives to a function's parameter; undefined when it calls the function with nothing of a request.
 * @param called whether the program itself has all calls of the function: its type then says nothing new
 */
export function requestParameter(
  module: Module,
  fn: Node,
  index: number,
  called: boolean,
): Value | undefined {
  const parameter: Node = fn.params[index]
  const decorated = ofDecorator(module, parameter)
  if (decorated) return decorated
  const name = module.file.slice(module.file.lastIndexOf('/') + 1)
  const isOwn = isExported(fn)
  if (isOwn && isServerAction(module, fn))
    return sent({ module, node: parameter, label: 'an argument of a server action, which anybody can call' })
  if (isOwn && isRouteHandler(module, fn))
    return index === 0
      ? requestShape(module, parameter)
      : index === 1
        ? shape(module, parameter, [['params']], 'the request')
        : undefined
  if (isOwn && index === 0) {
    const exported = exportedName(module, fn)
    if (exported === 'default' && /^(?:page|layout|template|default)\.[jt]sx?$/.test(name))
      return shape(module, parameter, [['params'], ['searchParams']], 'the page')
    if (exported === 'generateMetadata')
      return shape(module, parameter, [['params'], ['searchParams']], 'the page')
    if (exported !== undefined && serverProps.has(exported))
      return shape(
        module,
        parameter,
        [['params'], ['query'], ['resolvedUrl'], ...parts.map((part) => ['req', part])],
        'the request',
      )
    if ((exported === 'middleware' || exported === 'default') && /^(?:middleware|proxy)\.[jt]s$/.test(name))
      return requestShape(module, parameter)
    if (exported === 'loader' || exported === 'action')
      return shape(module, parameter, [['params'], ...parts.map((part) => ['request', part])], 'the request')
  }
  return ofRouter(module, fn, parameter, index) ?? (called ? undefined : ofType(module, parameter))
}

/** `@Body() body`, `@Param('id') id`, `@Req() request` of NestJS. */
function ofDecorator(module: Module, parameter: Node): Value | undefined {
  for (const { expression } of (parameter.decorators ?? []) as Node[]) {
    const decorator: Node = expression.type === 'CallExpression' ? expression.callee : expression
    const name: string | undefined = decorator.type === 'Identifier' ? decorator.name : undefined
    if (name === undefined || decorator.binding?.kind !== 'import') continue
    if (name === 'Req' || name === 'Request') return requestShape(module, parameter)
    const part = decoratedParts.get(name)
    if (part) return sent({ module, node: parameter, label: `the ${part} of the request` })
  }
  return undefined
}

const decoratedParts: ReadonlyMap<string, string> = new Map([
  ['Body', 'body'],
  ['Query', 'query'],
  ['Param', 'parameters'],
  ['Headers', 'headers'],
  ['Cookies', 'cookies'],
  ['HostParam', 'host'],
  ['UploadedFile', 'body'],
])

/** `app.get('/path', (req, res) => …)` of Express and Fastify, `app.get('/path', (c) => …)` of Hono. */
function ofRouter(module: Module, fn: Node, parameter: Node, index: number): Value | undefined {
  const outer = wrapped(fn)
  const call = outer.parent
  if (index !== 0 || call?.type !== 'CallExpression' || call.arguments[0] === outer || call.callee === outer)
    return undefined
  const callee = unwrap(call.callee)
  const path = call.arguments[0]
  if (
    callee.type !== 'MemberExpression' ||
    !methods.has(memberName(callee) ?? '') ||
    path?.type !== 'Literal' ||
    typeof path.value !== 'string' ||
    !/^[/*]/.test(path.value)
  )
    return undefined
  const isContext =
    fn.params[1] === undefined
      ? !/^_?req(?:uest)?$/.test(parameter.name ?? 'req')
      : /^(?:c|ctx|context)$/.test(parameter.name ?? '')
  return isContext ? requestShape(module, parameter, ['req']) : requestShape(module, parameter, [], ['get'])
}

function ofType(module: Module, parameter: Node): Value | undefined {
  const type = parameter.typeAnnotation?.typeAnnotation
  if (type?.type !== 'TSTypeReference') return undefined
  const name = type.typeName.type === 'TSQualifiedName' ? type.typeName.right.name : type.typeName.name
  return requestTypes.has(name) ? requestShape(module, parameter) : undefined
}

/** A function that is exported as it stands; one that is handed to a wrapper gets what the wrapper gives it. */
function isExported(fn: Node): boolean {
  const outer = wrapped(fn)
  return (
    fn.type === 'FunctionDeclaration' ||
    outer.parent.type === 'VariableDeclarator' ||
    outer.parent.type === 'ExportDefaultDeclaration' ||
    (outer.parent.type !== 'CallExpression' && isFunction(fn))
  )
}

/** Functions that give back their argument in another form. */
const converting = new Set([
  'URL',
  'URLSearchParams',
  'JSON.parse',
  'JSON.stringify',
  'String',
  'Number',
  'BigInt',
  'parseInt',
  'decodeURIComponent',
  'encodeURIComponent',
  'decodeURI',
  'atob',
  'Object.fromEntries',
  'Object.assign',
  'Array.from',
])
/** Validators say what a value looks like, and not whose it is. */
const validating = new Set([
  'parse',
  'safeParse',
  'parseAsync',
  'safeParseAsync',
  'validate',
  'validateSync',
  'cast',
  'assert',
])

/** What a call gives that reads the request, or that hands on what it is given. */
export function requestCall(
  program: Program,
  module: Module,
  call: Node,
  callee: Node,
  value: Value,
  frame: Frame | undefined,
): Value | undefined {
  if (value.kind === 'external') {
    const name = value.path.join('.')
    if (value.module === 'next/headers' && (name === 'cookies' || name === 'headers'))
      return sent({ module, node: call, label: `the ${name} of the request` })
    if (value.module === 'global' && converting.has(name)) return handedOn(program, module, call, frame)
  }
  if (callee.type === 'MemberExpression' && validating.has(memberName(callee) ?? ''))
    return handedOn(program, module, call, frame)
  return undefined
}

function handedOn(program: Program, module: Module, call: Node, frame: Frame | undefined): Value | undefined {
  for (const argument of call.arguments as Node[]) {
    const request = requestOf(
      evaluate(program, module, argument.type === 'SpreadElement' ? argument.argument : argument, frame),
    )
    if (request) return { ...sent(request), module, node: call }
  }
  return undefined
}
