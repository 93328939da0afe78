import type { LintRule } from '../rule.ts'

export const sharedTenantClient: LintRule = {
  name: 'shared-tenant-client',
  check({ facts }) {
    return facts.keptClients.map(({ file, range, database, where, key, evidence }) => ({
      message: `the client of ${database} is kept in ${where}${key === undefined ? '' : ` under \`${key}\`, which does not hold the tenant`}: the next request, which may be another tenant's, gets it too`,
      file,
      range,
      evidence,
      identity: `${database} ${where}`,
    }))
  },
}
