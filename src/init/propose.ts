import { proposeClients, tenantClients } from './clients.ts'
import { proposeInsert } from './insert.ts'
import { proposeOwned } from './owned.ts'
import type { Entry, Proposal, Side } from './proposal.ts'
import { proposeRoutes } from './routes.ts'
import { proposeFiles, proposeIgnore, within } from './scope.ts'
import { proposeSql } from './sql-files.ts'
import type { Survey } from './survey.ts'
import { gatherTables } from './table-evidence.ts'
import { classifyTables, type TableVerdict } from './tables.ts'
import { named, tenancies } from './tenant-column.ts'
import { proposeSources, sourceGroups } from './tenant-ids.ts'
import { count } from './words.ts'

/** What a person has said, in place of what the proposal would guess. */
export interface Decisions {
  /** The tenant's word. */
  readonly word?: string
  /** Which database a table belongs to; a bucket or function as `bucket name`, `function name`. */
  readonly sides?: ReadonlyMap<string, Side>
}

/**
 * Turns what a repository shows into a proposal for its rules.
 * @param supported names of the dialects whose queries are read
 */
export function propose(whole: Survey, supported: ReadonlySet<string>, decisions: Decisions = {}): Proposal {
  const scope = proposeFiles(whole)
  const survey = within(whole, scope.folder)
  const all = tenancies(survey)
  const tenancy =
    decisions.word === undefined
      ? all[0]
      : (all.find(({ word }) => word === decisions.word) ?? named(survey, decisions.word))
  const sides = decisions.sides ?? new Map<string, Side>()
  const clients = proposeClients(survey, supported)
  const verdicts = classifyTables(gatherTables(survey), {
    tenancy,
    tenantClients: tenantClients(survey),
    decided: sides,
  })
  const buckets = proposeOwned(survey, verdicts, 'bucket', sides)
  const functions = proposeOwned(survey, verdicts, 'function', sides)
  const tables = (side: Side) => verdicts.filter((verdict) => verdict.side === side).map(tableEntry)
  const auth = survey.accesses.filter((access) => access.kind === 'auth')
  const groups = sourceGroups(survey, tenancy)
  const insert = proposeInsert(survey, groups)
  const notes = [...scope.notes]
  if (survey.clients.length + survey.inPlace.length === 0)
    notes.push('no database client was found: name yours under "clients", by `module#export`')
  if (tenancy === undefined && survey.clients.length > 0)
    notes.push(
      'no tenant column and no tenant id was found: which tables belong to a tenant can only be guessed',
    )
  if (survey.unresolved > 0)
    notes.push(
      `${count(survey.unresolved, 'query')} on clients that could not be traced; \`lint\` will list them`,
    )
  if (survey.broken.length > 0)
    notes.push(
      `${count(survey.broken.length, 'file')} could not be parsed: ${survey.broken
        .slice(0, 3)
        .map(({ file }) => file)
        .join(', ')}`,
    )
  return {
    ...(survey.schema === undefined ? {} : { schema: survey.schema }),
    files: scope.files,
    ignore: proposeIgnore(survey),
    app: {
      clients: clients.app,
      tables: tables('app'),
      buckets: buckets.app,
      functions: functions.app,
      ...(auth.length > 0
        ? {
            auth: `${count(auth.length, 'call')} of \`auth\` in ${count(new Set(auth.map((access) => access.file)).size, 'file')}`,
          }
        : {}),
    },
    tenant: {
      clients: clients.tenant,
      tables: tables('tenant'),
      buckets: buckets.tenant,
      functions: functions.tenant,
    },
    routes: proposeRoutes(survey, verdicts),
    sql: proposeSql(survey, verdicts),
    sources: proposeSources(groups),
    ...(insert ? { insert } : {}),
    ...(tenancy === undefined ? {} : { tenantWord: tenancy.word }),
    ...(tenancy?.column === undefined ? {} : { tenantColumn: tenancy.column }),
    notes,
  }
}

function tableEntry({ table, reason, decide }: TableVerdict): Entry {
  const use =
    table.accesses > 0
      ? `${count(table.accesses, 'query')} in ${count(table.files.size, 'file')}`
      : table.declaredBy
        ? `only in ${table.declaredBy}`
        : ''
  return {
    value: table.name,
    evidence: [reason, use].filter(Boolean).join('; '),
    ...(decide === undefined ? {} : { decide }),
  }
}

/** Every entry of a proposal that a person has to decide, with the list it stands in. */
export function undecided(proposal: Proposal): { where: string; entry: Entry }[] {
  const lists: [string, readonly Entry[]][] = [['files', proposal.files]]
  for (const side of ['app', 'tenant'] as const) {
    const database = proposal[side]
    lists.push(
      [`${side}.clients`, database.clients],
      [`${side}.tables`, database.tables],
      [`${side}.buckets`, database.buckets],
      [`${side}.functions`, database.functions],
    )
  }
  lists.push(['routes', proposal.routes], ['sql', proposal.sql], ['tenantId.sources', proposal.sources])
  return lists.flatMap(([where, entries]) =>
    entries.filter((entry) => entry.decide !== undefined).map((entry) => ({ where, entry })),
  )
}
