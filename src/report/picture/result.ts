import type { Picture } from '../../lint/picture.ts'
import type { LintResult } from '../../lint/result.ts'
import type { MigrateResult } from '../../migrate/result.ts'

/** What `tenantize report` has to show. */
export interface ReportResult {
  readonly version: 1
  readonly command: 'report'
  /** What the code base is called: the name of its folder. */
  readonly name: string
  readonly summary: ReportSummary
  readonly picture: Picture
  readonly lint: Pick<LintResult, 'summary' | 'findings' | 'silenced'>
  readonly migration: Pick<MigrateResult, 'summary' | 'files'>
}

export interface ReportSummary {
  readonly accesses: number
  readonly right: number
  readonly wrong: number
  readonly unresolved: number
  readonly undecided: number
  /** Of nobody's rule. */
  readonly free: number
}

/** Puts together what `lint` and `migrate` found. */
export function reportResult(
  name: string,
  picture: Picture,
  { summary, findings, silenced }: LintResult,
  migration: MigrateResult,
): ReportResult {
  const count = (state: string) => picture.accesses.filter((access) => access.state === state).length
  return {
    version: 1,
    command: 'report',
    name,
    summary: {
      accesses: picture.accesses.length,
      right: count('right'),
      wrong: count('wrong'),
      unresolved: count('unresolved'),
      undecided: count('undecided'),
      free: count('free'),
    },
    picture,
    lint: { summary, findings, silenced },
    migration: { summary: migration.summary, files: migration.files },
  }
}
