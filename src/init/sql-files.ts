import type { Entry, Side } from './proposal.ts'
import type { Survey } from './survey.ts'
import type { TableVerdict } from './tables.ts'
import { count } from './words.ts'

/** Which folders of SQL belong to which database, by the tables that they make. */
export function proposeSql(survey: Survey, verdicts: readonly TableVerdict[]): Entry[] {
  const sides = new Map(verdicts.map((verdict) => [verdict.table.name, verdict.side]))
  const folders = new Map<string, Record<Side, number>>()
  for (const { name, file, by } of survey.declared) {
    const side = sides.get(name)
    if (by !== 'SQL' || side === undefined || !file.includes('/')) continue
    const folder = file.slice(0, file.lastIndexOf('/'))
    const known = folders.get(folder) ?? { app: 0, tenant: 0 }
    known[side]++
    folders.set(folder, known)
  }
  return [...folders]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, { app, tenant }]): Entry => {
      const value = { files: `${folder}/**`, database: tenant === 0 ? 'app' : 'tenant' }
      const evidence = `makes ${[app > 0 ? count(app, 'table') + ' of app' : '', tenant > 0 ? `${count(tenant, 'table')} of tenant` : ''].filter(Boolean).join(' and ')}`
      if (app === 0 || tenant === 0) return { value, evidence }
      return {
        value,
        evidence,
        decide: 'it makes tables of both: the SQL of each database has to be told apart first',
        disabled: true,
      }
    })
}
