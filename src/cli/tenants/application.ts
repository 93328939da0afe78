import { type Connection, connect } from '../../runtime/operations/connection.ts'
import { UsageError } from '../usage-error.ts'

/** The application's own PostgreSQL database, as far as an operation needs it. */
export interface Application extends Connection {
  readonly url: string
}

/**
 * @param name the environment variable that holds its URL
 * @throws UsageError when it is not set, is no URL, or the database does not answer; without credentials
 */
export async function openApplication(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Application> {
  const url = env[name]
  if (!url) throw new UsageError(`${name} is not set; it holds the URL of the application database`)
  if (!URL.canParse(url) || !/^postgres(?:ql)?:$/.test(new URL(url).protocol))
    throw new UsageError(`${name} is not a URL that begins with postgres:// or postgresql://`)
  const { query, end } = await connect(url).catch((error: Error) => {
    throw new UsageError(`the application database (${name}) does not answer: ${error.message}`)
  })
  return {
    url,
    end,
    // The driver says what is wrong, but not of which database.
    query: (text, values) =>
      query<never>(text, values).catch((error: Error & { code?: string }) => {
        const named = new UsageError(`the application database (${name}): ${error.message}`)
        throw Object.assign(named, { code: error.code })
      }),
  }
}
