import type { LintRule } from '../rule.ts'

export const untrustedTenantId: LintRule = {
  name: 'untrusted-tenant-id',
  check({ facts }) {
    return facts.untrustedIds.map((id) => ({
      message: id.request
        ? `the tenant id \`${id.text}\` comes from ${id.request}: whoever sends it picks the database of ${id.database}; take it from the session, or check it first`
        : `\`${id.text}\` is the tenant's id inside its own database; the factory of ${id.database} needs the application's id`,
      file: id.file,
      range: id.range,
      database: { actual: id.database, expected: id.database },
      evidence: id.evidence,
      identity: `${id.database} ${id.text}`,
    }))
  },
}
