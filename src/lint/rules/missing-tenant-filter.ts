import { describe, type LintRule, type Offense, pointAt } from '../rule.ts'

export const missingTenantFilter: LintRule = {
  name: 'missing-tenant-filter',
  check({ facts, verdicts }) {
    const offenses: Offense[] = []
    for (const access of facts.accesses) {
      for (const { database, column, filtered, writes } of access.rows ?? []) {
        if (filtered === 'yes') continue
        // The table's owner decides, on whichever client it is: tables are shared while the split is under way.
        const owned = (verdicts.get(access) ?? []).find(({ expected }) => expected?.includes(database))
        if (!owned) continue
        const what = describe(access, owned.name)
        const lacks = writes
          ? `this ${access.operation} into ${what} writes rows without \`${column}\``
          : `this ${access.operation} of ${what} has no \`eq\` on \`${column}\``
        const unsure = writes
          ? `whether this ${access.operation} into ${what} writes \`${column}\` can't be told: the rows are only known at run time`
          : `whether this ${access.operation} of ${what} filters by \`${column}\` can't be told: the query is handed on, or a column is only known at run time`
        offenses.push({
          message: filtered === 'no' ? lacks : unsure,
          file: access.file,
          range: pointAt(access),
          ...(owned.name === undefined ? {} : { table: owned.name }),
          operation: access.operation,
          ...(filtered === 'unknown' ? { atMost: 'warning' as const } : {}),
          identity: `${access.operation} ${access.names.join()} ${filtered}`,
        })
      }
    }
    return offenses
  },
}
