import type { RuleName } from '../../rules/model.ts'
import { contentOf } from '../fingerprint.ts'
import type { Finding } from '../result.ts'
import type { BaselineEntry } from './file.ts'

/** Which finding is which entry's. */
export interface Match {
  readonly entries: ReadonlyMap<Finding, BaselineEntry>
  /** Entries without a finding. */
  readonly stale: readonly BaselineEntry[]
}

/**
 * Finds the entry of each finding: the one with its fingerprint; for a file that is gone, the one with the same
 * content in the file it went to. Each entry stands for one finding, so that one that is repaired hides no new one.
 * @param exists whether a file is there
 * @param strict rules that no baseline speaks of
 */
export function matchBaseline(
  entries: readonly BaselineEntry[],
  findings: readonly Finding[],
  exists: (file: string) => boolean,
  strict: ReadonlySet<RuleName>,
): Match {
  const matched = new Map<Finding, BaselineEntry>()
  const open = new Map(
    entries.filter(({ rule }) => !strict.has(rule)).map((entry) => [entry.fingerprint, entry]),
  )
  const take = (finding: Finding, entry: BaselineEntry) => {
    matched.set(finding, entry)
    open.delete(entry.fingerprint)
  }
  const may = findings.filter(({ rule }) => !strict.has(rule))
  for (const finding of may) {
    const entry = open.get(finding.fingerprint)
    if (entry) take(finding, entry)
  }
  const known = new Set(entries.map(({ file }) => file))
  const left = groups(may.filter((finding) => !matched.has(finding) && !known.has(finding.file)))
  const gone = groups([...open.values()].filter(({ file }) => !exists(file)))
  for (const { from, to } of moves(gone, left)) {
    const byContent = new Map(gone.get(from)!.map((entry) => [contentOf(entry.fingerprint), entry]))
    for (const finding of left.get(to)!) {
      const entry = byContent.get(contentOf(finding.fingerprint))
      if (entry) take(finding, entry)
    }
  }
  return {
    entries: matched,
    stale: entries.filter((entry) => strict.has(entry.rule) || open.has(entry.fingerprint)),
  }
}

/**
 * Where files went: each to the one that most of its contents are found in; of equals to the one whose path ends
 * alike. The surest first, so that a file with little left does not take the place of another.
 */
function moves(
  gone: ReadonlyMap<string, readonly BaselineEntry[]>,
  candidates: ReadonlyMap<string, readonly Finding[]>,
): { readonly from: string; readonly to: string }[] {
  const pairs = Array.from(gone).flatMap(([from, entries]) => {
    const contents = new Set(entries.map(({ fingerprint }) => contentOf(fingerprint)))
    return Array.from(candidates, ([to, findings]) => ({
      from,
      to,
      shared: findings.filter(({ fingerprint }) => contents.has(contentOf(fingerprint))).length,
      alike: commonEnd(from, to),
    })).filter(({ shared }) => shared > 0)
  })
  pairs.sort((a, b) => b.shared - a.shared || b.alike - a.alike)
  const used = new Set<string>()
  return pairs.filter(({ from, to }) => {
    if (used.has(`from ${from}`) || used.has(`to ${to}`)) return false
    used.add(`from ${from}`).add(`to ${to}`)
    return true
  })
}

/** How many segments at the end of two paths are the same. */
function commonEnd(a: string, b: string): number {
  const [left, right] = [a.split('/').reverse(), b.split('/').reverse()]
  const first = left.findIndex((segment, at) => segment !== right[at])
  return first === -1 ? left.length : first
}

function groups<T extends { readonly file: string }>(items: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const item of items) {
    const group = found.get(item.file)
    if (group) group.push(item)
    else found.set(item.file, [item])
  }
  return found
}
