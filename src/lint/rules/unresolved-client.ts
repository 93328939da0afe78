import { describe, type LintRule, type Offense } from '../rule.ts'

export const unresolvedClient: LintRule = {
  name: 'unresolved-client',
  check({ facts, evidence }) {
    const offenses: Offense[] = []
    for (const access of facts.accesses) {
      const base = {
        file: access.file,
        range: access.range,
        ...(access.names[0] === undefined ? {} : { table: access.names[0] }),
        operation: access.operation,
      }
      const what = describe(access, access.names[0])
      if (access.unresolved) {
        const end = access.unresolved
        offenses.push({
          ...base,
          message: `${access.clients.length > 0 ? 'one of the clients' : 'the client'} that ${what} is asked on can't be traced: ${end.message} (${end.file}:${end.line})`,
          evidence: evidence(access),
          identity: `${access.operation} ${access.names.join()}`,
        })
        continue
      }
      const unnamed = access.clients.find((client) => client.database === undefined)
      if (unnamed)
        offenses.push({
          ...base,
          message: `${what} is asked on a client ${unnamed.note ?? 'that no rule gives to a database'} (${unnamed.origin.file}:${unnamed.origin.line})`,
          evidence: evidence(access),
          identity: `${access.operation} ${access.names.join()}`,
        })
    }
    return offenses
  },
}
