import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Repository } from '../../repo/repository.ts'
import { variablesRead } from '../../trace/survey/variables-read.ts'

/** Names that migration tools and their templates look for a database under. They are always set. */
const usual = [
  'DATABASE_URL',
  'DIRECT_URL',
  'DIRECT_DATABASE_URL',
  'DATABASE_URL_UNPOOLED',
  'POSTGRES_URL',
  'POSTGRES_PRISMA_URL',
  'POSTGRES_URL_NON_POOLING',
]

const configuration =
  /^(?:prisma\.config|drizzle\.config|knexfile|ormconfig|data-source|kysely\.config)\.[cm]?[jt]s$/

/**
 * The names under which a migration tool may look for its database: the usual ones, and those that the tool's
 * configuration in a folder reads. A tool whose configuration says `DIRECT_URL ?? DATABASE_URL` would otherwise find
 * one of them in a file of its own, and migrate that database.
 * @param env the environment of this process: a variable that holds a PostgreSQL URL is one, whatever it is called
 */
export function urlVariables(folder: string, env: Readonly<Record<string, string | undefined>>): string[] {
  const read = new Set<string>()
  const configurations = readdirSync(folder).filter((name) => configuration.test(name))
  if (configurations.length > 0) {
    const repository = new Repository(folder)
    for (const name of configurations)
      for (const variable of variablesRead(repository, join(folder, name))) read.add(variable)
  }
  for (const variable of prismaVariables(folder)) read.add(variable)
  const urls = [...read].filter((name) => isUrl(name, env[name]))
  return [...new Set([...usual, ...urls])].filter((name) => !isShadow(name)).sort()
}

/** A tool empties its shadow database; a tenant's must never be taken for it. */
const isShadow = (name: string): boolean => name.toUpperCase().includes('SHADOW')

function isUrl(name: string, value: string | undefined): boolean {
  if (value !== undefined && /^postgres(?:ql)?:\/\//.test(value)) return true
  return /(?:^|_)(?:URL|URI|DSN|CONNECTION_STRING)(?:_|$)/i.test(name) && !/^https?:/.test(value ?? '')
}

/** The variables of `datasource` blocks: the language is made of lines (`url = env("DATABASE_URL")`). */
function prismaVariables(folder: string): string[] {
  const places = ['prisma/schema.prisma', 'schema.prisma', 'prisma/schema']
  const files = places
    .map((place) => join(folder, place))
    .filter((path) => existsSync(path))
    .flatMap((path) =>
      statSync(path).isDirectory()
        ? readdirSync(path)
            .filter((name) => name.endsWith('.prisma'))
            .map((name) => join(path, name))
        : [path],
    )
  return files.flatMap((file) => {
    let inside = false
    return readFileSync(file, 'utf8')
      .split(/\r?\n/)
      .flatMap((line) => {
        const code = line.trim()
        if (code.startsWith('datasource ')) inside = true
        else if (code.startsWith('}')) inside = false
        const name = inside && !code.startsWith('//') ? /=\s*env\("(\w+)"\)/.exec(code)?.[1] : undefined
        return name === undefined ? [] : [name]
      })
  })
}
