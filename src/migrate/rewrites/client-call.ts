import type { Module } from '../../repo/module.ts'
import type { Node } from '../../repo/node.ts'
import type { ExportName } from '../../rules/model.ts'
import type { Access } from '../../trace/accesses.ts'
import { importStyle } from '../../trace/import-style.ts'
import type { NamedValue } from '../../trace/names.ts'
import type { TenantId } from '../../trace/tenant-ids.ts'
import type { Planning } from '../planning.ts'
import type { Target } from '../target.ts'

/**
 * The text that obtains a client: `await getTenantDatabaseClient(session.user.tenantId)`.
 * @param at where it will stand
 */
export function clientCall(
  planning: Planning,
  module: Module,
  at: Node,
  target: Target,
  id: TenantId | undefined,
  table: string | undefined,
): string {
  const { hides } = planning.taken(module, at)
  const use = (name: ExportName, value: NamedValue) =>
    planning.imports(module).use(name, value, (local) => !hides(local))
  const local = use(target.entry.name, target.value)
  const member = target.entry.name.member ? `.${target.entry.name.member}` : ''
  if (target.entry.arguments === undefined && !target.database.perTenant && !isFactory(target))
    return `${local}${member}`
  for (const name of target.entry.imports ?? []) use(name, planning.trace.program.named(name))
  const call = `${local}${member}(${target.arguments(id?.expression, table, importStyle(module).quote).join(', ')})`
  return target.async ? `await ${call}` : call
}

/** What `$table` stands for in the call that obtains the client of an access. */
export function tableOf(access: Access | undefined): string | undefined {
  return access?.fact.table ?? access?.fact.names[0]
}

/** Whether a client without an argument template is a function to call, by its declaration. */
function isFactory(target: Target): boolean {
  return target.value.places.some((place) => {
    if (place.kind !== 'local') return false
    const declaration = place.node.binding?.declaration ?? place.node
    return (
      declaration.type === 'FunctionDeclaration' ||
      /Function/.test(declaration.init?.type ?? declaration.type)
    )
  })
}

/** Imports that an inserted template statement needs. */
export function importNames(
  planning: Planning,
  module: Module,
  names: readonly { module: string; export: string }[],
): void {
  for (const name of names) planning.imports(module).use(name, planning.trace.program.named(name))
}
