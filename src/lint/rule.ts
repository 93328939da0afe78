import type { Dialect } from '../dialects/dialect.ts'
import type { Range } from '../repo/text.ts'
import type { Classifier } from '../rules/classify.ts'
import type { RuleName, Rules } from '../rules/model.ts'
import type { AccessFact, Evidence, Facts } from '../trace/facts.ts'
import type { Edit } from './result.ts'
import type { SqlInput } from './sql.ts'
import type { Verdict } from './verdict.ts'

/** Everything a rule may read. */
export interface LintInput {
  readonly facts: Facts
  readonly rules: Rules
  readonly classifier: Classifier
  readonly verdicts: ReadonlyMap<AccessFact, readonly Verdict[]>
  /** Whether the migration can most likely give an access the right client by itself. */
  isFixable(access: AccessFact): boolean
  /** The chain from an access back to its clients. */
  evidence(access: AccessFact): readonly Evidence[]
  isRoute(file: string): boolean
  readonly dialects: readonly Dialect[]
  /** Undefined when the rules give no SQL to any database. */
  readonly sql?: SqlInput
}

/** What a rule found, before severities, suppressions and fingerprints. */
export interface Offense {
  readonly message: string
  readonly file: string
  readonly range: Range
  readonly table?: string
  readonly operation?: string
  readonly database?: { readonly actual: string; readonly expected: string }
  readonly evidence?: readonly Evidence[]
  readonly fixable?: boolean
  /** What would repair it without `migrate`. */
  readonly edit?: Edit
  /** Never worse than this, whatever the rule's severity. */
  readonly atMost?: 'warning'
  /** What makes the finding the same one after an edit elsewhere. */
  readonly identity: string
}

/** A lint rule: facts in, offenses out. It never looks at a syntax tree. */
export interface LintRule {
  readonly name: RuleName
  check(input: LintInput): Offense[]
}

/** The place a finding about an access points at: the table's name, or the call. */
export function pointAt(access: AccessFact): Range {
  return access.nameRange ?? access.range
}

/** How an access is called in messages: table `x`, bucket `x`, function `x()`, sign-in. */
export function describe(access: AccessFact, name: string | undefined): string {
  switch (access.kind) {
    case 'table':
      return name === undefined ? 'a table' : `table \`${name}\``
    case 'bucket':
      return `bucket \`${name ?? '?'}\``
    case 'function':
      return `function \`${name ?? '?'}()\``
    case 'auth':
      return `sign-in (\`auth.${access.operation}\`)`
  }
}
