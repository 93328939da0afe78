import type { Finding, LintResult, SilencedFinding } from '../lint/result.ts'
import { type RuleName, ruleNames } from '../rules/model.ts'
import { defaultSeverities, ruleSummaries } from '../rules/severity.ts'
import type { Fix, ReportOptions, Result } from './options.ts'

/**
 * SARIF 2.1.0 (OASIS): for code scanning on GitHub, and for editors and dashboards that read it. The chain from an
 * access back to its client is a code flow, told in the order in which the value travels; what comments and the
 * baseline take away is there with its justification; what `migrate` would write is a fix.
 */
export function sarif(result: Result, options: ReportOptions): string {
  if (result.command !== 'lint') return ''
  return `${JSON.stringify(logOf(result, options), null, 2)}\n`
}

function logOf(result: LintResult, options: ReportOptions) {
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'tenantize',
            semanticVersion: options.version,
            informationUri: `https://unpkg.com/tenantize@${options.version}/README.md`,
            rules: ruleNames.map((rule) => descriptorOf(rule, options.version)),
          },
        },
        columnKind: 'utf16CodeUnits',
        // Consumers know where the repository lies; a path of this machine would mean nothing to them.
        originalUriBaseIds: { SRCROOT: { description: { text: 'The top of the repository.' } } },
        results: inOrder([
          ...result.findings.map((finding) => ({ finding, suppressions: undefined })),
          ...result.silenced.map((finding) => ({ finding, suppressions: [suppressionOf(finding)] })),
        ]).map(({ finding, suppressions }) => resultOf(finding, suppressions, options)),
      },
    ],
  }
}

/** The page of the rule as the package ships it, so that it is the one of this version. */
function descriptorOf(rule: RuleName, version: string) {
  const help = `https://unpkg.com/tenantize@${version}/docs/rules/${rule}.md`
  return {
    id: rule,
    shortDescription: { text: ruleSummaries[rule] },
    fullDescription: { text: ruleSummaries[rule] },
    helpUri: help,
    help: {
      text: `${ruleSummaries[rule]} See ${help}`,
      markdown: `${ruleSummaries[rule]} [Wrong, right, why, and how to configure it](${help})`,
    },
    defaultConfiguration: {
      enabled: defaultSeverities[rule] !== 'off',
      level: defaultSeverities[rule] === 'error' ? 'error' : 'warning',
    },
    properties: { tags: ['multi-tenancy', 'database'], precision: 'high', 'problem.severity': level(rule) },
  }
}

function level(rule: RuleName): string {
  return defaultSeverities[rule] === 'error' ? 'error' : 'warning'
}

function inOrder<T extends { finding: Finding }>(items: readonly T[]): T[] {
  return [...items].sort(
    (a, b) =>
      (a.finding.file < b.finding.file ? -1 : a.finding.file > b.finding.file ? 1 : 0) ||
      a.finding.range.start.offset - b.finding.range.start.offset,
  )
}

function resultOf(
  finding: Finding,
  suppressions: readonly object[] | undefined,
  { repoPath, fixOf }: ReportOptions,
) {
  const { rule, severity, message, file, range, evidence, table, operation, database } = finding
  const fix = suppressions ? undefined : fixOf?.(finding)
  return {
    ruleId: rule,
    ruleIndex: ruleNames.indexOf(rule),
    level: severity,
    message: { text: message },
    locations: [{ physicalLocation: place(repoPath(file), range.start, range.end) }],
    partialFingerprints: { 'tenantize/v1': finding.fingerprint },
    ...(evidence.length > 0 ? { codeFlows: [codeFlow(finding, repoPath)] } : {}),
    ...(suppressions ? { suppressions } : {}),
    ...(fix ? { fixes: [fixObject(fix, repoPath)] } : {}),
    properties: {
      ...(table === undefined ? {} : { table }),
      ...(operation === undefined ? {} : { operation }),
      ...(database ? { database } : {}),
    },
  }
}

/** From where the client is made to the access: evidence is kept the other way round. */
function codeFlow({ evidence, file, range, message }: Finding, repoPath: (file: string) => string) {
  const steps = [...evidence].reverse().map(({ file: at, line, column, message: text }) => ({
    location: {
      physicalLocation: place(repoPath(at), { line, column }),
      message: { text },
    },
  }))
  const last = {
    location: { physicalLocation: place(repoPath(file), range.start, range.end), message: { text: message } },
  }
  return { threadFlows: [{ locations: [...steps, last] }] }
}

function suppressionOf({ silencedBy, reason }: SilencedFinding) {
  return {
    kind: silencedBy === 'comment' ? 'inSource' : 'external',
    status: 'accepted',
    justification: reason ?? 'It was there when the baseline was made.',
  }
}

function fixObject({ description, files }: Fix, repoPath: (file: string) => string) {
  return {
    description: { text: description },
    artifactChanges: files.map(({ file, replacements }) => ({
      artifactLocation: locationOf(repoPath(file)),
      replacements: replacements.map(({ start, end, text }) => ({
        deletedRegion: regionOf(start, end),
        insertedContent: { text },
      })),
    })),
  }
}

interface Point {
  readonly line: number
  readonly column: number
}

function place(path: string, start: Point, end?: Point) {
  return {
    artifactLocation: locationOf(path),
    region: regionOf(start, end),
  }
}

function regionOf(start: Point, end?: Point) {
  return {
    startLine: start.line,
    startColumn: start.column,
    ...(end ? { endLine: end.line, endColumn: end.column } : {}),
  }
}

/** A relative URI reference (RFC 3986): each segment encoded, as `[id]` and `(group)` of Next.js paths must be. */
function locationOf(path: string) {
  const uri = path
    .split('/')
    .map((segment) => encodeURIComponent(segment))
    .join('/')
  return { uri, uriBaseId: 'SRCROOT' }
}
