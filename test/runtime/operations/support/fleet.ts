/** Many tenants with a database each, and a folder from which an operator works. */

import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { createKeyRing, createKeySet, keyOf } from '../../../../src/runtime/keys/index.ts'
import { binary, folder } from '../../../support/cli.ts'
import type { Database, Databases } from '../../support/postgres.ts'

export const field = 'data_source_url'

/** How the small migration tool was started. */
export interface Start {
  readonly database: string
  readonly argv: readonly string[]
  readonly names: readonly string[]
}

export class Fleet {
  readonly key = randomBytes(32)
  readonly keys = createKeyRing(createKeySet(keyOf(this.key)))
  readonly databases = new Map<string, Database>()
  readonly folder: string

  constructor(
    readonly postgres: Databases,
    /** Added to the configuration. With `marker: undefined`, databases stay empty. */
    readonly config: object = {},
    files: Record<string, string> = {},
  ) {
    this.folder = folder(
      {
        'tenants.config.json': JSON.stringify({
          application: 'APPLICATION_URL',
          directory: { table: 'tenants', columns: { status: 'status' } },
          ledger: { table: 'public.schema_migrations', column: 'name', migrations: 'migrations' },
          marker: { table: 'tenant_marker', column: 'tenant_id' },
          ...config,
        }),
        'migrations/1_notes.sql': 'CREATE TABLE notes (id int PRIMARY KEY)',
        ...files,
      },
      true,
    )
    const here = fileURLToPath(new URL('.', import.meta.url))
    copyFileSync(join(here, 'migrator.mjs'), join(this.folder, 'migrator.mjs'))
    symlinkSync(
      fileURLToPath(new URL('../../../../node_modules', import.meta.url)),
      join(this.folder, 'node_modules'),
    )
  }

  /** Adds tenants with a database and its marker; their URLs are stored encrypted. */
  async add(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const database = await this.postgres.create({ name: id })
      if (!('marker' in this.config))
        await this.postgres.query(
          `CREATE TABLE tenant_marker (tenant_id text); INSERT INTO tenant_marker VALUES ('${id}')`,
          database.url,
        )
      this.databases.set(id, database)
      await this.list(id, database.url)
    }
  }

  /** Writes a tenant's URL into the directory. */
  async list(id: string, url: string, status = 'active'): Promise<void> {
    const encrypted = await this.keys.encrypt(url, { tenantId: id, field })
    await this.postgres.query(
      `INSERT INTO tenants (id, status, data_source_url) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET status = $2, data_source_url = $3`,
      this.postgres.application.url,
      [id, status, encrypted],
    )
  }

  /** Runs `tenantize tenants` in the folder, as an operator does. */
  async run(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
    return this.start(args, env).ended
  }

  /** Starts it without waiting for its end. */
  start(
    args: readonly string[],
    env: Record<string, string> = {},
  ): { readonly child: ChildProcess; readonly ended: Promise<Outcome> } {
    const child = spawn(process.execPath, [binary, 'tenants', ...args], {
      cwd: this.folder,
      env: {
        PATH: process.env.PATH ?? '',
        APPLICATION_URL: this.postgres.application.url,
        ENCRYPTION_KEY: this.key.toString('hex'),
        ...env,
      },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
    const ended = new Promise<Outcome>((resolve) =>
      child.once('close', (status) => resolve({ status, stdout, stderr })),
    )
    return { child, ended }
  }

  /** The same with JSON, parsed. */
  async json(
    args: readonly string[],
    env?: Record<string, string>,
  ): Promise<Outcome & { readonly result: Result }> {
    const at = args.indexOf('--')
    const outcome = await this.run(
      at === -1 ? [...args, '--json'] : [...args.slice(0, at), '--json', ...args.slice(at)],
      env,
    )
    return { ...outcome, result: outcome.stdout === '' ? undefined : JSON.parse(outcome.stdout) }
  }

  /** Every start of the small migration tool, so far. */
  starts(): Start[] {
    const file = join(this.folder, 'starts.log')
    if (!existsSync(file)) return []
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }

  /** Everything that must be seen nowhere. */
  secrets(): string[] {
    const passwords = [...this.databases.values(), this.postgres.application].map(({ password }) => password)
    return [...passwords, this.key.toString('hex'), this.key.toString('base64')]
  }

  /** All that the ledger of runs holds, as text. */
  async ledger(): Promise<string> {
    const client = new pg.Client({ connectionString: this.postgres.application.url })
    await client.connect()
    const { rows } = await client.query(
      'SELECT to_jsonb(r) AS run, to_jsonb(t) AS tenant FROM tenantize_runs r JOIN tenantize_run_tenants t ON t.run_id = r.id ORDER BY run_id, tenant_id',
    )
    await client.end()
    return JSON.stringify(rows)
  }
}

export interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

// biome-ignore lint/suspicious/noExplicitAny: what a test asks of it, it holds against what it expects
type Result = any
