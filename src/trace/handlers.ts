import type { Module } from '../repo/module.ts'
import { memberName, type Node, walk, wrapped } from '../repo/node.ts'
import { nameOf } from './callers.ts'

const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])

/** Whether the framework calls a function with a request of its own: a route handler or a server action. */
export function isRequestHandler(module: Module, fn: Node): boolean {
  return isRouteHandler(module, fn) || isServerAction(module, fn)
}

export function isRouteHandler(module: Module, fn: Node): boolean {
  const exported = exportedName(module, fn)
  if (exported === undefined) return false
  const name = module.file.slice(module.file.lastIndexOf('/') + 1)
  if (/^route\.[mc]?[jt]sx?$/.test(name)) return methods.has(exported)
  return exported === 'default' && /\/pages\/api\//.test(module.file)
}

/** Whether a function is called from the browser by name. */
export function isServerAction(module: Module, fn: Node): boolean {
  const directive = (body: Node | undefined): boolean =>
    body?.type === 'BlockStatement' || body?.type === 'Program'
      ? body.body.some((statement: Node) => statement.directive === 'use server')
      : false
  return directive(fn.body) || (directive(module.program) && exportedName(module, fn) !== undefined)
}

/** The name under which a function leaves its module, by itself or wrapped (`export const GET = withAuth(fn)`). */
export function exportedName(module: Module, fn: Node): string | undefined {
  let at = wrapped(fn)
  while (at.parent.type === 'CallExpression' && at.parent.arguments.includes(at)) at = wrapped(at.parent)
  if (at.parent.type === 'ExportDefaultDeclaration') return 'default'
  const binding = at.parent.type === 'VariableDeclarator' ? at.parent.id.binding : nameOf(fn)
  if (!binding) return undefined
  for (const [name, entry] of module.exports)
    if (entry.kind === 'local' && (entry.node === binding.id || entry.node.binding === binding)) return name
  // `export default withAuth(handler)`
  for (const [name, entry] of module.exports)
    if (
      entry.kind === 'local' &&
      entry.node.type === 'CallExpression' &&
      entry.node.arguments.some((argument: Node) => argument.binding === binding)
    )
      return name
  return undefined
}

const callerless = /^(?:web-?hooks?|hooks?|callbacks?|cron|crons|inbound|ipn|scheduled|oauth)$/i

/** Why a handler is called by a machine and has no session: where it lies, or what it checks instead. */
export function machineCaller(path: string, fn: Node): string | undefined {
  const name = path
    .split('/')
    .map((part) => part.replace(/\.[^.]+$/, ''))
    .find((part) => callerless.test(part))
  if (name)
    return `it is ${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name} route, which is called without a session`
  let sign: string | undefined
  walk(fn, (node) => {
    const text =
      node.type === 'Literal' && typeof node.value === 'string'
        ? node.value
        : node.type === 'MemberExpression'
          ? memberName(node)
          : undefined
    if (
      text !== undefined &&
      (/(?:^|-)signature$/i.test(text) ||
        /^CRON_SECRET$/.test(text) ||
        /^(?:constructEvent|WEBHOOK_SECRET)$/.test(text) ||
        /_WEBHOOK_SECRET$/.test(text))
    )
      sign ??= text
  })
  return sign ? `it checks \`${sign}\`, so it is called by a machine without a session` : undefined
}

/** Why code runs without a request of a signed-in user; undefined where there may be one. */
export function noRequestHere(path: string, fn: Node | undefined): string | undefined {
  if (!fn) return 'it runs when the module is loaded'
  const folder = path.split('/').find((part) => /^(?:scripts?|seeds?|jobs?|workers?|bin)$/i.test(part))
  return folder ? `it lies in ${folder}, which runs outside of requests` : machineCaller(path, fn)
}
