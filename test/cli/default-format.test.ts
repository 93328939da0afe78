import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agentVariables } from '../../src/cli/default-format.ts'
import { tenantize } from '../support/cli.ts'
import { shop } from '../support/shop.ts'

const first = (text: string) => text.split('\n')[0]!

describe('without --format', () => {
  test('lint speaks to a person', () => {
    expect(tenantize(shop(), ['lint']).stdout).toContain('│')
  })

  test('lint and migrate annotate on GitHub', () => {
    const root = shop()
    expect(first(tenantize(root, ['lint'], { GITHUB_ACTIONS: 'true' }).stdout)).toMatch(/^::error file=src\//)
    expect(first(tenantize(root, ['migrate'], { GITHUB_ACTIONS: 'true' }).stdout)).toMatch(
      /^::warning file=src\//,
    )
  })

  test.each(agentVariables)('lint says one line a finding to an agent that sets %s', (name) => {
    const { stdout } = tenantize(shop(), ['lint'], { [name]: '1' })
    expect(first(stdout)).toMatch(/^src\/\S+:\d+:\d+ error [a-z-]+: /)
  })

  test('GitHub comes before an agent', () => {
    expect(first(tenantize(shop(), ['lint'], { GITHUB_ACTIONS: 'true', AI_AGENT: '1' }).stdout)).toMatch(
      /^::error/,
    )
  })
})

describe('with --format', () => {
  test('the surroundings decide nothing', () => {
    const { stdout } = tenantize(shop(), ['lint', '--format', 'pretty'], {
      GITHUB_ACTIONS: 'true',
      CLAUDECODE: '1',
    })
    expect(stdout).toContain('│')
  })

  test('a report that goes to a file leaves its outcome on stderr', () => {
    const root = shop()
    const run = tenantize(root, ['lint', '--format', 'sarif', '--output', 'r.sarif'])
    expect(run).toMatchObject({ status: 1, stdout: '' })
    expect(run.stderr).toMatch(/^\d+ problems: .* \(written to r\.sarif\)\n$/)
    expect(tenantize(root, ['lint', '--quiet', '--format', 'sarif', '--output', 'r.sarif']).stderr).toBe('')
  })
})

describe('scripts that are not read', () => {
  const files = { 'src/ui/App.svelte': '<script>supabase.from("orders")</script>', 'notes/Old.vue': '' }

  test.each(['lint', 'migrate'])('%s says how many there are, beside its output', (command) => {
    const root = shop()
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, path, '..'), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    const { stderr, stdout } = tenantize(root, [command, '--format', 'json'])
    expect(stderr).toContain('Not read: 1 .vue file, 1 .svelte file. What their scripts ask')
    expect(JSON.parse(stdout).command).toBe(command)
    expect(tenantize(root, [command, '--quiet']).stderr).not.toContain('Not read')
  })

  test('nothing is said where there are none', () => {
    expect(tenantize(shop(), ['lint']).stderr).not.toContain('Not read')
  })
})
