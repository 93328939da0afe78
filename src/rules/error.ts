import type { RulesProblem } from './model.ts'

/** The rules file can't be used. Carries every mistake in it; the message lists them, one a line. */
export class RulesError extends Error {
  readonly problems: readonly RulesProblem[]

  constructor(problems: readonly RulesProblem[]) {
    super(problems.map(problemText).join('\n'))
    this.name = 'RulesError'
    this.problems = problems
  }
}

/**
 * A problem as one line: `file:line:column message; did you mean "x"?`. A problem of the file as a whole (it is
 * missing, or a folder) has line 0 and is shown without a position.
 */
export function problemText(problem: RulesProblem): string {
  const place = problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : `${problem.file}:`
  const meant = problem.suggestion === undefined ? '' : `; did you mean "${problem.suggestion}"?`
  return `${place} ${problem.message}${meant}`
}
