import type { LintRule } from '../rule.ts'

export const cacheWithoutTenant: LintRule = {
  name: 'cache-without-tenant',
  check({ facts }) {
    return facts.cachedReads.map(({ file, range, database, where, key, evidence }) => ({
      message: `what is read from ${database} is kept in ${where}${key === undefined ? ' without the tenant in its key' : ` under \`${key}\`, which does not hold the tenant`}: other tenants get it too`,
      file,
      range,
      evidence,
      identity: `${database} ${where}`,
    }))
  },
}
