import type { Finding, LintResult, SilencedFinding } from '../../src/lint/result.ts'
import type { MigrateFile, MigrateResult, MigrateSite } from '../../src/migrate/result.ts'
import { unifiedDiff } from '../../src/migrate/unified.ts'
import { lineStarts, positionAt } from '../../src/repo/text.ts'
import type { ReportOptions } from '../../src/report/options.ts'

/** Small results for the reporters, and the sources they speak of. */

export const options = (overrides: Partial<ReportOptions> = {}): ReportOptions => ({
  color: false,
  width: 80,
  readSource: () => undefined,
  quiet: false,
  repoPath: (file) => file,
  version: '0.0.0',
  ...overrides,
})

/** Reads from texts by name. */
export const sources = (files: Record<string, string>) => ({ readSource: (file: string) => files[file] })

/** A finding whose range is where `at` stands in the source. */
export function finding(source: string, at: string, overrides: Partial<Finding> = {}): Finding {
  const starts = lineStarts(source)
  const offset = source.indexOf(at)
  return {
    rule: 'wrong-database',
    severity: 'error',
    message: 'Table "accounts" is in the tenant database, and this client reaches the app database.',
    file: 'src/app/api/accounts/route.ts',
    range: { start: positionAt(starts, offset), end: positionAt(starts, offset + at.length) },
    table: 'accounts',
    operation: 'select',
    database: { actual: 'app', expected: 'tenant' },
    evidence: [],
    fixable: true,
    fingerprint: 'f'.repeat(16),
    ...overrides,
  }
}

export function lintResult(
  findings: readonly Finding[],
  summary: Partial<LintResult['summary']> = {},
  silenced: readonly SilencedFinding[] = [],
): LintResult {
  const count = (severity: string) => findings.filter((one) => one.severity === severity).length
  return {
    version: 1,
    command: 'lint',
    summary: {
      files: 450,
      analysed: 166,
      accesses: 1024,
      errors: count('error'),
      warnings: count('warning'),
      suppressed: 0,
      baselined: 0,
      durationMs: 312.4,
      ...summary,
    },
    findings,
    silenced,
  }
}

export const site = (overrides: Partial<MigrateSite> = {}): MigrateSite => ({
  line: 2,
  column: 9,
  table: 'accounts',
  from: 'app',
  to: 'tenant',
  rewrite: 'swap-client',
  status: 'rewritten',
  ...overrides,
})

const before = 'export async function GET() {\n  const db = createClient()\n}\n'

/** A file that is rewritten; `source` and `edited` give its diff. */
export function updated(
  file: string,
  source = before,
  edited = source.replace('createClient()', 'await tenant(id)'),
): MigrateFile {
  return { file, route: true, status: 'updated', sites: [site()], diff: unifiedDiff(file, source, edited) }
}

export const left = (file: string, reason: string, overrides: Partial<MigrateSite> = {}): MigrateFile => ({
  file,
  route: true,
  status: 'needs-review',
  sites: [site({ status: 'needs-review', rewrite: 'none', reason, ...overrides })],
  diff: '',
})

export function migrateResult(
  files: readonly MigrateFile[],
  overrides: Partial<MigrateResult['summary']> & { written?: boolean } = {},
): MigrateResult {
  const { written = false, ...summary } = overrides
  const routes = files.filter((file) => file.route)
  const count = (status: string) => routes.filter((file) => file.status === status).length
  return {
    version: 1,
    command: 'migrate',
    summary: {
      routes: routes.length,
      updated: count('updated'),
      skippedApp: count('skipped-app'),
      alreadyUpdated: count('already-updated'),
      needsReview: files.flatMap((file) => file.sites).filter((one) => one.status === 'needs-review').length,
      errors: files.filter((file) => file.status === 'error').length,
      sites: files.flatMap((file) => file.sites).length,
      updatedOther: files.filter((file) => !file.route && file.status === 'updated').length,
      durationMs: 900,
      verified: false,
      ...summary,
    },
    files,
    written,
  }
}

/** Whether a text holds an escape sequence of a terminal. */
export const hasColor = (text: string) => text.includes('\u001b')
