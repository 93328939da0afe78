import type { SqlFact } from '../sql/facts.ts'
import type { LintInput } from './rule.ts'
import type { Raised } from './suppress.ts'

/** Exceptions of the rules that no access needs; they point into the rules file. */
export function unusedExceptions({ facts, rules, classifier, sql }: LintInput, rulesFile: string): Raised[] {
  const used = new Set<unknown>()
  for (const access of facts.accesses) {
    if (access.kind === 'auth') used.add(classifier.signInException(access.file))
    for (const name of access.names.length > 0 ? access.names : [undefined]) {
      const exception = classifier.exception(access.file, name)
      if (exception) used.add(exception)
    }
  }
  for (const { file, facts: own } of sql?.facts.files ?? []) {
    for (const fact of own) for (const table of tablesOf(fact)) used.add(classifier.exception(file, table))
  }
  for (const creation of facts.creations) used.add(classifier.exception(creation.file, undefined))
  return rules.exceptions
    .filter((exception) => !used.has(exception))
    .map((exception) => {
      const { line, column } = exception.position
      return {
        rule: 'unused-exception',
        offense: {
          message: `no access needs the exception for \`${exception.files}\`; remove it`,
          file: rulesFile,
          range: { start: { line, column, offset: 0 }, end: { line, column: column + 1, offset: 1 } },
          identity: exception.files,
        },
      }
    })
}

/** Every table that a SQL statement speaks of. */
function tablesOf(fact: SqlFact): (string | undefined)[] {
  if (fact.does === 'foreign-key') return [fact.table, fact.target]
  const named = 'contents' in fact ? fact.contents.uses.map(({ table }) => table) : []
  return fact.does === 'create' ? [...named, fact.on, fact.object === 'table' ? fact.name : undefined] : named
}
