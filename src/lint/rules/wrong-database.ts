import { describe, type LintRule, type Offense, pointAt } from '../rule.ts'

export const wrongDatabase: LintRule = {
  name: 'wrong-database',
  check({ verdicts, evidence, rules }) {
    const offenses: Offense[] = []
    for (const [access, list] of verdicts) {
      for (const verdict of list) {
        if (verdict.state !== 'wrong') continue
        const expected = verdict.expected!.join(' or ')
        const both = new Set(list.filter((other) => other.name === verdict.name).map((other) => other.actual)).size > 1
        offenses.push({
          message: `${describe(access, verdict.name)} belongs to ${expected}, but this ${access.operation} reaches ${verdict.actual}${both ? ' for some of its callers' : ''}`,
          file: access.file,
          range: pointAt(access),
          ...(verdict.name === undefined ? {} : { table: verdict.name }),
          operation: access.operation,
          database: { actual: verdict.actual!, expected: verdict.expected![0]! },
          evidence: evidence(access),
          fixable: rules.databases.some((database) => database.perTenant && verdict.expected!.includes(database.name)),
          identity: `${access.operation} ${verdict.name ?? access.kind} ${verdict.actual}`,
        })
      }
    }
    return offenses
  },
}
