import { mayLeave } from '../need.ts'
import { type LintRule, type Offense, pointAt } from '../rule.ts'
import { expectation, judge } from '../verdict.ts'

export const crossDatabaseJoin: LintRule = {
  name: 'cross-database-join',
  check({ facts, classifier, rules, evidence }) {
    const offenses: Offense[] = []
    for (const access of facts.accesses) {
      const homes = access.names.flatMap(
        (name) => expectation(access, name, classifier, rules).expected ?? [],
      )
      if (
        access.openSelect &&
        (homes.length === 0 || homes.some((home) => mayLeave(access.openSelect!, classifier, home)))
      ) {
        const known = access.embeds.map((embed) => embed.name).filter(Boolean)
        offenses.push({
          message: `${access.openSelect.reason}, so the tables it embeds can't all be checked${known.length > 0 ? `; known: ${known.join(', ')}` : ''}`,
          file: access.file,
          range: access.openSelect.range,
          ...(access.names[0] === undefined ? {} : { table: access.names[0] }),
          operation: access.operation,
          atMost: 'warning',
          identity: `open select ${access.names.join()}`,
        })
      }
      for (const embed of access.embeds) {
        const joined = embed.name === '' ? undefined : classifier.tableDatabases(embed.name)
        if (!joined) continue
        // A table of several databases is asked in the one that it is reached in.
        const homes = judge(access, classifier, rules).flatMap(({ state, actual, expected }) =>
          state === 'right' ? [[actual!]] : expected ? [expected] : [],
        )
        const apart = homes.find(
          (databases) => !databases.some((database) => joined.databases.includes(database)),
        )
        if (!apart) continue
        offenses.push({
          message: `this query of \`${access.names.join(' or ')}\` (${apart.join(' or ')}) ${embed.declared === undefined ? `embeds \`${embed.name}\`` : `touches \`${embed.name}\` too (${embed.declared})`}, which belongs to ${joined.databases.join(' or ')}; one query can't span two databases`,
          file: access.file,
          range: embed.range ?? pointAt(access),
          table: embed.name,
          operation: access.operation,
          database: { actual: apart[0]!, expected: joined.databases[0]! },
          evidence: evidence(access),
          identity: `${access.names.join()} embeds ${embed.alias ?? ''}:${embed.name}`,
        })
      }
    }
    return offenses
  },
}
