import { readFileSync } from 'node:fs'
import type { Repository } from '../repo/repository.ts'
import type { Rules } from '../rules/model.ts'
import type { SqlFacts, SqlFile } from './facts.ts'
import { filesOf } from './files.ts'
import { withoutDown } from './migrations.ts'
import { loadParser, type SqlParser } from './parser.ts'
import { readSql } from './read.ts'
import { Reader } from './reader.ts'
import { schemaOf } from './schema.ts'
import { readScript } from './scripts.ts'
import { SqlText } from './text.ts'

/**
 * Reads the SQL that `sql` of the rules gives to databases: .sql files, and the strings of scripts.
 * @returns undefined when the rules give none to any
 */
export async function sqlFacts(repository: Repository, rules: Rules): Promise<SqlFacts | undefined> {
  if (rules.sql.length === 0) return undefined
  if (filesOf(repository, rules).length === 0) return { files: [], schemas: new Map(), settings: [] }
  const files = readSqlFiles(repository, rules, await loadParser())
  const schemas = new Map(
    rules.databases.flatMap(({ name }) => {
      const own = files.filter((file) => file.database === name)
      return own.length > 0 ? [[name, schemaOf(name, own)] as const] : []
    }),
  )
  return { files, schemas, settings: settingsInCode(repository, files) }
}

const known = new WeakMap<Repository, { readonly rules: Rules; readonly files: readonly SqlFile[] }>()

/** The SQL of the rules, read; once for a repository. */
export function readSqlFiles(repository: Repository, rules: Rules, parser: SqlParser): readonly SqlFile[] {
  const before = known.get(repository)
  if (before?.rules === rules) return before.files
  const files = filesOf(repository, rules).map(({ file, database }): SqlFile => {
    const text = textOf(repository, file)
    if (typeof text !== 'string') return { file, database, facts: [], unread: [text], suppressions: [] }
    const reader = new Reader(file, text, parser)
    const facts = file.endsWith('.sql')
      ? readSql(reader, new SqlText(withoutDown(text.replace(/^\uFEFF/, ' '))))
      : readScript(reader, text)
    return { file, database, facts, unread: reader.unread, suppressions: reader.suppressions }
  })
  known.set(repository, { rules, files })
  return files
}

function textOf(repository: Repository, file: string): string | SqlFile['unread'][number] {
  const absolute = repository.absolute(file)
  try {
    return repository.has(absolute) ? repository.text(absolute) : readFileSync(absolute, 'utf8')
  } catch (error) {
    const start = { line: 1, column: 1, offset: 0 }
    return {
      why: 'syntax',
      message: `can't be read: ${(error as NodeJS.ErrnoException).code}`,
      range: { start, end: start },
    }
  }
}

/** Custom settings whose names stand somewhere in the code. */
function settingsInCode(repository: Repository, files: readonly SqlFile[]): string[] {
  const asked = new Set(
    files.flatMap(({ facts }) =>
      facts.flatMap((fact) =>
        'contents' in fact ? fact.contents.settings.map(({ setting }) => setting) : [],
      ),
    ),
  )
  const custom = [...asked].filter((setting) => setting.includes('.') && !setting.endsWith('()'))
  if (custom.length === 0) return []
  const texts = repository.files.map((file) => repository.raw(repository.absolute(file)))
  return custom.filter((setting) => texts.some((text) => text.includes(setting)))
}
