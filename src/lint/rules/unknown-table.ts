import { type LintRule, type Offense, pointAt } from '../rule.ts'

export const unknownTable: LintRule = {
  name: 'unknown-table',
  check({ facts, verdicts, classifier }) {
    const offenses: Offense[] = []
    for (const access of facts.accesses) {
      if (access.kind !== 'table') continue
      const base = { file: access.file, range: pointAt(access), operation: access.operation }
      if (access.dynamic) {
        offenses.push({
          ...base,
          message: `which table this is can't be told: ${access.dynamic}${access.names.length > 0 ? ` (known: ${access.names.join(', ')})` : ''}`,
          identity: `${access.operation} dynamic`,
        })
      }
      for (const name of access.names) {
        const undecided = verdicts
          .get(access)
          ?.some((verdict) => verdict.name === name && verdict.state === 'undecided')
        const unlisted =
          access.clients.length === 0 && !classifier.tableDatabases(name) && !classifier.route(access.file)
        if (undecided || unlisted)
          offenses.push({
            ...base,
            table: name,
            message: `table \`${name}\` is in no database of the rules, and no route rule decides; add it to a database's \`tables\``,
            identity: `${access.operation} ${name}`,
          })
      }
      for (const embed of access.embeds) {
        if (embed.name === '' || classifier.tableDatabases(embed.name) || classifier.route(access.file))
          continue
        offenses.push({
          ...base,
          range: embed.range,
          table: embed.name,
          message: `embedded table \`${embed.name}\` is in no database of the rules`,
          identity: `embed ${embed.name}`,
        })
      }
    }
    return offenses
  },
}
