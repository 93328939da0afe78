import { createHash } from 'node:crypto'
import { realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fixesOf } from '../cli/fixes.ts'
import { findRules, openProject, type Project } from '../cli/project.ts'
import { lint } from '../lint/lint.ts'
import type { Finding, LintResult } from '../lint/result.ts'
import { migrate } from '../migrate/migrate.ts'
import { Repository } from '../repo/repository.ts'
import type { Fix } from '../report/options.ts'
import { sqlFacts } from '../sql/index.ts'
import { trace } from '../trace/trace.ts'

/** A question about one file of a code base. */
export interface Question {
  readonly file: string
  /** What the file holds now: an editor may not have saved it. Without byte order mark. */
  readonly text: string
  /** The rules file; by default the nearest one above the file. */
  readonly rules?: string
}

/** What a finding says, for a program that shows it beside the code. */
export interface Complaint extends Pick<Finding, 'rule' | 'severity' | 'message'> {
  /** Lines and columns from 1. */
  readonly start: { readonly line: number; readonly column: number }
  readonly end: { readonly line: number; readonly column: number }
  /** Lines that would be replaced; only where nothing but this file changes. */
  readonly fix?: Fix
}

/** The code base around a file, as it was when somebody last looked. */
interface State {
  readonly project: Project
  readonly result: LintResult
  /** Of every file of the code base when it was read. */
  readonly stamp: string
  fixes?: Promise<(finding: Finding) => Fix | undefined>
}

/** How long a code base is believed to be unchanged, in milliseconds. */
const believed = 1_000

/** Answers questions about files, with the whole program in view; what was found out is kept from one to the next. */
export class Session {
  readonly #states = new Map<string, { state: State; looked: number }>()

  /** @throws RulesError, UsageError */
  async complaints({ file, text, rules }: Question): Promise<Complaint[]> {
    const path = realpathSync(file)
    const base = await this.#stateOf(path, rules)
    if (!base.project.repository.has(path)) return []
    const state =
      withoutMark(base.project.repository.text(path)) === text ? base : await edited(base, path, text)
    const name = state.project.repository.relative(path)
    const own = state.result.findings.filter((finding) => finding.file === name)
    const fixable = own.some((finding) => finding.fixable || finding.edit)
    state.fixes ??= fixable ? fixesOf(state.project) : undefined
    const fixOf = await state.fixes
    return own.map((finding) => {
      const fix = fixOf?.(finding)
      return {
        rule: finding.rule,
        severity: finding.severity,
        message: finding.message,
        start: finding.range.start,
        end: finding.range.end,
        ...(fix?.files.length === 1 && fix.files[0]!.file === name ? { fix } : {}),
      }
    })
  }

  async #stateOf(file: string, given: string | undefined): Promise<State> {
    const rules = given ?? findRules(dirname(file))
    const known = rules === undefined ? undefined : this.#states.get(rules)
    if (known) {
      if (performance.now() - known.looked < believed) return known.state
      if (stampOf(known.state.project) === known.state.stamp) {
        known.looked = performance.now()
        return known.state
      }
    }
    const opened = await openProject(given === undefined ? file : undefined, given)
    const project = { ...opened, inScope: () => true }
    const state = await look(project, stampOf(project))
    this.#states.set(rules ?? project.rules.file, { state, looked: performance.now() })
    return state
  }
}

async function look(project: Project, stamp: string): Promise<State> {
  const { repository, rules, classifier, dialects } = project
  const sql = await sqlFacts(repository, rules)
  const result = lint(trace(repository, rules, { dialects }), rules, classifier, {
    startedAt: 0,
    ...(sql ? { sql } : {}),
  })
  return { project, result, stamp }
}

/** The same code base with another text in the place of one file. */
async function edited({ project, stamp }: State, file: string, text: string): Promise<State> {
  const repository = new Repository(project.root, {
    before: project.repository,
    overlay: new Map([[file, text]]),
  })
  return look({ ...project, repository }, stamp)
}

/** Changes when a file of the code base, or its rules, do. */
function stampOf({ repository, rules }: Project): string {
  const hash = createHash('sha1')
  for (const file of [rules.file, ...repository.files.map((path) => repository.absolute(path))]) {
    const { mtimeMs, size } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 }
    hash.update(`${file} ${mtimeMs} ${size}\n`)
  }
  return hash.digest('hex')
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** What `migrate` would write in the whole code base around a folder, by absolute path. */
export async function migrated(directory: string, rules: string | undefined): Promise<Map<string, string>> {
  const project = await openProject(directory, rules)
  const { changes } = await migrate(project.repository, project.rules, project.classifier, {
    startedAt: 0,
    verify: false,
    dialects: project.dialects,
  })
  return new Map([...changes].map(([file, { after }]) => [file, after]))
}
