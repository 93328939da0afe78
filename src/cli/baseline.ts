import { existsSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { applyBaseline, updated } from '../lint/baseline/apply.ts'
import { type BaselineEntry, baselineName, baselineText, parseBaseline } from '../lint/baseline/file.ts'
import { matchBaseline } from '../lint/baseline/match.ts'
import type { Finding, LintResult } from '../lint/result.ts'
import { writeText } from './files.ts'
import type { Terminal } from './output.ts'
import type { Project } from './project.ts'
import { UsageError } from './usage-error.ts'

export interface BaselineOptions {
  /** The file that was named; false for `--no-baseline`. */
  readonly baseline?: string | false
  readonly updateBaseline?: boolean
  /** The reason for letting new findings in. */
  readonly allowAdditions?: string
  readonly prune?: boolean
  readonly quiet: boolean
}

/** @throws UsageError for options that contradict each other, before any work is done */
export function checkBaselineOptions({
  baseline,
  updateBaseline,
  allowAdditions,
  prune,
}: BaselineOptions): void {
  if (baseline === false && (updateBaseline || prune))
    throw new UsageError('--no-baseline leaves nothing to update or prune')
  if (updateBaseline && prune) throw new UsageError('--update-baseline prunes already; leave --prune out')
  if (allowAdditions !== undefined && !updateBaseline)
    throw new UsageError('--allow-additions belongs to --update-baseline')
  if (allowAdditions?.trim() === '') throw new UsageError('--allow-additions needs a reason')
}

/**
 * Holds a result against the baseline of the code base, and writes the baseline anew when that was asked for.
 * @throws UsageError, RulesError
 */
export function withBaseline(
  project: Project,
  result: LintResult,
  options: BaselineOptions,
  terminal: Terminal,
): LintResult {
  if (options.baseline === false) return result
  const path = options.baseline === undefined ? join(project.root, baselineName) : resolve(options.baseline)
  const there = existsSync(path)
  if (!there && !options.updateBaseline) {
    if (options.baseline === undefined && !options.prune) return result
    throw new UsageError(`${shown(path)}: there is no such baseline; --update-baseline makes one`)
  }
  const entries = there ? parseBaseline(readFileSync(path, 'utf8'), shown(path)) : []
  const broken = new Set(result.findings.flatMap(({ rule, file }) => (rule === 'parse-error' ? [file] : [])))
  const match = (list: readonly BaselineEntry[]) => {
    const found = matchBaseline(
      list,
      result.findings,
      (file) => existsSync(join(project.root, file)),
      project.rules.strict,
    )
    // What lies outside of what was asked for, or can't be parsed just now, has not been looked at.
    return { ...found, stale: found.stale.filter(({ file }) => project.inScope(file) && !broken.has(file)) }
  }
  const name = relative(project.root, path).split(sep).join('/')
  if (!options.updateBaseline && !options.prune)
    return applyBaseline(result, match(entries), project.rules, name)
  const matched = match(entries)
  const fresh = options.updateBaseline
    ? result.findings.filter(
        (finding) => !matched.entries.has(finding) && !project.rules.strict.has(finding.rule),
      )
    : []
  if (there && fresh.length > 0 && options.allowAdditions === undefined) throw growth(fresh)
  const next = updated(entries, matched, matched.stale, fresh, options.allowAdditions)
  const text = baselineText(next.entries)
  writeText(path, text)
  if (!options.quiet)
    terminal.err(
      `${shown(path)}: ${next.added} added, ${next.removed} removed, ${next.moved} moved; ${next.entries.length} in all\n`,
    )
  return applyBaseline(result, match(parseBaseline(text, shown(path))), project.rules, name)
}

function shown(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near
}

function growth(fresh: readonly Finding[]): UsageError {
  const places = fresh.slice(0, 5).map(({ file, range, rule }) => `  ${file}:${range.start.line} ${rule}\n`)
  const more = fresh.length > 5 ? `  and ${fresh.length - 5} more\n` : ''
  return new UsageError(
    `the baseline would grow by ${fresh.length}, and was left as it is:\n${places.join('')}${more}repair them, or say why they may stay: --allow-additions "<reason>"`,
  )
}
