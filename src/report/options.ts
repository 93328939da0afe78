import type { LintResult } from '../lint/result.ts'
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
  /** Of tenantize, for reports that are read elsewhere. */
  readonly version: string
}

/** Turns a result into text that ends with a newline, or into nothing. */
export type Reporter = (result: Result, options: ReportOptions) => string
