/** Results with anything in their texts, for reporters that have to escape it. */
import fc from 'fast-check'
import type { Finding, LintResult, SilencedFinding } from '../../src/lint/result.ts'
import { ruleNames } from '../../src/rules/model.ts'
import { lintResult } from './results.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    'a, b: 100%',
    '::error::x',
    ']]>',
    '<a href="x">&amp;',
    'two\nlines\r\n',
    '\u001b[31m',
    '\ud800',
  ),
)
const path = fc
  .array(fc.constantFrom('src', '[id]', '(group)', 'ä ö', '100%', 'a#b?c', "it's", 'a:b,c'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((segments) => `${segments.join('/')}.ts`)
const position = fc.record({
  line: fc.integer({ min: 1, max: 9999 }),
  column: fc.integer({ min: 1, max: 300 }),
  offset: fc.nat(),
})
const evidence = fc.record({
  file: path,
  line: fc.integer({ min: 1, max: 99 }),
  column: fc.integer({ min: 1, max: 99 }),
  message: text,
})

const finding: fc.Arbitrary<Finding> = fc
  .record({
    rule: fc.constantFrom(...ruleNames),
    severity: fc.constantFrom('error' as const, 'warning' as const),
    message: text,
    file: path,
    start: position,
    lines: fc.nat(3),
    width: fc.nat(40),
    table: fc.option(text, { nil: undefined }),
    evidence: fc.array(evidence, { maxLength: 3 }),
    fixable: fc.boolean(),
    fingerprint: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 16 }),
  })
  .map(({ start, lines, width, table, ...rest }) => ({
    ...rest,
    ...(table === undefined ? {} : { table }),
    range: {
      start,
      end: { line: start.line + lines, column: start.column + width, offset: start.offset + width },
    },
  }))

const silenced: fc.Arbitrary<SilencedFinding> = fc
  .tuple(
    finding,
    fc.constantFrom('comment' as const, 'baseline' as const),
    fc.option(text, { nil: undefined }),
  )
  .map(([one, silencedBy, reason]) => ({ ...one, silencedBy, ...(reason === undefined ? {} : { reason }) }))

export const results: fc.Arbitrary<LintResult> = fc
  .tuple(fc.array(finding, { maxLength: 6 }), fc.array(silenced, { maxLength: 3 }))
  .map(([findings, silent]) => lintResult(findings, { suppressed: silent.length }, silent))
