import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { tenantize } from '../support/cli.ts'

const lost = fileURLToPath(
  new URL('../../fixtures/resolve/client-from-an-environment-variable/input', import.meta.url),
)

const messages = (args: readonly string[]): string[] =>
  JSON.parse(tenantize(lost, ['lint', '--format', 'json', ...args]).stdout).findings.flatMap(
    (finding: { rule: string; evidence: { message: string }[] }) =>
      finding.rule === 'unresolved-client' ? finding.evidence.map((step) => step.message) : [],
  )

test('--types says what the compiler calls a client that can not be traced', () => {
  expect(messages([]).some((message) => message.startsWith('its type is'))).toBe(false)
  expect(messages(['--types'])).toContainEqual(expect.stringMatching(/^its type is `.*SupabaseClient.*`$/))
})
