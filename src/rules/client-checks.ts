import type { Mistake, Spot } from './document.ts'
import { nearest } from './nearest.ts'

/** A client entry as it stands in the file, right or wrong. */
interface Written {
  readonly database: string
  readonly kind: string
  readonly label: Spot
  readonly entry: Spot
}

const placeholders = ['$tenantId', '$table']

/**
 * Client entries that contradict each other, replace nothing, or use a placeholder that is none.
 * @param databases the entries of `databases`
 */
export function clientMistakes(databases: Spot['entries']): Mistake[] {
  const clients = databases.flatMap(([database, spot]) =>
    (spot.get('clients')?.items ?? []).flatMap((entry) => written(database, entry)),
  )
  const labels = clients.map((client) => client.label.value as string)
  // A client that is wrong in itself may be the one that `replaces` means.
  const complete = databases.every(([, spot]) =>
    (spot.get('clients')?.items ?? []).every((entry) => written('', entry).length > 0),
  )
  return [
    ...contradictions(clients),
    ...clients.flatMap(({ entry }) => [
      ...(complete ? unknownReplaced(entry, labels) : []),
      ...unknownPlaceholders(entry),
    ]),
  ]
}

function written(database: string, entry: Spot): Written[] {
  if (typeof entry.value === 'string') return [{ database, kind: 'export', label: entry, entry }]
  for (const kind of ['export', 'wrapper', 'new']) {
    const label = entry.get(kind)
    if (typeof label?.value === 'string') return [{ database, kind, label, entry }]
  }
  return []
}

/** Entries for the same export that nothing tells apart: the first is kept, each further one is reported. */
function contradictions(clients: readonly Written[]): Mistake[] {
  return clients.flatMap((client, i) => {
    const other = clients.slice(0, i).find((earlier) => sameClient(earlier, client))
    if (!other) return []
    const place = `line ${other.label.position.line}`
    const message =
      other.database === client.database
        ? `"${client.label.value}" stands in ${place} already`
        : `"${client.label.value}" is a client of "${other.database}" too (${place}); tell them apart with ${distinctions(client)}`
    return [{ ...client.label.position, message }]
  })
}

function sameClient(a: Written, b: Written): boolean {
  if (a.kind !== b.kind || a.label.value !== b.label.value) return false
  return ['when', 'result', 'path', 'env'].every(
    (key) => JSON.stringify(a.entry.get(key)?.value) === JSON.stringify(b.entry.get(key)?.value),
  )
}

function distinctions(client: Written): string {
  if (client.kind === 'wrapper') return '"path"'
  return client.kind === 'new' ? '"env", "when" or "result"' : '"when", "result" or a member after the export'
}

function unknownReplaced(entry: Spot, labels: readonly string[]): Mistake[] {
  return (entry.get('replaces')?.items ?? []).flatMap((spot) => {
    const name = spot.value
    if (typeof name !== 'string' || labels.includes(name)) return []
    const suggestion = nearest(name, labels)
    return [
      { ...spot.position, message: `no client is written "${name}"`, ...(suggestion && { suggestion }) },
    ]
  })
}

function unknownPlaceholders(entry: Spot): Mistake[] {
  return (entry.get('arguments')?.items ?? []).flatMap((spot) => {
    const text = spot.value
    if (typeof text !== 'string' || !/^\$\w+$/.test(text) || placeholders.includes(text)) return []
    const suggestion = nearest(text, placeholders)
    return [{ ...spot.position, message: `unknown placeholder "${text}"`, ...(suggestion && { suggestion }) }]
  })
}
