import { discoverSql } from '../repo/discover.ts'
import type { Repository } from '../repo/repository.ts'
import type { Rules } from '../rules/model.ts'
import type { DeclaredTable } from '../trace/survey/declared-tables.ts'

/**
 * The tables that the .sql files of a repository make, taken together as if they were one database's.
 * @param rules rules that say nothing
 */
export async function sqlTables(repository: Repository, rules: Rules): Promise<DeclaredTable[]> {
  if (!discoverSql(repository.root).some((file) => file.endsWith('.sql'))) return []
  const { sqlFacts } = await import('../sql/index.ts')
  const position = { line: 0, column: 0 }
  const facts = await sqlFacts(repository, {
    ...rules,
    databases: [
      {
        name: 'all',
        perTenant: false,
        clients: [],
        tables: [],
        buckets: [],
        functions: [],
        auth: false,
        position,
      },
    ],
    sql: [{ files: '**/*.sql', database: 'all', position }],
  })
  const schema = facts?.schemas.get('all')
  // Other schemas than `public` are the platform's: `auth.users`, `storage.objects`.
  const own = [...(schema?.tables.values() ?? [])].filter(({ name }) => !name.includes('.'))
  return own.map(({ name, file, range, columns }) => ({
    name,
    file,
    line: range.start.line,
    column: range.start.column,
    columns,
    references: (schema?.foreignKeys ?? [])
      .filter((key) => key.table === name)
      .map((key) => ({ column: key.columns[0] ?? '', table: key.target })),
    by: 'SQL',
  }))
}
