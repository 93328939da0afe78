import type { LintResult } from '../lint/result.ts'
import type { MigrateOptions } from '../migrate/migrate.ts'
import { compileGlobs } from '../rules/glob.ts'
import { ruleNames } from '../rules/model.ts'
import { nearest } from '../rules/nearest.ts'
import { UsageError } from './usage-error.ts'

/** What `--only` restricts a migration to. */
export interface Choice {
  readonly effect?: MigrateOptions['effect']
  /** Whether a file fits the globs; undefined without one. */
  readonly file?: (file: string) => boolean
  /** Rules whose findings are to go. */
  readonly rules: readonly string[]
}

/** Rules whose findings a rewrite removes. */
const rewritten = ['wrong-database', 'route-database', 'missing-await']

/**
 * `--only reads`, `--only writes`, a rule's name, or a glob over files; each may be there.
 * @throws UsageError for a rule that nothing is rewritten for
 */
export function choiceOf(only: readonly string[]): Choice {
  const globs: string[] = []
  const rules: string[] = []
  let effect: Choice['effect']
  for (const word of only) {
    if (word === 'reads' || word === 'writes') {
      const asked = word === 'reads' ? 'read' : 'write'
      if (effect && effect !== asked)
        throw new UsageError('--only reads and --only writes exclude each other')
      effect = asked
    } else if (ruleNames.includes(word as never)) {
      if (!rewritten.includes(word))
        throw new UsageError(`migrate rewrites nothing for ${word} (it does for ${rewritten.join(', ')})`)
      rules.push(word)
    } else if (/[*/?.{[(]/.test(word)) globs.push(word)
    else {
      const meant = nearest(word, ['reads', 'writes', ...rewritten])
      throw new UsageError(
        `--only takes reads, writes, a rule or a glob over files, not ${word}${meant ? `; did you mean ${meant}?` : ''}`,
      )
    }
  }
  return { ...(effect ? { effect } : {}), ...(globs.length > 0 ? { file: compileGlobs(globs) } : {}), rules }
}

/** Files with a finding of the rules that were asked for; undefined where none was. */
export function filesOfRules(
  { rules }: Choice,
  findings: () => LintResult['findings'],
): ReadonlySet<string> | undefined {
  if (rules.length === 0) return undefined
  return new Set(findings().flatMap(({ rule, file }) => (rules.includes(rule) ? [file] : [])))
}
