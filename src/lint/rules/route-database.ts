import { type LintRule, type Offense, pointAt } from '../rule.ts'
import type { Verdict } from '../verdict.ts'

export const routeDatabase: LintRule = {
  name: 'route-database',
  check({ facts, verdicts, classifier, isFixable, isRoute }) {
    const offenses: Offense[] = []
    const accepted = new Set(
      facts.suppressions
        .filter((item) => item.reason && item.rules.includes('wrong-database'))
        .map((item) => `${item.file}:${item.line}`),
    )
    const isAccepted = ({ access }: Verdict) => accepted.has(`${access.file}:${pointAt(access).start.line}`)
    const byOrigin = new Map<string, Verdict[]>()
    for (const [access, list] of verdicts) {
      for (const { origin } of access.clients) {
        const key = `${origin.file}:${origin.offset}`
        const known = byOrigin.get(key)
        if (known) known.push(...list)
        else byOrigin.set(key, [...list])
      }
    }
    for (const creation of facts.creations) {
      const route = classifier.route(creation.file)
      if (!route || route.database === creation.database || !isRoute(creation.file)) continue
      if (classifier.exception(creation.file, undefined)?.database === creation.database) continue
      // A client is rightly there when something that belongs to its database, or that nobody judges, is asked of it.
      const reasons = byOrigin.get(`${creation.file}:${creation.range.start.offset}`) ?? []
      if (
        reasons.some(
          (verdict) =>
            verdict.actual === creation.database &&
            (verdict.state === 'right' || verdict.state === 'not-judged' || isAccepted(verdict)),
        )
      )
        continue
      offenses.push({
        message: `this route belongs to ${route.database}${route.reason ? ` (${route.reason})` : ''}, but it obtains the client of ${creation.database}`,
        file: creation.file,
        range: creation.range,
        database: { actual: creation.database, expected: route.database },
        evidence: [],
        fixable: reasons.length > 0 && reasons.every((verdict) => isFixable(verdict.access)),
        identity: `${creation.label} ${creation.database}`,
      })
    }
    return offenses
  },
}
