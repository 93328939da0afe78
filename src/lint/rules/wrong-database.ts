import { describe, type LintRule, type Offense, pointAt } from '../rule.ts'
import type { Verdict } from '../verdict.ts'

export const wrongDatabase: LintRule = {
  name: 'wrong-database',
  check({ verdicts, evidence, isFixable }) {
    const offenses: Offense[] = []
    for (const [access, list] of verdicts) {
      const wrong = list.filter((verdict) => verdict.state === 'wrong')
      // A table name that may be several things is one finding for each database it should not be asked of.
      const groups = new Map<string, Verdict[]>()
      for (const verdict of wrong) {
        const key = `${verdict.actual} ${verdict.expected!.join()}`
        const group = groups.get(key)
        if (group) group.push(verdict)
        else groups.set(key, [verdict])
      }
      for (const group of groups.values()) {
        const [first] = group as [Verdict, ...Verdict[]]
        const both =
          new Set(list.filter((other) => other.name === first.name).map((other) => other.actual)).size > 1
        const names = [...new Set(group.map((verdict) => describe(access, verdict.name)))]
        offenses.push({
          message: `${names.join(', ')} belong${names.length > 1 ? '' : 's'} to ${first.expected!.join(' or ')}, but this ${access.operation} reaches ${first.actual}${both ? ' for some of its callers' : ''}`,
          file: access.file,
          range: pointAt(access),
          ...(first.name === undefined ? {} : { table: first.name }),
          operation: access.operation,
          database: { actual: first.actual!, expected: first.expected![0]! },
          evidence: evidence(access),
          fixable: isFixable(access),
          identity: `${access.operation} ${group.map((verdict) => verdict.name ?? access.kind).join()} ${first.actual}`,
        })
      }
    }
    return offenses
  },
}
