import type { LintRule, Offense } from '../rule.ts'
import type { SqlInput } from '../sql.ts'

export const parseError: LintRule = {
  name: 'parse-error',
  check({ facts, sql }) {
    const broken = facts.broken.map(
      ({ file, line, column, offset, message }): Offense => ({
        message: `the file was not analysed: ${message}`,
        file,
        range: { start: { line, column, offset }, end: { line, column: column + 1, offset: offset + 1 } },
        identity: 'parse',
      }),
    )
    const known = new Set(broken.map(({ file }) => file))
    return sql ? [...broken, ...unreadSql(sql).filter(({ file }) => !known.has(file))] : broken
  },
}

/** Statements that PostgreSQL's parser refuses, and bodies in languages that have none here. */
function unreadSql(sql: SqlInput): Offense[] {
  return sql.facts.files.flatMap(({ file, unread }) =>
    unread
      .filter(({ why }) => why !== 'dynamic')
      .map(
        ({ message, range, why }): Offense => ({
          message: `this SQL was not analysed: ${message}`,
          file,
          range,
          identity: `sql ${message}`,
          ...(why === 'language' ? { atMost: 'warning' } : {}),
        }),
      ),
  )
}
