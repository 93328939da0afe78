import type { LintRule } from '../rule.ts'

export const missingTenantId: LintRule = {
  name: 'missing-tenant-id',
  check({ facts }) {
    return facts.creations.flatMap((creation) => {
      const argument = creation.tenantId
      if (!argument || argument.status === 'proven' || argument.status === 'other') return []
      return [
        {
          message: `${argument.message ?? 'the tenant id is missing'}; without it the client of ${creation.database} can't be the right one`,
          file: creation.file,
          range: argument.range,
          database: { actual: creation.database, expected: creation.database },
          identity: `${creation.label} ${argument.status}`,
        },
      ]
    })
  },
}
