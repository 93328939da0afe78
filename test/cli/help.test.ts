import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { copyDemo, temporaryFolder } from '../docs/pages.ts'
import { run, runOn, tenantize } from '../support/cli.ts'
import { shop } from '../support/shop.ts'

const list = (await run('--help')).stdout
const commands = Array.from(
  list.slice(list.indexOf('Commands:')).matchAll(/^ {2}(\w+)/gm),
  ([, name]) => name!,
).filter((name) => name !== 'help')

/** The examples of a command's help, without what they are piped into and without their explanations. */
const examples = (text: string) =>
  Array.from(text.slice(text.indexOf('\nExamples:')).matchAll(/^ {2}\$ .*?\btenantize (.*)$/gm), ([, line]) =>
    line!
      .split(/ {2,}| \| |\)| -- /)[0]!
      .trim()
      .split(' '),
  )

/** What they need is not in the demo application: a list of tenants; parts that were written before (parts.test.ts). */
const elsewhere = ['tenants', 'merge']

describe.each(commands)('tenantize %s --help', async (command) => {
  const { status, stdout } = await run(command, '--help')

  test('has examples of the command', () => {
    expect(status).toBe(0)
    expect(examples(stdout).length).toBeGreaterThan(0)
    for (const [name] of examples(stdout)) expect(name).toBe(command)
  })

  test.each([60, 120])('fits a terminal of %i columns', async (columns) => {
    const { stdout: text } = await runOn(columns, command, '--help')
    const lines = text.slice(0, text.indexOf('\nExamples:')).split('\n')
    expect(lines.filter((line) => line.length > columns)).toEqual([])
    expect(text).not.toContain('(default: []')
  })

  describe.skipIf(elsewhere.includes(command))('its examples run', () => {
    const place = temporaryFolder()
    const demo = join(place, 'demo')
    beforeAll(() => copyDemo(demo))
    afterAll(() => rmSync(place, { recursive: true, force: true }))

    test.each(examples(stdout).map((words) => words.join(' ')))('%s', (line) => {
      // What a person would have at hand: other rules than those that are there, and a line with a call.
      const words = line.replace('src/app/api/accounts/route.ts:12', 'src/app/api/tags/route.ts:6').split(' ')
      const outcome = tenantize(
        demo,
        command === 'init' && !words.includes('--print') ? [...words, '--force'] : words,
      )
      expect(outcome.status, outcome.stderr).toBeLessThan(2)
      expect(outcome.stderr).not.toMatch(/error:|failed/)
    })
  })
})

describe('a slip of the hand', () => {
  test.each([
    [['lnt'], '(Did you mean lint?)'],
    [['lint', '--fromat', 'json'], '(Did you mean --format?)'],
    [['lint', '--prun'], '(Did you mean --prune?)'],
    [['lint', '--format', 'srif'], 'did you mean `sarif`?'],
    [['migrate', '--format', 'dif'], 'did you mean `diff`?'],
    [['explain', 'src/a.ts:1', '--format', 'jsn'], 'did you mean `json`?'],
  ])('%j is told apart', (args, meant) => {
    const { status, stderr } = tenantize(shop(), args)
    expect(status).toBe(2)
    expect(stderr).toContain(meant)
  })

  test('in the name of a rule is told apart, in rules and in comments', async () => {
    const text = '// tenantize-ignore-next-line wrong-databse -- x\nexport const a = 1\n'
    const { stdout } = await run(
      'lint',
      shop({ 'src/lib/extra.ts': `import './db'\n${text}export { createAppClient } from './db'\n` }),
    )
    expect(stdout).toContain('did you mean `wrong-database`?')
    const rules = JSON.stringify({
      databases: { app: {}, tenant: { perTenant: true } },
      lint: { 'wrong-databse': 'off' },
    })
    expect((await run('lint', shop({ 'rules.json': rules }))).stderr).toContain(
      'did you mean "wrong-database"?',
    )
  })
})

describe('the last line', () => {
  test.each([
    ['lint', /^Next: .*tenantize migrate.*tenantize explain/],
    ['migrate', /^Next: .*tenantize migrate --write/],
    ['explain src/app/api/orders/route.ts:10', /^Next: .*tenantize migrate/],
    ['explain src/app/api/webhooks/route.ts:5', /^Next: change it by hand/],
    ['explain src/app/api/orders/route.ts:9', /^Next: nothing/],
    ['init --force', /^Next: .*tenantize migrate/],
  ])('of %s says what to do next', (line, expected) => {
    const { stdout } = tenantize(shop(), line.split(' '))
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(expected)
  })
})
