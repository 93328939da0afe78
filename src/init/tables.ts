import type { Side } from './proposal.ts'
import type { TableEvidence } from './table-evidence.ts'
import { appByName, doubtByName } from './table-names.ts'
import type { Tenancy } from './tenant-column.ts'
import { count, wordsOf } from './words.ts'

export interface TableVerdict {
  readonly table: TableEvidence
  readonly side: Side
  /** What decided. */
  readonly reason: string
  /** Why a person has to decide; `side` is then only the proposal. */
  readonly decide?: string
}

export interface TableChoices {
  readonly tenancy: Tenancy | undefined
  /** Positions in `Survey.clients` of the clients that take a tenant. */
  readonly tenantClients: ReadonlySet<number>
  /** What a person has said. */
  readonly decided: ReadonlyMap<string, Side>
}

/**
 * Sorts tables into the application's and the tenants': by name, by the tenant's column, then along foreign keys
 * until nothing moves any more. What is left over is proposed and marked.
 */
export function classifyTables(
  tables: ReadonlyMap<string, TableEvidence>,
  { tenancy, tenantClients, decided }: TableChoices,
): TableVerdict[] {
  const verdicts = new Map<string, TableVerdict>()
  const set = (table: TableEvidence, side: Side, reason: string, decide?: string): void => {
    verdicts.set(table.name, { table, side, reason, ...(decide === undefined ? {} : { decide }) })
  }
  for (const table of tables.values()) {
    const said = decided.get(table.name)
    const column = tenancy?.column !== undefined && table.columns.has(tenancy.column)
    const app = appByName(table, tenancy?.word, column)
    const moved = [...table.clients]
      .filter(([client]) => tenantClients.has(client))
      .reduce((sum, [, calls]) => sum + calls, 0)
    const doubt = doubtByName(table)
    if (said) set(table, said, 'you said so')
    else if (app) set(table, 'app', app)
    else if (doubt)
      set(
        table,
        column ? 'tenant' : 'app',
        column ? `has \`${tenancy!.column}\`` : 'no tenant column was seen',
        doubt,
      )
    else if (column || moved > 0) {
      const reasons = [
        column ? `has \`${tenancy!.column}\`` : '',
        moved > 0 ? `${count(moved, 'call')} on a tenant's client already` : '',
      ]
      set(table, 'tenant', reasons.filter(Boolean).join(', '))
    }
  }
  followKeys(tables, verdicts, set)
  const sure = new Map(verdicts)
  for (const table of tables.values()) if (!sure.has(table.name)) leftOver(table, sure, set)
  return [...verdicts.values()].sort((a, b) => (a.table.name < b.table.name ? -1 : 1))
}

type Set_ = (table: TableEvidence, side: Side, reason: string, decide?: string) => void

/** A child without a tenant column follows its parents: the tenant's if one is the tenant's. */
function followKeys(
  tables: ReadonlyMap<string, TableEvidence>,
  verdicts: ReadonlyMap<string, TableVerdict>,
  set: Set_,
): void {
  for (let moved = true; moved; ) {
    moved = false
    for (const table of tables.values()) {
      if (verdicts.has(table.name)) continue
      const parent = [...table.references].find(([, target]) => verdicts.get(target)?.side === 'tenant')
      if (!parent) continue
      set(table, 'tenant', `\`${parent[0]}\` leads to ${parent[1]}`)
      moved = true
    }
  }
}

/** Tables that neither a name, a column nor a foreign key decides. */
function leftOver(table: TableEvidence, verdicts: ReadonlyMap<string, TableVerdict>, set: Set_): void {
  // `auth.users` is the platform's list of who may sign in.
  const parents = [...table.references].filter(
    ([, target]) => verdicts.has(target) || target.startsWith('auth.'),
  )
  const partner = [...table.partners].find(
    (name) => verdicts.get(name)?.side === 'tenant' && verdicts.get(name)?.decide === undefined,
  )
  if (table.accesses === 0 && table.declaredBy === undefined)
    set(
      table,
      partner ? 'tenant' : 'app',
      `embedded in ${[...table.partners].join(', ')}`,
      'it may be a table or a foreign key',
    )
  else if (parents.length > 0)
    set(
      table,
      wordsOf(table.name)[0] === 'user' ? 'app' : 'tenant',
      `\`${parents[0]![0]}\` leads to ${parents[0]![1]}`,
      `it only hangs on ${[...new Set(parents.map(([, target]) => target))].join(' and ')}, which are the application's`,
    )
  else if (partner)
    set(table, 'tenant', `queried together with ${partner}`, 'no tenant column and no foreign key was seen')
  else {
    const [open] = table.references
    if (open) set(table, 'tenant', `\`${open[0]}\` leads to ${open[1]}`, `${open[1]} is not decided either`)
    else
      set(
        table,
        'tenant',
        'no tenant column and no foreign key was seen',
        'it may be the same for all tenants',
      )
  }
}
