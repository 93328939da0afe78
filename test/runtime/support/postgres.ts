/** Real databases for a test file. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { applicationSchema, tenantSchema } from './schema.ts'
import { PostgresServer } from './server.ts'

export interface Database {
  readonly name: string
  /** With a user of its own who may connect to this database only. */
  readonly url: string
  readonly user: string
  readonly password: string
}

/** The databases of one test file. They are there from `beforeAll` on. */
export interface Databases {
  /** As superuser, to the database `postgres`. */
  readonly admin: string
  readonly application: Database
  readonly tenantA: Database
  readonly tenantB: Database
  /** The server's address without a database, with the superuser's credentials. */
  readonly baseUrl: string
  /** Makes one more database, with a tenant's tables and rows that name their owner, or empty. */
  create(options?: { readonly name?: string; readonly owner?: string }): Promise<Database>
  /** Runs SQL in a database, by default as superuser in `postgres`. */
  query(sql: string, url?: string, values?: readonly unknown[]): Promise<pg.QueryResult>
  /** How many connections are open to a database. */
  connections(database: Database): Promise<number>
  /** Cuts the connections to a database, as an administrator would. */
  disconnect(database: Database): Promise<void>
}

/**
 * Gives the file three databases of its own on the shared server: an application database, and two tenants whose
 * tables hold other rows under the same primary keys. Call it at the top of a file or `describe`.
 */
export function usePostgres(): Databases {
  let databases: TestDatabases | undefined
  beforeAll(async () => {
    const response = await fetch(inject('postgresBroker'))
    if (!response.ok) throw new Error(await response.text())
    const { port, password } = (await response.json()) as { port: number; password: string }
    databases = await TestDatabases.create(port, password)
  })
  afterAll(async () => {
    await databases?.drop()
  })
  return new Proxy({} as Databases, {
    get: (_, name) => {
      if (databases === undefined) throw new Error('The databases are there from beforeAll on')
      const value = Reflect.get(databases, name)
      return typeof value === 'function' ? value.bind(databases) : value
    },
  })
}

/** A server of its own, with the same databases, for a test that stops it. */
export async function startPostgres(): Promise<{ server: PostgresServer; databases: Databases }> {
  const server = await PostgresServer.create()
  return { server, databases: await TestDatabases.create(server.port, server.password) }
}

class TestDatabases implements Databases {
  readonly #made: Database[] = []
  readonly #kept = new Map<string, pg.Pool>()
  readonly #run = `t${randomBytes(4).toString('hex')}`
  application!: Database
  tenantA!: Database
  tenantB!: Database

  private constructor(
    private readonly port: number,
    private readonly password: string,
  ) {}

  static async create(port: number, password: string): Promise<TestDatabases> {
    const databases = new TestDatabases(port, password)
    databases.application = await databases.create({ name: 'application' })
    await databases.query(applicationSchema, databases.application.url)
    databases.tenantA = await databases.create({ name: 'tenant_a', owner: 'A' })
    databases.tenantB = await databases.create({ name: 'tenant_b', owner: 'B' })
    return databases
  }

  get admin(): string {
    return `${this.baseUrl}/postgres`
  }

  get baseUrl(): string {
    return `postgres://postgres:${this.password}@127.0.0.1:${this.port}`
  }

  async create({ name = `more_${this.#made.length}`, owner }: { name?: string; owner?: string } = {}) {
    const database = `${this.#run}_${name}`
    const password = randomBytes(12).toString('hex')
    const url = `postgres://${database}:${password}@127.0.0.1:${this.port}/${database}`
    await this.query(`CREATE ROLE ${database} LOGIN PASSWORD '${password}'`)
    await this.query(`CREATE DATABASE ${database} OWNER ${database}`)
    await this.query(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`)
    const made = { name: database, url, user: database, password }
    this.#made.push(made)
    if (owner !== undefined) await this.query(tenantSchema(owner), url)
    return made
  }

  async query(sql: string, url = this.admin, values: readonly unknown[] = []): Promise<pg.QueryResult> {
    const kept = url === this.admin || url === this.application?.url
    const pool = kept ? this.#keep(url) : own(url)
    try {
      return values.length === 0 ? await pool.query(sql) : await pool.query(sql, [...values])
    } finally {
      if (!kept) await pool.end()
    }
  }

  /** A pool of `pg` says that it has ended before its connections have; one that is cut then is an error of nobody. */
  async #quiet(): Promise<void> {
    const names = this.#made.map(({ name }) => name)
    const count = `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = ANY($1) AND application_name <> $2`
    for (let left = 200; left > 0; left--) {
      const { rows } = await this.query(count, this.admin, [names, ownName])
      if (rows[0].count === 0) return
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  /** The connection that most questions go over. */
  #keep(url: string): pg.Pool {
    const pool = this.#kept.get(url) ?? own(url)
    this.#kept.set(url, pool)
    return pool
  }

  async connections({ name }: Database): Promise<number> {
    const count = `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = $1 AND application_name <> $2`
    const { rows } = await this.query(count, this.admin, [name, ownName])
    return rows[0].count
  }

  async disconnect({ name }: Database): Promise<void> {
    const end = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1'
    await this.query(end, this.admin, [name])
  }

  async drop(): Promise<void> {
    await this.#quiet()
    for (const { name } of this.#made.splice(0)) {
      await this.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      await this.query(`DROP ROLE IF EXISTS ${name}`)
    }
    for (const pool of this.#kept.values()) await pool.end()
  }
}

/** The connections of the tests themselves, which are not counted. */
const ownName = 'tests'

/** One connection, which is made again when a test stops its server. */
function own(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, application_name: ownName, max: 1, idleTimeoutMillis: 0 })
  pool.on('error', () => {})
  return pool
}
