import { ConfigurationError } from '../errors.ts'

/** Databases of the server itself, which are nobody's. */
const reserved = new Set(['postgres', 'template0', 'template1'])

/** @returns what is wrong with the name of a tenant's database; undefined when nothing is */
export function databaseNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_-]{0,62}$/.test(name))
    return 'the name of its database must be 1 to 63 letters, digits, _ or -, and begin with a letter or _'
  return reserved.has(name) ? `its database is "${name}", which belongs to the server` : undefined
}

/**
 * The URL of a database on a server, such as `POSTGRES_BASE_URL` and the `dbName` of a company give it. Credentials and
 * parameters of the server's URL stay.
 * @param baseUrl `postgres://user:password@host:5432`, without a database
 * @throws ConfigurationError; the message holds nothing of the URL
 */
export function databaseUrl(baseUrl: string, name: string, variable = 'POSTGRES_BASE_URL'): string {
  const problem = databaseNameProblem(name)
  if (problem !== undefined) throw new ConfigurationError(problem)
  const url = parsePostgresUrl(baseUrl, variable)
  if (url.pathname !== '' && url.pathname !== '/')
    throw new ConfigurationError(`${variable} must not name a database: it is the server's URL`)
  url.pathname = `/${name}`
  return url.href
}

/** @throws ConfigurationError; the URL class would put the text, with its password, into its error */
export function parsePostgresUrl(text: string, variable: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'postgres:' && url?.protocol !== 'postgresql:')
    throw new ConfigurationError(`${variable} is not a URL that begins with postgres:// or postgresql://`)
  return url
}
