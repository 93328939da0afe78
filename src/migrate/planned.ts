import type { Rules } from '../rules/model.ts'
import type { Program } from '../trace/program.ts'
import type { PlannedExport } from './verify/result.ts'

/** Clients that are not written yet, for the type check, each with a client whose type it will most likely have. */
export function plannedClients(program: Program, rules: Rules): PlannedExport[] {
  const factories = program.clients.filter(
    ({ entry, value }) =>
      entry.kind === 'export' &&
      !entry.planned &&
      entry.name.member === undefined &&
      entry.result === undefined &&
      value.places.some((place) => place.kind === 'local' && isFunctionPlace(place.node)),
  )
  return rules.databases.flatMap((database) =>
    database.clients.flatMap((entry) => {
      if (!entry.planned) return []
      const model = entry.result === undefined ? factories[0] : undefined
      return [
        {
          module: entry.name.module,
          export: entry.name.export,
          ...(model
            ? {
                like: {
                  module: model.entry.name.module,
                  export: model.entry.name.export,
                  async: entry.async || database.perTenant,
                  ids: (
                    entry.arguments ?? (database.perTenant && entry.scope !== 'request' ? ['$tenantId'] : [])
                  ).map((argument) => argument === '$tenantId'),
                },
              }
            : {}),
        },
      ]
    }),
  )
}

function isFunctionPlace(id: {
  readonly type: string
  readonly binding?: {
    readonly declaration: { readonly type: string; readonly init?: { readonly type: string } }
  }
}): boolean {
  const declaration = id.binding?.declaration
  return /Function/.test(declaration?.init?.type ?? declaration?.type ?? id.type)
}
