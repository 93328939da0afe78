import { describe, type LintRule, type Offense, pointAt } from '../rule.ts'

export const browserClient: LintRule = {
  name: 'browser-client',
  check({ facts, verdicts, rules }) {
    const perTenant = new Set(
      rules.databases.filter((database) => database.perTenant).map((database) => database.name),
    )
    const offenses: Offense[] = []
    /** Clients whose accesses say what there is to say. */
    const told = new Set<string>()
    for (const access of facts.accesses) {
      if (!access.browser || access.clients.length === 0) continue
      // The application's own tables may be read from the browser, with row level security.
      const tenants = (verdicts.get(access) ?? []).filter((verdict) =>
        [
          verdict.actual,
          ...(verdict.state === 'wrong' || verdict.state === 'right' ? (verdict.expected ?? []) : []),
        ].some((name) => name !== undefined && perTenant.has(name)),
      )
      if (tenants.length === 0) continue
      for (const { origin } of access.clients) told.add(`${origin.file}:${origin.offset}`)
      const name = tenants[0]!.name
      const what = [...new Set(tenants.map((verdict) => describe(access, verdict.name)))].join(', ')
      offenses.push({
        message:
          access.operation === 'subscribe'
            ? `${what} of a tenant is subscribed to from code that is bundled for the browser: real time connects to one database, that of the client it is on, and never sees the changes in a tenant's own; go through a route or a server action, or give the component a connection to the tenant's database`
            : `${what} of a tenant is reached from code that is bundled for the browser, which can't be given a tenant's database; go through a route or a server action`,
        file: access.file,
        range: pointAt(access),
        ...(name === undefined ? {} : { table: name }),
        operation: access.operation,
        evidence: access.browser,
        identity: `${access.operation} ${access.names.join()}`,
      })
    }
    for (const creation of facts.creations) {
      if (!creation.browser || told.has(`${creation.file}:${creation.range.start.offset}`)) continue
      offenses.push({
        message: `the client of ${creation.database} is obtained in code that is bundled for the browser, where its key would be public`,
        file: creation.file,
        range: creation.range,
        evidence: creation.browser,
        identity: creation.label,
      })
    }
    return offenses
  },
}
