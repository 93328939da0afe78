import type { Classifier } from '../rules/classify.ts'
import type { Rules } from '../rules/model.ts'
import type { AccessFact, Evidence } from '../trace/facts.ts'
import type { Trace } from '../trace/trace.ts'
import { isRouteFile } from './routes.ts'
import { describe, pointAt } from './rule.ts'
import { judge, type Verdict } from './verdict.ts'

/**
 * How an access stands: `right`, `wrong`, `unresolved` (its client can't be traced or is of no database), `undecided` (no
 * rule knows its table, or its name is only known at run time), `free` (nobody's rule speaks of it).
 */
export type PictureState = 'right' | 'wrong' | 'unresolved' | 'undecided' | 'free'

/** One access, as the picture draws it. */
export interface PictureAccess {
  readonly file: string
  readonly line: number
  readonly column: number
  /** What it touches: a table's name, `bucket x`, `function x()`, `sign-in`. */
  readonly target: string
  readonly kind: AccessFact['kind']
  readonly operation: string
  readonly effect?: AccessFact['effect']
  /** Tables that the same call touches besides. */
  readonly joins: readonly string[]
  /** Databases that it reaches; empty when they are not known. */
  readonly actual: readonly string[]
  /** Databases that it may be in; empty when no rule decides. */
  readonly expected: readonly string[]
  readonly state: PictureState
  /** What decided, or why nothing did. */
  readonly reason: string
  /** From the access back to where its client is made. */
  readonly chain: readonly Evidence[]
}

export interface PictureFile {
  readonly file: string
  /** An entry point that a route rule claims. */
  readonly route: boolean
  /** The database of the route rule. */
  readonly database?: string
  readonly reason?: string
}

/** Where a code base's data goes. */
export interface Picture {
  readonly databases: readonly { readonly name: string; readonly perTenant: boolean }[]
  /** Files with an access, and all routes; sorted. */
  readonly files: readonly PictureFile[]
  /** Sorted by file and place. */
  readonly accesses: readonly PictureAccess[]
}

/** @param trace one that still knows the chains of all accesses */
export function picture(trace: Trace, rules: Rules, classifier: Classifier): Picture {
  const accesses = trace.facts.accesses
    .map((access) => accessOf(access, judge(access, classifier, rules), trace.evidence(access.id)))
    .sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column)
  const { files } = trace.program.repository
  const isRoute = isRouteFile(files, classifier)
  const named = new Set([...accesses.map(({ file }) => file), ...files.filter(isRoute)])
  return {
    databases: rules.databases.map(({ name, perTenant }) => ({ name, perTenant })),
    files: [...named].sort().map((file) => {
      const rule = classifier.route(file)
      return {
        file,
        route: isRoute(file),
        ...(rule ? { database: rule.database, ...(rule.reason ? { reason: rule.reason } : {}) } : {}),
      }
    }),
    accesses,
  }
}

function accessOf(
  access: AccessFact,
  verdicts: readonly Verdict[],
  chain: readonly Evidence[],
): PictureAccess {
  const { line, column } = pointAt(access).start
  const state = stateOf(access, verdicts)
  const deciding = verdicts.find((verdict) => verdict.state === 'wrong') ?? verdicts[0]
  return {
    file: access.file,
    line,
    column,
    target: targetOf(access),
    kind: access.kind,
    operation: access.operation,
    ...(access.effect ? { effect: access.effect } : {}),
    joins: access.embeds.map(({ name }) => name).filter((name) => name !== ''),
    actual: distinct(access.clients.map((client) => client.database)),
    expected: distinct(verdicts.flatMap((verdict) => verdict.expected ?? [])),
    state,
    reason: access.unresolved?.message ?? access.dynamic ?? deciding?.reason ?? '',
    chain,
  }
}

function targetOf(access: AccessFact): string {
  if (access.kind === 'table') return access.names.join(' or ') || '(named at run time)'
  return describe(access, access.names[0]).replaceAll('`', '')
}

function stateOf(access: AccessFact, verdicts: readonly Verdict[]): PictureState {
  const states = new Set(verdicts.map(({ state }) => state))
  if (states.has('wrong')) return 'wrong'
  if (access.unresolved || states.has('no-database')) return 'unresolved'
  if (states.has('dynamic') || states.has('undecided')) return 'undecided'
  return states.has('not-judged') ? 'free' : 'right'
}

function distinct(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names)].filter((name) => name !== undefined)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
