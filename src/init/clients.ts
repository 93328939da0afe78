import type { ClientExportFact } from '../trace/survey/clients.ts'
import type { Entry } from './proposal.ts'
import type { Survey } from './survey.ts'
import { count, parameterWord, withArticle, wordsOf } from './words.ts'

/** Positions in `Survey.clients` of the clients that are made for one tenant. */
export function tenantClients(survey: Survey): Set<number> {
  return new Set(survey.clients.flatMap((client, index) => (isTenantClient(client) ? [index] : [])))
}

function isTenantClient(client: ClientExportFact): boolean {
  if (client.kind === 'ready') return false
  if (client.parameters.some(({ name }) => parameterWord(name) !== undefined)) return true
  const words = wordsOf(client.name)
  return words.includes('tenant') && client.parameters.some(({ optional }) => !optional)
}

/** The application's clients and the tenants', as entries of the rules. */
export function proposeClients(
  survey: Survey,
  supported: ReadonlySet<string>,
): { app: Entry[]; tenant: Entry[]; notes: string[] } {
  const perTenant = tenantClients(survey)
  const uses = survey.clients.map((_, index) => usesOf(survey, index))
  const order = survey.clients
    .map((_, index) => index)
    .sort(
      (a, b) =>
        uses[b]!.total - uses[a]!.total || (survey.clients[a]!.label < survey.clients[b]!.label ? -1 : 1),
    )
  const app: Entry[] = []
  const tenant: Entry[] = []
  for (const index of order) {
    const client = survey.clients[index]!
    const isTenant = perTenant.has(index)
    // What makes a tenant's client from an address is part of how that one is made, and nobody else calls it.
    if (!isTenant && isPartOfTenants(survey, index, perTenant)) continue
    const what =
      client.kind === 'ready'
        ? 'a ready client'
        : client.kind === 'wrapper'
          ? 'hands the client over'
          : isTenant
            ? `made for ${withArticle(client.parameters.map(({ name }) => parameterWord(name)).find(Boolean) ?? 'tenant')}`
            : 'a factory'
    const library =
      client.dialect !== undefined && !supported.has(client.dialect)
        ? `; ${client.dialect}: its queries are not read yet`
        : ''
    const entry = isTenant ? tenantEntry(client) : { value: appValue(client) }
    ;(isTenant ? tenant : app).push({ ...entry, evidence: `${what}: ${uses[index]!.text}${library}` })
  }
  app.push(...inPlaceEntries(survey))
  if (tenant.length === 0) tenant.push(...planned(survey, order, supported))
  return { app, tenant, notes: [] }
}

function appValue(client: ClientExportFact): unknown {
  if (client.kind === 'wrapper')
    return { wrapper: client.label, ...(client.path ? { path: client.path } : {}) }
  if (!client.async && client.path === undefined) return client.label
  return {
    export: client.label,
    ...(client.async ? { async: true } : {}),
    ...(client.path ? { result: client.path } : {}),
  }
}

/** How `migrate` calls the factory: the tenant where the parameter says so, nothing for what may be left out. */
function tenantEntry(client: ClientExportFact): Pick<Entry, 'value' | 'decide'> {
  if (client.kind === 'wrapper') return { value: appValue(client) }
  const at = client.parameters.findIndex(({ name }) => parameterWord(name) !== undefined)
  const last = Math.max(
    at,
    client.parameters.findLastIndex(({ optional }) => !optional),
  )
  const words = client.parameters
    .slice(0, last + 1)
    .map(({ name }, index) => (index === Math.max(at, 0) ? '$tenantId' : name || 'undefined'))
  const others = words.filter((word) => word !== '$tenantId')
  const value = {
    export: client.label,
    arguments: words,
    ...(client.async ? { async: true } : {}),
    ...(client.path ? { result: client.path } : {}),
  }
  if (at < 0) return { value, decide: `it takes \`${client.parameters[0]?.name}\`; is that the tenant's id?` }
  return others.length > 0
    ? { value, decide: `what to write for ${others.map((word) => `\`${word}\``).join(', ')}` }
    : { value }
}

/** Whether a client is only used where a tenant's client is made. */
function isPartOfTenants(survey: Survey, index: number, perTenant: ReadonlySet<number>): boolean {
  if (survey.accesses.some((access) => access.clients.includes(index))) return false
  const calls = survey.creations[index]!
  const inside = (file: string, offset: number) =>
    [...perTenant].some(
      (other) =>
        survey.clients[other]!.file === file &&
        survey.clients[other]!.range.start <= offset &&
        offset < survey.clients[other]!.range.end,
    )
  return calls.length > 0 && calls.every((call) => inside(call.file, call.range.start.offset))
}

/** Clients made where they are used: by constructor and by the variable that holds their address. */
function inPlaceEntries(survey: Survey): Entry[] {
  const known = new Set(survey.clients.map(({ environment }) => environment[0]).filter(Boolean))
  const groups = new Map<
    string,
    { label: string; env: string | undefined; files: Set<string>; calls: number }
  >()
  for (const client of survey.inPlace) {
    const env = client.environment[0]
    const key = `${client.label} ${env ?? ''}`
    const group = groups.get(key) ?? { label: client.label, env, files: new Set<string>(), calls: 0 }
    group.files.add(client.file)
    group.calls += client.accesses.length
    groups.set(key, group)
  }
  return [...groups.values()]
    .sort((a, b) => b.calls - a.calls || (a.label < b.label ? -1 : 1))
    .map(({ label, env, files, calls }): Entry => {
      const evidence = `made in place: ${count(calls, 'call')} in ${count(files.size, 'file')}${known.has(env) ? ', with the address of the client above' : ''}`
      // These read the address from the environment by themselves.
      if (env === undefined && label.startsWith('@supabase/auth-helpers'))
        return { value: { new: label }, evidence }
      if (env === undefined)
        return {
          value: { new: label },
          evidence,
          decide: `whose database is it? its address is no environment variable that could be read (${[...files].sort()[0]})`,
          disabled: true,
        }
      return {
        value: { new: label, env },
        evidence,
        ...(known.size > 0 && !known.has(env) ? { decide: `whose database is at ${env}?` } : {}),
      }
    })
}

/** A function that is not written yet, beside the client that is used most. */
function planned(survey: Survey, order: readonly number[], supported: ReadonlySet<string>): Entry[] {
  const most =
    order
      .map((index) => survey.clients[index]!)
      .find((client) => client.dialect === undefined || supported.has(client.dialect)) ??
    survey.clients[order[0]!]
  if (!most) return []
  const value = {
    export: `${most.module}#getTenantDatabaseClient`,
    arguments: ['$tenantId'],
    async: true,
    planned: true,
  }
  return [{ value, evidence: `no client takes a tenant yet; this one is to be written in ${most.file}` }]
}

/** How often a client is used, and where. */
function usesOf(survey: Survey, index: number): { total: number; text: string } {
  const queries = survey.accesses
    .filter((access) => access.clients.includes(index))
    .map((access) => access.file)
  const calls = survey.creations[index]!.map((call) => call.file)
  const isFactory = survey.clients[index]!.kind === 'factory'
  // Of a library whose queries are not read, at least the places that read the name are known.
  const [files, noun] = isFactory
    ? [calls, 'call']
    : queries.length > 0
      ? [queries, 'query']
      : [survey.mentions[index]!, 'mention']
  if (files.length === 0) return { total: 0, text: 'no use of it was found' }
  return {
    total: files.length,
    text: `${count(files.length, noun)} in ${count(new Set(files).size, 'file')} (${foldersOf(files)})`,
  }
}

/** The folders that most of a list of files lie in: `src/app/api 180, src/lib 26`. */
export function foldersOf(files: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const file of files) {
    const folder = file.split('/').slice(0, -1).slice(0, 3).join('/') || '.'
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  const most = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return `${most
    .slice(0, 3)
    .map(([folder, number]) => `${folder} ${number}`)
    .join(', ')}${most.length > 3 ? ', …' : ''}`
}
