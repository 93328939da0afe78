/**
 * What became of a tenant: migrated now; current before anything was run; done by an earlier session of the run;
 * failed; not begun, because the run was stopped; left out, because it has no database that could be migrated.
 * `planned`: a dry run would have migrated it.
 */
export type Outcome = 'done' | 'current' | 'done-before' | 'failed' | 'not-begun' | 'left-out' | 'planned'

export interface TenantOutcome {
  readonly tenantId: string
  readonly outcome: Outcome
  /** Why it failed or was left out. Holds no secret. */
  readonly problem?: string
  /** The last migration before and after. */
  readonly before?: string
  readonly after?: string
  /** The end of what the command printed, when it failed. Holds no secret. */
  readonly output?: string
  /** Milliseconds. */
  readonly duration?: number
}

export interface FanOutResult {
  /** The run in the application database; none for a dry run. */
  readonly run?: string
  readonly resumed: boolean
  /** Why no further tenant was begun. */
  readonly stopped?: string
  /** In the order of the directory. */
  readonly tenants: readonly TenantOutcome[]
}

/** How many tenants have each outcome. */
export function countOutcomes(tenants: readonly TenantOutcome[]): Record<Outcome, number> {
  const counts: Record<Outcome, number> = {
    done: 0,
    current: 0,
    'done-before': 0,
    failed: 0,
    'not-begun': 0,
    'left-out': 0,
    planned: 0,
  }
  for (const { outcome } of tenants) counts[outcome]++
  return counts
}
