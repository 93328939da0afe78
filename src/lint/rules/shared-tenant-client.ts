import type { LintRule } from '../rule.ts'

export const sharedTenantClient: LintRule = {
  name: 'shared-tenant-client',
  check({ facts }) {
    return facts.keptClients.map(({ file, range, database, where, key, signsIn, evidence }) => ({
      message:
        signsIn !== undefined
          ? `\`${signsIn}\` signs one user in on a client that is kept in ${where}: requests that run at the same time share it, so that calls of one may run as the user of another; make a client for each request`
          : `the client of ${database} is kept in ${where}${key === undefined ? '' : ` under \`${key}\`, which does not hold the tenant`}: the next request, which may be another tenant's, gets it too`,
      file,
      range,
      evidence,
      identity: `${database} ${where}`,
    }))
  },
}
