import type { Entry, Side } from './proposal.ts'
import type { Survey } from './survey.ts'
import type { TableVerdict } from './tables.ts'
import { count } from './words.ts'

/** Which folders of SQL belong to which database, by the tables that they make. */
export function proposeSql(survey: Survey, verdicts: readonly TableVerdict[]): Entry[] {
  const sides = new Map(verdicts.map((verdict) => [verdict.table.name, verdict.side]))
  const open = new Set<string>()
  for (const { table, decide } of verdicts) if (decide !== undefined) open.add(table.name)
  const guessed = new Set<string>()
  const folders = new Map<string, Record<Side, number>>()
  for (const { name, file, by } of survey.declared) {
    const side = sides.get(name)
    if (by !== 'SQL' || side === undefined || !file.includes('/')) continue
    const folder = folderOf(file)
    const known = folders.get(folder) ?? { app: 0, tenant: 0 }
    known[side]++
    if (open.has(name)) guessed.add(folder)
    folders.set(folder, known)
  }
  return [...folders]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, { app, tenant }]): Entry => {
      const value = { files: `${folder}/**`, database: tenant === 0 ? 'app' : 'tenant' }
      const evidence = `makes ${[app > 0 ? `${count(app, 'table')} of app` : '', tenant > 0 ? `${count(tenant, 'table')} of tenant` : ''].filter(Boolean).join(' and ')}`
      if (app === 0 || tenant === 0)
        return {
          value,
          evidence,
          ...(guessed.has(folder) ? { decide: 'some of its tables are not decided' } : {}),
        }
      return {
        value,
        evidence,
        decide: 'it makes tables of both: the SQL of each database has to be told apart first',
        disabled: true,
      }
    })
}

/** The folder of a SQL file; Prisma keeps each migration in a folder of its own. */
function folderOf(file: string): string {
  const parts = file.split('/').slice(0, -1)
  return (/^\d{8,}/.test(parts.at(-1)!) && parts.length > 1 ? parts.slice(0, -1) : parts).join('/')
}
