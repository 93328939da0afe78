import type { Range } from '../repo/text.ts'
import type { RuleName } from '../rules/model.ts'
import type { Evidence } from '../trace/facts.ts'

export interface Finding {
  readonly rule: RuleName
  readonly severity: 'error' | 'warning'
  readonly message: string
  /** Relative to the root of the code base, with `/`. */
  readonly file: string
  readonly range: Range
  readonly table?: string
  readonly operation?: string
  readonly database?: { readonly actual: string; readonly expected: string }
  /** From the access back to where its client is made. */
  readonly evidence: readonly Evidence[]
  /** True when `migrate` would rewrite it, or `lint --fix` would. */
  readonly fixable: boolean
  /** What `lint --fix` writes. */
  readonly edit?: Edit
  /** Of an entry of the baseline: the rule that it speaks of. */
  readonly about?: RuleName
  /** Identifies the finding across edits that don't concern it: see fingerprint.ts. */
  readonly fingerprint: string
}

/** A piece of the finding's file, and what takes its place. */
export interface Edit {
  readonly range: Range
  readonly text: string
}

/** A finding that is not held against the run, and what says so. */
export interface SilencedFinding extends Finding {
  readonly silencedBy: 'comment' | 'baseline'
  /** What the team wrote beside it. */
  readonly reason?: string
}

export interface LintSummary {
  readonly files: number
  readonly analysed: number
  readonly accesses: number
  readonly errors: number
  readonly warnings: number
  readonly suppressed: number
  readonly baselined: number
  readonly durationMs: number
}

export interface LintResult {
  readonly version: 1
  readonly command: 'lint'
  readonly summary: LintSummary
  /** Sorted by file, then offset, then rule. */
  readonly findings: readonly Finding[]
  /** What comments and the baseline take away, in the same order. */
  readonly silenced: readonly SilencedFinding[]
}
