import { driver } from '../driver.ts'
import { sanitize } from '../sanitize.ts'
import { passwordsIn } from './secrets.ts'

/** A connection of an operation: one at a time, ended by whoever opened it. */
export interface Connection {
  query<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: Row[]; readonly rowCount: number | null }>
  end(): Promise<void>
}

export interface ConnectOptions {
  /** Milliseconds for the connection, and for each query. */
  readonly timeout?: number
  readonly queryTimeout?: number
}

/**
 * Connects to a PostgreSQL database.
 * @throws Error of the driver with its `code`, and without credentials
 */
export async function connect(
  url: string,
  { timeout = 10_000, queryTimeout = 60_000 }: ConnectOptions = {},
): Promise<Connection> {
  const { Client } = (await driver('pg', () => import('pg'))).default
  const secrets = passwordsIn(url)
  const clean = (error: unknown) => {
    throw sanitize(error, secrets)
  }
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: timeout,
    query_timeout: queryTimeout,
    application_name: 'tenantize',
  })
  // A connection that is cut between two queries tells of it at the next one.
  client.on('error', () => {})
  await client.connect().catch(clean)
  // One query at a time: the driver's own queue is deprecated.
  let last: Promise<unknown> = Promise.resolve()
  return {
    query: (text, values = []) => {
      const asked = last.then(() => client.query(text, [...values])).catch(clean)
      last = asked.catch(() => {})
      return asked as Promise<never>
    },
    end: () => client.end().catch(() => {}),
  }
}
