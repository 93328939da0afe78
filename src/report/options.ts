import type { Changes } from '../lint/compare.ts'
import type { Finding, LintResult } from '../lint/result.ts'
import type { Replacement } from '../migrate/replaced.ts'
import type { MigrateResult } from '../migrate/result.ts'

export type Result = LintResult | MigrateResult

/** What a report may depend on besides the result. */
export interface ReportOptions {
  readonly color: boolean
  /** Columns of the terminal, for lines of source that have to be cut. */
  readonly width: number
  /** The text of a file, named as in the result; undefined when there is none to show. */
  readonly readSource: (file: string) => string | undefined
  /** Leave out source lines, evidence, diffs and advice. */
  readonly quiet: boolean
  /** The path of a file from the top of its git repository, with `/`: what a forge knows it by. */
  readonly repoPath: (file: string) => string
  /** What would repair a finding; made only for formats that can carry it. */
  readonly fixOf?: (finding: Finding) => Fix | undefined
  /** What changed since another state of the code, when that is known. */
  readonly changes?: Changes
  /** Of tenantize, for reports that are read elsewhere. */
  readonly version: string
}

/** A repair: all of its files or none. */
export interface Fix {
  readonly description: string
  readonly files: readonly {
    readonly file: string
    readonly replacements: readonly Replacement[]
  }[]
}

/** Turns a result into text that ends with a newline, or into nothing. */
export type Reporter = (result: Result, options: ReportOptions) => string
