import type { Finding, LintResult, SilencedFinding } from '../lint/result.ts'
import type { ReportOptions, Result } from './options.ts'

/**
 * JUnit's XML, as Jenkins, GitLab and others read it: a test suite for each file with findings, a failed test for each
 * error, a passed one with output for each warning, a skipped one for what a comment or the baseline takes away. A run
 * without any has one test that passed: readers take a report without tests for a broken one.
 */
export function junit(result: Result, options: ReportOptions): string {
  const suites = result.command === 'lint' ? suitesOf(result) : []
  const seconds = (result.summary.durationMs / 1000).toFixed(3)
  const totals = sumOf(suites.flatMap(({ cases }) => cases))
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="tenantize lint" ${attributes({ tests: totals.tests, failures: totals.failures, errors: 0, time: seconds })}>`,
    ...suites.flatMap(({ name, cases }) => {
      const { tests, failures, skipped } = sumOf(cases)
      const counts = attributes({
        name: options.repoPath(name),
        tests,
        failures,
        errors: 0,
        skipped,
        time: '0',
      })
      return [`  <testsuite ${counts}>`, ...cases.map(caseLines), '  </testsuite>']
    }),
    '</testsuites>',
  ].join('\n')}\n`
}

interface Case {
  readonly outcome: 'passed' | 'failed' | 'warned' | 'skipped'
  readonly finding?: Finding | SilencedFinding
}

function suitesOf({ findings, silenced }: LintResult): { name: string; cases: Case[] }[] {
  const byFile = new Map<string, Case[]>()
  const add = (finding: Finding, outcome: Case['outcome']) => {
    const cases = byFile.get(finding.file)
    if (cases) cases.push({ outcome, finding })
    else byFile.set(finding.file, [{ outcome, finding }])
  }
  for (const finding of findings) add(finding, finding.severity === 'error' ? 'failed' : 'warned')
  for (const finding of silenced) add(finding, 'skipped')
  if (byFile.size === 0) return [{ name: 'tenantize', cases: [{ outcome: 'passed' }] }]
  return Array.from(byFile, ([name, cases]) => ({ name, cases })).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function sumOf(cases: readonly Case[]): { tests: number; failures: number; skipped: number } {
  const count = (outcome: Case['outcome']) => cases.filter((item) => item.outcome === outcome).length
  return { tests: cases.length, failures: count('failed'), skipped: count('skipped') }
}

function caseLines({ outcome, finding }: Case): string {
  if (!finding)
    return `    <testcase ${attributes({ name: 'no findings', classname: 'tenantize', time: '0' })}/>`
  const { rule, message, range } = finding
  const head = attributes({
    name: `${rule} at ${range.start.line}:${range.start.column}: ${message}`,
    classname: `tenantize.${rule}`,
    time: '0',
  })
  return `    <testcase ${head}>${inside(outcome, finding)}</testcase>`
}

function inside(outcome: Case['outcome'], finding: Finding | SilencedFinding): string {
  const { file, range, message, rule, evidence } = finding
  if (outcome === 'skipped') {
    const { silencedBy, reason } = finding as SilencedFinding
    return `<skipped>${escaped(`by the ${silencedBy}${reason ? `: ${reason}` : ''}`)}</skipped>`
  }
  const text = [
    `${file}:${range.start.line}:${range.start.column} ${message}`,
    ...evidence.map((step) => `${step.file}:${step.line}:${step.column} ${step.message}`),
  ].join('\n')
  return outcome === 'failed'
    ? `<failure ${attributes({ type: rule, message })}>${escaped(text)}</failure>`
    : `<system-out>${escaped(`warning: ${text}`)}</system-out>`
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        `${name}="${escaped(String(value))
          .replaceAll('"', '&quot;')
          .replace(/[\t\r\n]/g, ' ')}"`,
    )
    .join(' ')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 forbids.
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu

function escaped(value: string): string {
  return value
    .replace(forbidden, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
