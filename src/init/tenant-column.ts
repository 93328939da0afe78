import type { Survey } from './survey.ts'
import { idWord, pathWord, sameWord, tenantWords, wordsOf } from './words.ts'

/** The word for the tenant and the column that holds its id. */
export interface Tenancy {
  readonly word: string
  readonly column?: string
  readonly evidence: string
}

/**
 * Every word that may be the tenant's, best first: by the tables that have its column, the filters on it, and the
 * trusted places that its id is read from.
 */
export function tenancies(survey: Survey): Tenancy[] {
  const tables = new Map<string, Set<string>>()
  const filters = new Map<string, number>()
  const reads = new Map<string, number>()
  for (const table of survey.declared)
    for (const column of table.columns)
      if (idWord(column)) getOr(tables, column, () => new Set<string>()).add(table.name)
  for (const access of survey.accesses) {
    for (const { name, use } of access.columns) {
      if (!idWord(name)) continue
      for (const table of access.names) getOr(tables, name, () => new Set<string>()).add(table)
      if (use === 'filter') filters.set(name, (filters.get(name) ?? 0) + 1)
    }
  }
  for (const { names, origin } of survey.reads) {
    if (origin.kind !== 'call' && origin.kind !== 'wrapper') continue
    const word = origin.callee.session && pathWord(names)
    if (word) reads.set(word, (reads.get(word) ?? 0) + 1)
  }
  const words = [...new Set([...[...tables.keys()].map((column) => idWord(column)!), ...reads.keys()])]
  return words
    .map((word) => {
      const columns = [...tables]
        .filter(([column]) => idWord(column) === word)
        .sort((a, b) => b[1].size - a[1].size || (filters.get(b[0]) ?? 0) - (filters.get(a[0]) ?? 0))
      const [column, having] = columns[0] ?? []
      const used = column === undefined ? 0 : (filters.get(column) ?? 0)
      const asked = reads.get(word) ?? 0
      return {
        word,
        column,
        score: (having?.size ?? 0) * 2 + used + asked * 2,
        evidence: [
          having ? `${having.size} tables have \`${column}\`` : '',
          used ? `${used} filters on it` : '',
          asked ? `${asked} reads from the session` : '',
        ]
          .filter(Boolean)
          .join(', '),
      }
    })
    .sort((a, b) => b.score - a.score || rank(a.word) - rank(b.word))
    .map(({ word, column, evidence }) => ({ word, evidence, ...(column === undefined ? {} : { column }) }))
}

/** A tenancy by a word of a person's own; its column is the one whose name says so in most tables. */
export function named(survey: Survey, word: string): Tenancy {
  const counts = new Map<string, number>()
  const columns = [
    ...survey.declared,
    ...survey.accesses.map(({ columns }) => ({ columns: columns.map(({ name }) => name) })),
  ].flatMap((table) => table.columns)
  for (const column of columns)
    if (wordsOf(column).join(' ') === `${word} id`) counts.set(column, (counts.get(column) ?? 0) + 1)
  const [column] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? []
  return { word, evidence: 'you said so', ...(column === undefined ? {} : { column }) }
}

function rank(word: string): number {
  return tenantWords.findIndex((item) => sameWord(item) === word)
}

function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}
