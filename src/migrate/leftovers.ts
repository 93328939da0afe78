import { isRouteFile } from '../lint/routes.ts'
import { type Binding, wrapped } from '../repo/node.ts'
import type { Classifier } from '../rules/classify.ts'
import type { Access } from '../trace/accesses.ts'
import type { SourceEdit } from '../trace/asynchrony.ts'
import { clientUses } from '../trace/uses.ts'
import type { Planning } from './planning.ts'
import type { MigrateSite } from './result.ts'

/** Clients of the wrong database that a route obtains and that lead to no access: handed to code that is not known. */
export function unusedClients(
  planning: Planning,
  classifier: Classifier,
  edits: readonly SourceEdit[],
  done: ReadonlyMap<Access, unknown>,
): { file: string; site: MigrateSite }[] {
  const { trace } = planning
  const isRoute = isRouteFile(trace.program.repository.files, classifier)
  const used = new Set(
    trace.accesses
      .filter((access) => !done.has(access))
      .flatMap((access) => access.clients.map((client) => client.origin.node)),
  )
  return trace.creations.flatMap((creation) => {
    const { file, range, database } = creation.fact
    const route = classifier.route(file)
    if (
      !route ||
      route.database === database ||
      !isRoute(file) ||
      classifier.exception(file, undefined)?.database === database
    )
      return []
    if (
      used.has(creation.node) ||
      edits.some(
        (edit) =>
          edit.module === creation.module &&
          edit.start <= creation.node.start &&
          creation.node.end <= edit.end,
      )
    )
      return []
    const outer = wrapped(creation.node)
    const declarator = outer.parent.type === 'AwaitExpression' ? wrapped(outer.parent).parent : outer.parent
    const binding: Binding | undefined =
      declarator.type === 'VariableDeclarator' ? declarator.id.binding : undefined
    const lost = binding
      ? clientUses(trace.program, creation.module, binding, planning.byReceiver).find((use) => use.reason)
      : undefined
    const { line, column } = lost ? creation.module.position(lost.node.start) : range.start
    const reason =
      lost?.reason ?? (binding ? 'nothing is asked of it' : 'it is handed on in a way that is not followed')
    return [
      {
        file,
        site: {
          line,
          column,
          from: database,
          to: route.database,
          rewrite: 'none',
          status: 'needs-review' as const,
          reason: `the route obtains the client of ${database}: ${reason}`,
        },
      },
    ]
  })
}
