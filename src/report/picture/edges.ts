import type { PictureState } from '../../lint/picture.ts'
import type { ReportResult } from './result.ts'

/** Accesses of one folder to one table through one database, for the pictures that are texts. */
export interface Edge {
  readonly folder: string
  /** The database that is reached; undefined where it is not known. */
  readonly database: string | undefined
  readonly table: string
  /** The database that the table belongs to. */
  readonly owner: string | undefined
  readonly state: PictureState
  readonly count: number
}

/** The folder of a file, no deeper than is readable in a picture. */
export function folderOf(file: string, depth = 5): string {
  return file.split('/').slice(0, -1).slice(0, depth).join('/') || '.'
}

/** All accesses, those that are alike counted together; sorted. */
export function edgesOf({ picture }: ReportResult): Edge[] {
  const edges = new Map<string, Edge>()
  for (const access of picture.accesses) {
    const edge = {
      folder: folderOf(access.file),
      database: access.actual.length === 1 ? access.actual[0] : undefined,
      table: access.target,
      owner: access.expected[0],
      state: access.state,
    }
    const key = JSON.stringify(edge)
    edges.set(key, { ...edge, count: (edges.get(key)?.count ?? 0) + 1 })
  }
  return [...edges].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, edge]) => edge)
}
