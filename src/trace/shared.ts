import type { Creation } from './creations.ts'
import type { KeptFact } from './facts.ts'
import { keptAt } from './kept.ts'
import { holdsTenant } from './keys.ts'
import type { Program } from './program.ts'

/** Places that keep the client of a tenant beyond the request, without the tenant in the key. */
export function keptClients(program: Program, { fact, module, node, id }: Creation): KeptFact[] {
  if (declaresTenantClient(program, module.file)) return []
  return keptAt(program, module, node, id ? [id] : [], false)
    .filter((kept) => !(kept.key && holdsTenant(program, kept.module, kept.key, kept.ids)))
    .map((kept) => ({
      file: program.repository.relative(kept.module.file),
      range: kept.module.range(kept.node),
      database: fact.database,
      where: kept.where,
      ...(kept.key ? { key: kept.module.text.slice(kept.key.start, kept.key.end) } : {}),
      evidence: [
        {
          file: fact.file,
          line: fact.range.start.line,
          column: fact.range.start.column,
          message: `${fact.label} is called here`,
        },
      ],
    }))
}

/** The helper itself keeps clients, by tenant: what it declares is its own affair. */
function declaresTenantClient(program: Program, file: string): boolean {
  return program.clients.some(
    ({ entry, value }) =>
      program.rules.databases.some((database) => database.perTenant && database.name === entry.database) &&
      value.places.some((place) => place.kind === 'local' && place.module.file === file),
  )
}
