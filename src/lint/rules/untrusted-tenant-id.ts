import type { RowIdFact, UntrustedIdFact } from '../../trace/facts.ts'
import type { LintRule, Offense } from '../rule.ts'

export const untrustedTenantId: LintRule = {
  name: 'untrusted-tenant-id',
  check({ facts }) {
    const offenses = facts.untrustedIds.map(atFactory)
    // On another client the rows are still the shared ones, which carry the application's id.
    for (const access of facts.accesses)
      for (const { database, column, ids } of access.rows ?? [])
        if (access.clients.some((client) => client.database === database))
          offenses.push(...ids.map((id) => inRows(id, database, column)))
    return offenses
  },
}

function atFactory(id: UntrustedIdFact): Offense {
  return {
    message: id.request
      ? `the tenant id \`${id.text}\` comes from ${id.request}: whoever sends it picks the database of ${id.database}; take it from the session, or check it first`
      : `\`${id.text}\` is the tenant's id inside its own database; the factory of ${id.database} needs the application's id`,
    file: id.file,
    range: id.range,
    database: { actual: id.database, expected: id.database },
    evidence: id.evidence,
    identity: `factory ${id.database}`,
  }
}

function inRows(id: RowIdFact, database: string, column: string): Offense {
  return {
    message: id.request
      ? `\`${column}\` gets \`${id.text}\`, which comes from ${id.request}; take it from a source that the rules trust`
      : `\`${id.text}\` is the application's id of the tenant; \`${column}\` of ${database} holds the tenant's id inside its own database`,
    file: id.file,
    range: id.range,
    identity: `rows ${column}`,
  }
}
