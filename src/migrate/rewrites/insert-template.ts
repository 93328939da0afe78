import { parseSync } from 'oxc-parser'
import type { Module } from '../../repo/module.ts'
import { isFunction, type Node, unwrap, walk } from '../../repo/node.ts'
import type { TenantIdInsert } from '../../rules/model.ts'
import { carrierParameter } from '../../trace/contexts/frameworks.ts'
import { isRouteHandler, isServerAction } from '../../trace/handlers.ts'
import type { Program } from '../../trace/program.ts'

/**
 * How a handler answers: `response` returns one, `pages` (of the pages router), `express` and `fastify` are handed an
 * object that sends it, `hono` returns what its context makes, `action` returns plain data to the browser.
 */
export type HandlerKind = 'response' | 'pages' | 'express' | 'fastify' | 'hono' | 'action'

/** What the guard of a template does for who has no tenant. */
type Answer = 'response' | 'sends' | 'replies' | 'context' | 'value' | 'nothing' | 'throws'

const accepts: Readonly<Record<HandlerKind, ReadonlySet<Answer>>> = {
  response: new Set(['response', 'throws']),
  pages: new Set(['sends', 'throws']),
  express: new Set(['sends', 'throws']),
  fastify: new Set(['replies', 'throws']),
  hono: new Set(['context', 'throws']),
  action: new Set(['value', 'nothing', 'throws']),
}

const handlers: Readonly<Record<HandlerKind, string>> = {
  response: 'a handler that has to return a Response',
  pages: 'a handler of the pages router, which answers through `$response`',
  express: 'a handler of Express, which answers through `$response`',
  fastify: 'a handler of Fastify, which answers through `$reply`',
  hono: 'a handler of Hono, which answers through `$context`',
  action: 'a server action, which can only return plain data',
}

const answers: Readonly<Record<Answer, string>> = {
  response: 'returns a Response',
  sends: 'answers through `$response`',
  replies: 'answers through `$reply`',
  context: 'answers through `$context`',
  value: 'returns a value',
  nothing: 'returns nothing',
  throws: 'throws',
}

/** What kind of handler a function is; undefined for one that no framework calls with a request. */
export function handlerKind(program: Program, module: Module, fn: Node | undefined): HandlerKind | undefined {
  if (!fn) return undefined
  if (isServerAction(module, fn)) return 'action'
  if (isRouteHandler(module, fn)) return /\/pages\/api\//.test(module.file) ? 'pages' : 'response'
  if (program.rules.tenantId.inserts.length === 0) return undefined
  const given = (index: number) => {
    const value = carrierParameter(program, module, fn, index)
    return value?.kind === 'carrier' ? value.name : undefined
  }
  if (given(0) === 'hono') return 'hono'
  if (given(0) === 'express request' && given(1) === 'express response') return 'express'
  return given(0) === 'fastify request' ? 'fastify' : undefined
}

/**
 * The first template of the rules that a handler can have, with the handler's own names in place of `$request`,
 * `$response`, `$reply` and `$context`.
 */
export function templateFor(
  program: Program,
  module: Module,
  fn: Node,
): TenantIdInsert | { readonly reason: string } {
  const { inserts } = program.rules.tenantId
  const kind = handlerKind(program, module, fn) ?? 'response'
  const reasons: string[] = []
  for (const template of inserts) {
    const answer = template.guard === undefined ? 'throws' : answerOf(template.guard)
    if (!accepts[kind].has(answer)) {
      reasons.push(`its guard ${answers[answer]}, and this is ${handlers[kind]}`)
      continue
    }
    if (isForeign(kind) && !placeholder.test(`${template.statement} ${template.guard ?? ''}`)) {
      reasons.push(
        `it takes nothing of the request (\`$request\`, \`$context\`), and this is ${handlers[kind]}`,
      )
      continue
    }
    const filled = withNames(template, fn)
    if (!('reason' in filled)) return filled
    reasons.unshift(filled.reason)
  }
  return { reason: reasons[0] ?? 'rules.json has no `tenantId.insert`' }
}

const placeholder = /\$(?:request|response|reply|context)\b/

/** Frameworks in which nobody knows the request but who is handed it. */
function isForeign(kind: HandlerKind): boolean {
  return kind === 'express' || kind === 'fastify' || kind === 'hono'
}

/** What a guard does, by its statement. */
function answerOf(guard: string): Answer {
  const prefix = 'async function f() {'
  const statement = (parseSync('template.ts', `${prefix}${guard}}`).program as unknown as Node).body[0]
  let found: Answer = 'throws'
  let sent: Answer | undefined
  if (!statement) return found
  walk(statement.body, (node) => {
    if (isFunction(node)) return false
    if (node.type === 'Identifier' && node.name === '$response') sent = 'sends'
    if (node.type === 'Identifier' && node.name === '$reply') sent = 'replies'
    if (node.type === 'ReturnStatement')
      found = node.argument ? answerOfValue(unwrap(node.argument)) : 'nothing'
    return undefined
  })
  return sent ?? found
}

function answerOfValue(value: Node): Answer {
  let at = value
  while (at.type === 'CallExpression' || at.type === 'NewExpression' || at.type === 'MemberExpression')
    at = unwrap(at.type === 'MemberExpression' ? at.object : at.callee)
  if (at.name === '$context') return 'context'
  // `redirect('/')` and `notFound()` of Next.js throw.
  if (/^(?:redirect|permanentRedirect|notFound|forbidden|unauthorized)$/.test(at.name ?? '')) return 'throws'
  if (value.type === 'CallExpression' && /^(?:json|data)$/.test(at.name ?? '')) return 'response'
  return /Response$/.test(at.name ?? '') ? 'response' : 'value'
}

function withNames(template: TenantIdInsert, fn: Node): TenantIdInsert | { readonly reason: string } {
  const places: readonly (readonly [string, number])[] = [
    ['$request', 0],
    ['$context', 0],
    ['$response', 1],
    ['$reply', 1],
  ]
  let { statement, guard } = template
  for (const [placeholder, index] of places) {
    if (!statement.includes(placeholder) && !guard?.includes(placeholder)) continue
    const parameter: Node | undefined = fn.params[index]
    if (parameter?.type !== 'Identifier')
      return {
        reason: `the template needs \`${placeholder}\`, and this handler has no parameter of a name for it`,
      }
    statement = statement.replaceAll(placeholder, () => parameter.name)
    guard = guard?.replaceAll(placeholder, () => parameter.name)
  }
  return { ...template, statement, ...(guard === undefined ? {} : { guard }) }
}
