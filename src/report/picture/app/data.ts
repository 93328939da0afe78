import type { PictureAccess, PictureState } from '../../../lint/picture.ts'
import type { Finding } from '../../../lint/result.ts'
import type { MigrateFile, MigrateSite } from '../../../migrate/result.ts'
import type { ReportResult } from '../result.ts'

/** An access with what lint and migrate say of the same place. */
export interface Access extends PictureAccess {
  readonly number: number
  readonly findings: readonly Finding[]
  readonly site: MigrateSite | undefined
  /** Lower case, for the search. */
  readonly words: string
}

export interface Data {
  readonly result: ReportResult
  readonly accesses: readonly Access[]
  readonly diffs: readonly MigrateFile[]
  /** Every rule that has a finding; sorted. */
  readonly rules: readonly string[]
}

export const stateNames: Readonly<Record<PictureState, string>> = {
  right: 'right',
  wrong: 'wrong database',
  unresolved: 'unresolved client',
  undecided: 'undecided',
  free: 'of nobody’s rule',
}

/** Joins what the commands found, by place. */
export function dataOf(result: ReportResult): Data {
  const place = (file: string, line: number, column: number) => `${file}:${line}:${column}`
  const findings = new Map<string, Finding[]>()
  for (const finding of result.lint.findings) {
    const key = `${finding.file}:${finding.range.start.line}`
    findings.set(key, [...(findings.get(key) ?? []), finding])
  }
  const sites = new Map(
    result.migration.files.flatMap(({ file, sites }) =>
      sites.map((site) => [place(file, site.line, site.column), site] as const),
    ),
  )
  const lines = new Map(
    result.migration.files.flatMap(({ file, sites }) =>
      sites.map((site) => [`${file}:${site.line}`, site] as const),
    ),
  )
  const accesses = result.picture.accesses.map((access, number): Access => {
    const own = findings.get(`${access.file}:${access.line}`) ?? []
    return {
      ...access,
      number,
      findings: own,
      site:
        sites.get(place(access.file, access.line, access.column)) ??
        lines.get(`${access.file}:${access.line}`),
      words: [
        access.file,
        access.target,
        access.operation,
        ...access.joins,
        ...access.actual,
        ...access.expected,
        ...own.flatMap(({ rule, message }) => [rule, message]),
      ]
        .join('\n')
        .toLowerCase(),
    }
  })
  return {
    result,
    accesses,
    diffs: result.migration.files.filter(({ diff }) => diff !== ''),
    rules: [...new Set(result.lint.findings.map(({ rule }) => rule))].sort(),
  }
}
