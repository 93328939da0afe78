import type { LintRule, Offense } from '../rule.ts'

export const routeDatabase: LintRule = {
  name: 'route-database',
  check({ facts, verdicts, classifier, isRoute }) {
    const offenses: Offense[] = []
    for (const creation of facts.creations) {
      const route = classifier.route(creation.file)
      if (!route || route.database === creation.database || !isRoute(creation.file)) continue
      if (classifier.exception(creation.file, undefined)?.database === creation.database) continue
      // A client is rightly there when something that belongs to its database, or that nobody judges, is asked of it.
      const reasons = [...verdicts.values()].flat().filter((verdict) => verdict.access.clients.some((client) => client.origin.file === creation.file && client.origin.offset === creation.range.start.offset))
      if (reasons.some((verdict) => verdict.actual === creation.database && (verdict.state === 'right' || verdict.state === 'not-judged'))) continue
      offenses.push({
        message: `this route belongs to ${route.database}${route.reason ? ` (${route.reason})` : ''}, but it obtains the client of ${creation.database}`,
        file: creation.file,
        range: creation.range,
        database: { actual: creation.database, expected: route.database },
        evidence: [],
        fixable: reasons.length > 0,
        identity: `${creation.label} ${creation.database}`,
      })
    }
    return offenses
  },
}
