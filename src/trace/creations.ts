import { find, scopeOf } from '../repo/bind.ts'
import type { Module } from '../repo/module.ts'
import { type Node, unwrap, walk } from '../repo/node.ts'
import type { ClientEntry } from '../rules/model.ts'
import { isDeclaredBefore } from './declared-before.ts'
import { evaluate } from './evaluate.ts'
import type { CreationFact, TenantArgumentFact } from './facts.ts'
import { accessPath } from './narrowing.ts'
import { isProven, weakCaller } from './presence.ts'
import type { Program } from './program.ts'
import { tenantPart } from './template.ts'
import { tenantPaths } from './tenant-ids.ts'
import { alternatives } from './values.ts'

/** A call of a factory of the rules, with the tree behind it. */
export interface Creation {
  readonly fact: CreationFact
  readonly module: Module
  readonly node: Node
  readonly entry: ClientEntry
  /** The argument that should be the tenant id. */
  readonly id?: Node
}

/** The factory call that a call expression is; undefined when it is none. */
export function creationOf(program: Program, module: Module, call: Node): Creation | undefined {
  const declared = program.declaredOf(module, call.callee)
  const value = declared ? program.entryFor(declared, { module, node: call }) : undefined
  const entry = value?.entries[0]
  if (!entry || entry.sql !== undefined) return undefined
  const database = program.rules.databases.find((item) => item.name === entry.database)!
  const index = (entry.arguments ?? []).findIndex((argument) => argument.includes('$tenantId'))
  const template = entry.arguments?.[index]
  const argument =
    database.perTenant && template !== undefined
      ? tenantArgument(program, module, call, index, template)
      : undefined
  const browser = database.perTenant ? program.browser.reasonFor(module, call) : undefined
  return {
    fact: {
      file: program.repository.relative(module.file),
      range: module.range(call),
      database: entry.database,
      label: entry.label,
      perTenant: database.perTenant,
      ...(argument ? { tenantId: argument } : {}),
      ...(browser ? { browser } : {}),
    },
    module,
    node: call,
    entry,
    ...(argument && template !== undefined && isArgument(call.arguments[index])
      ? { id: tenantPart(template, call.arguments[index]) ?? (call.arguments[index] as Node) }
      : {}),
  }
}

function isArgument(node: Node | undefined): boolean {
  return node !== undefined && node.type !== 'SpreadElement'
}

/** What is known of the expression that a factory gets as tenant id. */
function tenantArgument(
  program: Program,
  module: Module,
  call: Node,
  index: number,
  template: string,
): TenantArgumentFact {
  const whole: Node | undefined = call.arguments[index]
  if (!whole || whole.type === 'SpreadElement') {
    return {
      text: '',
      range: module.range(call),
      status: whole ? 'other' : 'absent',
      message: 'the call has no tenant id',
    }
  }
  const argument = tenantPart(template, whole) ?? whole
  const base = { text: module.text.slice(argument.start, argument.end), range: module.range(argument) }
  const undeclared = missingName(argument)
  if (undeclared)
    return { ...base, status: 'not-in-scope', message: `\`${undeclared}\` is not declared here` }
  const early = usedEarly(argument)
  if (early)
    return { ...base, status: 'used-before-declaration', message: `\`${early}\` is declared after this line` }
  const value = unwrap(argument)
  if (value.type === 'Literal' && (value.value === null || value.value === ''))
    return { ...base, status: 'absent', message: 'the tenant id is empty' }
  if (value.type === 'Identifier' && value.name === 'undefined')
    return { ...base, status: 'absent', message: 'the tenant id is undefined' }
  const isId = tenantPaths(program, evaluate(program, module, argument)).some((path) => path.length === 0)
  if (!isId) return { ...base, status: 'other' }
  const path = accessPath(argument)
  if (!path)
    return {
      ...base,
      status: alternatives(evaluate(program, module, argument)).length === 1 ? 'proven' : 'other',
    }
  const own = unwrap(argument)
  const written = own.type === 'Identifier' && own.binding ? { binding: own.binding, names: [] } : path
  if (isProven(program, module, written, path, { node: argument })) return { ...base, status: 'proven' }
  const weak = path.names.length === 0 ? weakCaller(program, module, path.binding) : undefined
  if (weak)
    return {
      ...base,
      status: 'maybe-missing',
      message: `\`${base.text}\` may be undefined: ${program.repository.relative(weak.module.file)}:${weak.module.position(weak.node.start).line} hands it over without a guard that proves it`,
    }
  return {
    ...base,
    status: 'maybe-missing',
    message: `\`${base.text}\` may be undefined here: no guard before it proves \`${[path.binding.name, ...path.names].join('.')}\``,
  }
}

/** The first name of an expression that is declared nowhere. */
function missingName(expression: Node): string | undefined {
  let missing: string | undefined
  walk(expression, (node) => {
    if (
      node.type === 'Identifier' &&
      !node.binding &&
      isRead(node) &&
      !(node.name in globalThis) &&
      !find(scopeOf(node), node.name)
    )
      missing ??= node.name
  })
  return missing
}

function isRead(node: Node): boolean {
  const parent = node.parent
  return (
    !(parent.type === 'MemberExpression' && parent.property === node && !parent.computed) &&
    !(parent.type === 'Property' && parent.key === node && !parent.computed) &&
    !parent.type.startsWith('TSType')
  )
}

function usedEarly(expression: Node): string | undefined {
  let early: string | undefined
  walk(expression, (node) => {
    const binding = node.type === 'Identifier' ? node.binding : undefined
    if (!binding || binding.id === node || (binding.kind !== 'const' && binding.kind !== 'let')) return
    if (
      binding.declaration.end > node.start &&
      binding.declaration.start > node.end &&
      !isDeclaredBefore(binding, node, node.start)
    )
      early ??= binding.name
  })
  return early
}
