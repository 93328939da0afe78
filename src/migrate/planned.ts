import type { Rules } from '../rules/model.ts'
import { clientForm } from '../trace/entry-dialect.ts'
import type { Program } from '../trace/program.ts'
import type { PlannedExport } from './verify/result.ts'

/** Clients that are not written yet, for the type check, each with a client whose type it will most likely have. */
export function plannedClients(program: Program, rules: Rules): PlannedExport[] {
  const written = program.clients.filter(
    ({ entry, value }) =>
      entry.kind === 'export' &&
      !entry.planned &&
      entry.result === undefined &&
      value.places.some((place) => place.kind === 'local'),
  )
  return rules.databases.flatMap((database) =>
    database.clients.flatMap((entry) => {
      if (!entry.planned) return []
      const library = program.dialectOf(entry)
      const model = (
        written.find((client) => library !== undefined && program.dialectOf(client.entry) === library) ??
        written[0]
      )?.entry
      const form = model && clientForm(program, model)
      return [
        {
          module: entry.name.module,
          export: entry.name.export,
          ...(model && entry.result === undefined
            ? {
                like: {
                  module: model.name.module,
                  export: model.name.export,
                  ...(model.name.member === undefined ? {} : { member: model.name.member }),
                  ...(form === undefined ? {} : { form }),
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
