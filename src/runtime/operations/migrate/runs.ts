import { createHash } from 'node:crypto'
import { redact } from '../../sanitize.ts'
import type { Connection } from '../connection.ts'

/** Where a tenant stands in a run. */
export type TenantState = 'pending' | 'running' | 'done' | 'failed'

export interface Run {
  readonly id: string
  /** The tenants that earlier sessions of this run have done. */
  readonly done: ReadonlySet<string>
  /** Whether this run was begun by an earlier session. */
  readonly resumed: boolean
}

/** A run is the same one as long as the command and the migrations are. */
export interface RunKey {
  readonly command: readonly string[]
  readonly expected: readonly string[] | undefined
}

const schema = `
  CREATE TABLE IF NOT EXISTS tenantize_runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fingerprint text NOT NULL,
    command text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
  );
  CREATE TABLE IF NOT EXISTS tenantize_run_tenants (
    run_id bigint NOT NULL REFERENCES tenantize_runs (id) ON DELETE CASCADE,
    tenant_id text NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'running', 'done', 'failed')),
    attempts int NOT NULL DEFAULT 0,
    version_before text,
    version_after text,
    problem text,
    started_at timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (run_id, tenant_id)
  );`

/** Any number, as long as all sessions take the same one. */
const SCHEMA_LOCK = 7_361_001
const TENANT_LOCK = 7_361_002

/**
 * The ledger of migrations over all tenants, in the application database. It holds ids, states and versions; commands
 * and problems are written without secrets.
 */
export class Runs {
  constructor(private readonly application: Connection) {}

  /** Takes up the latest run of the same key that is not finished, or begins one. Adds tenants it doesn't have yet. */
  async open(key: RunKey, tenantIds: readonly string[], anew: boolean): Promise<Run> {
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([key.command, key.expected ?? null]))
      .digest('hex')
    return this.#transaction(async () => {
      // Two sessions that begin at the same time shall find the same run.
      await this.application.query('SELECT pg_advisory_xact_lock($1)', [SCHEMA_LOCK])
      await this.application.query(schema)
      const found = anew ? undefined : await this.#unfinished(fingerprint)
      const id = found ?? (await this.#begin(fingerprint, redact(key.command.join(' '))))
      await this.application.query(
        `INSERT INTO tenantize_run_tenants (run_id, tenant_id) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`,
        [id, tenantIds],
      )
      const { rows } = await this.application.query<{ tenant_id: string }>(
        `SELECT tenant_id FROM tenantize_run_tenants WHERE run_id = $1 AND state = 'done'`,
        [id],
      )
      return { id, done: new Set(rows.map((row) => row.tenant_id)), resumed: found !== undefined }
    })
  }

  /**
   * Claims a tenant for this session, against every other session of any run. The claim ends with the session, so what
   * a session that died has left as `running` can be taken up.
   */
  async claim(tenantId: string): Promise<boolean> {
    const { rows } = await this.application.query(
      'SELECT pg_try_advisory_lock(hashtextextended($1, $2)) AS claimed',
      [tenantId, TENANT_LOCK],
    )
    return rows[0]?.claimed === true
  }

  async release(tenantId: string): Promise<void> {
    await this.application.query('SELECT pg_advisory_unlock(hashtextextended($1, $2))', [
      tenantId,
      TENANT_LOCK,
    ])
  }

  /** @returns the state that another session may have written since the run was opened */
  async stateOf(run: Run, tenantId: string): Promise<TenantState | undefined> {
    const { rows } = await this.application.query<{ state: TenantState }>(
      'SELECT state FROM tenantize_run_tenants WHERE run_id = $1 AND tenant_id = $2',
      [run.id, tenantId],
    )
    return rows[0]?.state
  }

  async started(run: Run, tenantId: string): Promise<void> {
    await this.application.query(
      `UPDATE tenantize_run_tenants SET state = 'running', attempts = attempts + 1, started_at = now(),
         finished_at = NULL, problem = NULL WHERE run_id = $1 AND tenant_id = $2`,
      [run.id, tenantId],
    )
  }

  async ended(
    run: Run,
    tenantId: string,
    outcome: {
      readonly state: 'done' | 'failed'
      readonly before?: string | undefined
      readonly after?: string | undefined
      readonly problem?: string | undefined
    },
  ): Promise<void> {
    const { state, before, after, problem } = outcome
    await this.application.query(
      `UPDATE tenantize_run_tenants SET state = $3, version_before = $4, version_after = $5, problem = $6,
         finished_at = now() WHERE run_id = $1 AND tenant_id = $2`,
      [run.id, tenantId, state, before ?? null, after ?? null, problem ?? null],
    )
  }

  /** Marks the run as finished if every tenant of it is done. */
  async finish(run: Run): Promise<void> {
    await this.application.query(
      `UPDATE tenantize_runs SET finished_at = now() WHERE id = $1 AND NOT EXISTS
         (SELECT FROM tenantize_run_tenants WHERE run_id = $1 AND state <> 'done')`,
      [run.id],
    )
  }

  async #unfinished(fingerprint: string): Promise<string | undefined> {
    const { rows } = await this.application.query<{ id: string }>(
      `SELECT id FROM tenantize_runs WHERE fingerprint = $1 AND finished_at IS NULL ORDER BY id DESC LIMIT 1`,
      [fingerprint],
    )
    return rows[0]?.id
  }

  async #begin(fingerprint: string, command: string): Promise<string> {
    const { rows } = await this.application.query<{ id: string }>(
      'INSERT INTO tenantize_runs (fingerprint, command) VALUES ($1, $2) RETURNING id',
      [fingerprint, command],
    )
    return rows[0]!.id
  }

  async #transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.application.query('BEGIN')
    try {
      const result = await work()
      await this.application.query('COMMIT')
      return result
    } catch (error) {
      await this.application.query('ROLLBACK').catch(() => {})
      throw error
    }
  }
}
