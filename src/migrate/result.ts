/** What `migrate` says: the one result behind every format. */

export type SiteStatus = 'rewritten' | 'kept' | 'needs-review'

/** One access (or one client handed on without an access) that the migration had to decide about. */
export interface MigrateSite {
  readonly line: number
  readonly column: number
  readonly table?: string
  /** Database it reaches today. */
  readonly from: string
  /** Database it belongs to. */
  readonly to: string
  /** Name of the rewrite, such as `swap-client` or `split-client`; `none` when nothing is written. */
  readonly rewrite: string
  readonly status: SiteStatus
  readonly reason?: string
}

export type FileStatus =
  | 'updated'
  | 'skipped-app'
  | 'already-updated'
  | 'needs-review'
  | 'unchanged'
  | 'error'

export interface MigrateFile {
  /** Relative to the root of the code base, with `/`. */
  readonly file: string
  /** True for a file that a route rule claims and that is an entry point. */
  readonly route: boolean
  readonly status: FileStatus
  readonly sites: readonly MigrateSite[]
  /** Unified diff, empty when nothing changes. */
  readonly diff: string
  /** Why the status is `error`. */
  readonly reason?: string
}

export interface MigrateSummary {
  readonly routes: number
  readonly updated: number
  readonly skippedApp: number
  readonly alreadyUpdated: number
  /** Sites left for a person. */
  readonly needsReview: number
  readonly errors: number
  readonly sites: number
  /** Files outside the routes that were rewritten. */
  readonly updatedOther: number
  readonly durationMs: number
  /** Whether the type check ran: `skipped` when not asked for or switched off. */
  readonly verified: boolean
}

export interface MigrateResult {
  readonly version: 1
  readonly command: 'migrate'
  readonly summary: MigrateSummary
  /** Sorted by path; files without a site and without a route rule are left out. */
  readonly files: readonly MigrateFile[]
  /** True when the files on disk were changed. */
  readonly written: boolean
}
