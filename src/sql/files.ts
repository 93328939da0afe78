import { discoverSql } from '../repo/discover.ts'
import type { Repository } from '../repo/repository.ts'
import { compileGlob, compileGlobs } from '../rules/glob.ts'
import type { Rules } from '../rules/model.ts'
import { inOrder, undoes } from './migrations.ts'

/** The entry of `sql` that gives a file to a database: the first one that matches. */
export function databaseOf(rules: Rules, file: string): Rules['sql'][number] | undefined {
  return rules.sql.find(({ files }) => compileGlob(files)(file))
}

/**
 * Files with their databases, in the order in which they run; the first rule that matches wins. `files` of the rules
 * speaks of code only. Files that undo a migration are left out: they are not run.
 */
export function filesOf(repository: Repository, rules: Rules): { file: string; database: string }[] {
  const entries = rules.sql.map(({ files, database }) => ({ matches: compileGlob(files), database }))
  const ignored = compileGlobs(rules.ignore)
  return discoverSql(repository.root)
    .filter((file) => !ignored(file) && !undoes(file))
    .flatMap((file) => {
      const entry = entries.find(({ matches }) => matches(file))
      return entry ? [{ file, database: entry.database }] : []
    })
    .sort((a, b) => inOrder(a.file, b.file))
}
