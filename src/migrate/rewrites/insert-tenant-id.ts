import { parseSync } from 'oxc-parser'
import { find, scopeOf } from '../../repo/bind.ts'
import type { Module } from '../../repo/module.ts'
import { type Node, unwrap, walk } from '../../repo/node.ts'
import type { ExportName, TenantIdInsert } from '../../rules/model.ts'
import type { ListPoint } from '../../trace/points.ts'
import type { Program } from '../../trace/program.ts'
import { freeNames } from '../../trace/rule-expressions.ts'
import type { TenantId } from '../../trace/tenant-ids.ts'
import { templateFor } from './insert-template.ts'

/** Statements of the rules' template that are inserted before the client is obtained. */
export interface TemplateInsertion {
  readonly statements: readonly string[]
  readonly imports: readonly ExportName[]
  readonly id: TenantId
}

/** Names that frameworks' guards use, with the module each is known to come from. */
const knownModules: Readonly<Record<string, string>> = {
  NextResponse: 'next/server',
  redirect: 'next/navigation',
  notFound: 'next/navigation',
}

/** The rules' guard, written for a tenant id that is in scope but may be missing. */
export function guardFor(
  program: Program,
  module: Module,
  point: ListPoint,
  id: TenantId,
): TemplateInsertion | { reason: string } {
  if (program.rules.tenantId.inserts.length === 0) return { reason: 'the rules have no guard' }
  const template = templateFor(program, module, point.fn)
  if ('reason' in template) return template
  if (!template.guard) return { reason: 'the rules have no guard' }
  const guard = parseStatement(template.guard)
  if (guard?.type !== 'IfStatement') return { reason: 'the guard of the rules is no `if` statement' }
  // The guard's consequence, on the id that is in scope here.
  const consequence = template.guard.slice(guard.consequent.start, guard.consequent.end)
  const imports = importsFor(template, point, freeOfStatement(template.guard, guard.consequent))
  if ('reason' in imports) return imports
  return {
    statements: [`if (!${id.expression.split('.').join('?.')}) ${consequence}`],
    imports: imports.names,
    id,
  }
}

/** The rules' statement and guard, for a handler without any tenant id in scope. */
export function insertionFor(
  program: Program,
  module: Module,
  point: ListPoint,
): TemplateInsertion | { reason: string } {
  const template = templateFor(program, module, point.fn)
  if ('reason' in template) return template
  const statement = parseStatement(template.statement)
  const declarator = statement?.type === 'VariableDeclaration' ? statement.declarations[0] : undefined
  if (declarator?.id.type !== 'Identifier') return { reason: 'the statement of the rules declares no name' }
  const name: string = declarator.id.name
  const taken = find(scopeOf(point.list), name)?.id ?? findBelow(point.fn, name)
  if (taken) return { reason: `the name \`${name}\` is taken (line ${module.position(taken.start).line})` }
  const call =
    declarator.init &&
    unwrap(declarator.init.type === 'AwaitExpression' ? declarator.init.argument : declarator.init)
  const callee: string | undefined =
    call?.type === 'CallExpression' && call.callee.type === 'Identifier' ? call.callee.name : undefined
  const source = program.rules.tenantId.sources.find(
    (item) => item.kind === 'call' && item.name.export === callee,
  )
  if (source?.kind !== 'call')
    return { reason: `\`${callee ?? template.statement}\` is no tenant id source of the rules` }
  const free = [...freeOfStatement(template.statement, declarator.init)]
  const expression = [name, ...source.path].join('.')
  const statements = [template.statement]
  if (template.guard) {
    const guard = parseStatement(template.guard)
    if (guard) free.push(...freeOfStatement(template.guard, guard).filter((item) => item !== name))
    statements.push(template.guard)
  } else return { reason: 'the rules have no guard that proves the id present' }
  const imports = importsFor(template, point, free)
  if ('reason' in imports) return imports
  return { statements, imports: imports.names, id: { expression, proven: true } }
}

function parseStatement(text: string): Node | undefined {
  // The statements stand in an async function, where `await` and `return` are allowed.
  const program = parseSync('template.ts', text, {}).program as unknown as Node
  if (program.body[0]) return program.body[0]
  const prefix = 'async function f() {'
  const wrappedProgram = parseSync('template.ts', `${prefix}${text}}`).program as unknown as Node
  const statement = wrappedProgram.body[0]?.body.body[0] as Node | undefined
  return statement ? shift(statement, -prefix.length) : undefined
}

/** Moves the offsets of a tree, so that they fit the text without its wrapping. */
function shift(node: Node, by: number): Node {
  const moved: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(node)) {
    if (key === 'start' || key === 'end') moved[key] = (value as number) + by
    else if (Array.isArray(value)) moved[key] = value.map((item) => (item?.type ? shift(item, by) : item))
    else if (value && typeof value === 'object' && typeof (value as Node).type === 'string')
      moved[key] = shift(value as Node, by)
    else moved[key] = value
  }
  return moved as unknown as Node
}

function freeOfStatement(text: string, part: Node): readonly string[] {
  const piece = text.slice(part.start, part.end)
  return part.type.endsWith('Statement') ? freeNames(`async () => { ${piece} }`) : freeNames(piece)
}

/** Imports that the template's names need in a file; a name that means something else there stands in the way. */
function importsFor(
  template: TenantIdInsert,
  point: ListPoint,
  names: readonly string[],
): { names: ExportName[] } | { reason: string } {
  const needed: ExportName[] = []
  for (const name of new Set(names)) {
    const listed = template.imports.find(
      (item) => item.export === name || (item.export === 'default' && item.module.endsWith(name)),
    )
    const binding = find(scopeOf(point.list), name)
    if (listed) {
      if (binding && binding.kind !== 'import') return { reason: `\`${name}\` means something else here` }
      needed.push(listed)
    } else if (!binding && !(name in globalThis)) {
      const known = knownModules[name]
      if (!known) return { reason: `\`${name}\` is not imported here; add it to \`tenantId.insert.imports\`` }
      needed.push({ module: known, export: name })
    }
  }
  return { names: needed }
}

/** A declaration of a name anywhere below a function. */
function findBelow(fn: Node, name: string): Node | undefined {
  let found: Node | undefined
  walk(fn, (node) => {
    found ??= node.scope?.bindings.get(name)?.id
  })
  return found
}
