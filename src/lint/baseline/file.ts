import { lineStarts, type Position } from '../../repo/text.ts'
import { parseDocument, type Spot } from '../../rules/document.ts'
import { RulesError } from '../../rules/error.ts'
import { type RuleName, type RulePosition, ruleNames } from '../../rules/model.ts'
import { nearest } from '../../rules/nearest.ts'
import type { Finding } from '../result.ts'

/** What the file is called; it lies beside the rules. */
export const baselineName = 'tenantize-baseline.json'

/** A finding that was there before the gate, and is not held against the run. */
export interface BaselineEntry {
  readonly fingerprint: string
  readonly rule: RuleName
  /** Relative to the root of the code base, with `/`. */
  readonly file: string
  readonly table?: string
  /** Why it was let in after the baseline was made. */
  readonly reason?: string
  /** Where it stands in the file that was read. */
  readonly position?: Position
}

const fields = ['fingerprint', 'rule', 'file', 'table', 'reason']

/**
 * Reads a baseline.
 * @param shown what problems call the file
 * @throws RulesError with the place of each mistake: a baseline is often merged by hand
 */
export function parseBaseline(text: string, shown: string): BaselineEntry[] {
  const { root, mistakes } = parseDocument(text)
  const problems = mistakes.map((mistake) => ({ file: shown, ...mistake }))
  const complain = (spot: RulePosition, message: string, suggestion?: string) =>
    problems.push({ file: shown, ...spot, message, ...(suggestion ? { suggestion } : {}) })
  const starts = lineStarts(text)
  const entries: BaselineEntry[] = []
  const seen = new Set<string>()
  if (root && problems.length === 0) {
    if (root.get('version')?.value !== 1) complain(root.keyPosition('version'), '"version" must be 1')
    if (!Array.isArray(root.get('findings')?.value))
      complain(root.keyPosition('findings'), '"findings" must be a list')
    for (const spot of root.get('findings')?.items ?? []) {
      const entry = entryOf(spot, complain)
      if (!entry) continue
      if (seen.has(entry.fingerprint))
        complain(spot.position, `"${entry.fingerprint}" stands in this list twice`)
      seen.add(entry.fingerprint)
      const { line, column } = spot.position
      entries.push({ ...entry, position: { line, column, offset: starts[line - 1]! + column - 1 } })
    }
  } else if (!root) complain({ line: 1, column: 1 }, 'the file is empty')
  if (problems.length > 0) throw new RulesError(problems)
  return entries
}

type Complain = (spot: RulePosition, message: string, suggestion?: string) => void

function entryOf(spot: Spot, complain: Complain): BaselineEntry | undefined {
  const read = (key: string): string | undefined => {
    const value = spot.get(key)?.value
    return typeof value === 'string' ? value : undefined
  }
  for (const [key] of spot.entries)
    if (!fields.includes(key)) complain(spot.keyPosition(key), `unknown key "${key}"`, nearest(key, fields))
  const [fingerprint, rule, file] = ['fingerprint', 'rule', 'file'].map((key) => {
    const value = read(key)
    if (value === undefined) complain(spot.keyPosition(key), `an entry needs "${key}"`)
    return value
  })
  if (fingerprint === undefined || rule === undefined || file === undefined) return undefined
  if (!/^[0-9a-f]+-[0-9a-f]+$/.test(fingerprint)) {
    complain(spot.get('fingerprint')!.position, `"${fingerprint}" is no fingerprint`)
    return undefined
  }
  if (!(ruleNames as readonly string[]).includes(rule)) {
    complain(spot.get('rule')!.position, `there is no rule "${rule}"`, nearest(rule, ruleNames))
    return undefined
  }
  const [table, reason] = [read('table'), read('reason')]
  return {
    fingerprint,
    rule: rule as RuleName,
    file,
    ...(table === undefined ? {} : { table }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** The entry for a finding. */
export function entryFor(
  { fingerprint, rule, file, table }: Finding,
  reason: string | undefined,
): BaselineEntry {
  return {
    fingerprint,
    rule,
    file,
    ...(table === undefined ? {} : { table }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** The text of a baseline: sorted, one entry a line, so that two branches seldom touch the same one. */
export function baselineText(entries: readonly BaselineEntry[]): string {
  const lines = [...entries]
    .sort(
      (a, b) => compare(a.file, b.file) || compare(a.rule, b.rule) || compare(a.fingerprint, b.fingerprint),
    )
    .map(({ position: _, ...entry }) => {
      const pairs = Object.entries(entry).map(
        ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
      )
      return `    { ${pairs.join(', ')} }`
    })
  return `{\n  "version": 1,\n  "findings": [${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}]\n}\n`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
