import type { TenantStatus } from '../../types.ts'

/** What can be wrong with a tenant's database. */
export type ProblemKind =
  | 'credential'
  | 'unreachable'
  | 'wrong-tenant'
  | 'shared-database'
  | 'behind'
  | 'unfinished-migration'
  | 'foreign-table'

export interface Problem {
  readonly kind: ProblemKind
  /** Holds no secret. */
  readonly message: string
}

export interface TenantCheck {
  readonly tenantId: string
  readonly status: TenantStatus
  /** Milliseconds to connect and to get a first answer. */
  readonly latency?: number
  /** The last migration. */
  readonly version?: string
  /** How many tables it has, when they were looked at. */
  readonly tables?: number
  readonly problems: readonly Problem[]
  /** Why it was not looked at. */
  readonly leftOut?: string
}

/** Rows of a tenant table in the application database. */
export interface LeftBehind {
  readonly table: string
  /** Rows written since the moment that was asked about; undefined when no column says when a row was written. */
  readonly since?: number
  /** When the last of them was written. */
  readonly last?: string
  readonly column?: string
}

export interface CheckResult {
  readonly tenants: readonly TenantCheck[]
  /** Tables of tenants that the application database still has. Only asked with rules. */
  readonly leftBehind?: readonly LeftBehind[]
}
