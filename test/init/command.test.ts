import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { initCommand } from '../../src/cli/init.ts'
import { loadRules } from '../../src/rules/load.ts'
import { fixtures } from '../support/cases.ts'
import { copyOf, tenantize } from '../support/cli.ts'

const fixture = (name: string) => copyOf(join(fixtures, 'init', name))

describe('tenantize init', () => {
  test.each([
    'follows-foreign-keys',
    'no-client',
    'two-apps',
    'injected-and-remembered-clients',
    'prisma-singleton',
    'sql-migrations',
    'wrapped-handlers',
  ])('%s: what it writes loads, and lint and migrate run with it', (name) => {
    const root = fixture(name)
    expect(tenantize(root, ['init']).status).toBe(0)
    expect(() => loadRules(join(root, 'rules.json'))).not.toThrow()
    for (const command of ['lint', 'migrate']) {
      const run = tenantize(root, [command])
      expect(run.status, run.stderr).not.toBe(2)
    }
  })

  test('a code base without a database gets a skeleton and a note', () => {
    const run = tenantize(fixture('no-client'), ['init'])
    expect(run.status).toBe(0)
    expect(run.stderr).toContain('no database client was found')
  })

  test('never replaces rules that exist, unless it is told to', () => {
    const root = fixture('no-client')
    writeFileSync(join(root, 'rules.json'), 'mine')
    const run = tenantize(root, ['init', '--yes'])
    expect([run.status, readFileSync(join(root, 'rules.json'), 'utf8')]).toEqual([2, 'mine'])
    expect(run.stderr).toContain('--force')
    expect(tenantize(root, ['init', '--yes', '--force']).status).toBe(0)
    expect(readFileSync(join(root, 'rules.json'), 'utf8')).toContain('"databases"')
  })

  test('--print writes nothing, --output writes elsewhere', () => {
    const root = fixture('two-apps')
    expect(tenantize(root, ['init', '--print']).stdout).toContain('"@acme/db#createSharedClient"')
    expect(existsSync(join(root, 'rules.json'))).toBe(false)
    expect(tenantize(root, ['init', '--output', 'other.json']).status).toBe(0)
    expect(loadRules(join(root, 'other.json')).databases).toHaveLength(2)
  })

  test('two runs say the same', () => {
    const root = fixture('two-apps')
    expect(tenantize(root, ['init', '--print']).stdout).toBe(tenantize(root, ['init', '--print']).stdout)
  })

  test('names the schema where the package is installed', () => {
    const root = fixture('no-client')
    mkdirSync(join(root, 'node_modules/tenantize/schema'), { recursive: true })
    writeFileSync(join(root, 'node_modules/tenantize/schema/rules.schema.json'), '{}')
    expect(tenantize(root, ['init', '--print']).stdout).toContain(
      '"$schema": "./node_modules/tenantize/schema/rules.schema.json"',
    )
  })

  test('asks in a terminal: the tenant’s name, undecided tables, whether to write', async () => {
    const root = fixture('follows-foreign-keys')
    const asked: string[] = []
    const answers = ['', '1, 2', 'y']
    const said: string[] = []
    const terminal = {
      out: (text: string) => void said.push(text),
      err: () => {},
      isTTY: true,
      columns: 100,
      env: {},
    }
    const ask = async (question: string) => {
      asked.push(question)
      return answers.shift() ?? ''
    }
    const status = await initCommand(root, { yes: false, print: false, force: false }, terminal, () => ({
      ask,
      close: () => {},
    }))
    expect(status).toBe(0)
    expect(asked).toHaveLength(3)
    expect(asked[0]).toContain('organization: ')
    expect(asked[1]).toContain('plans')
    const owner = (name: string) =>
      loadRules(join(root, 'rules.json')).databases.find((database) =>
        database.tables.some(({ text }) => text === name),
      )?.name
    expect([owner('plans'), owner('countries')]).toEqual(['tenant', 'app'])
  })

  test('writes nothing when the answer is no', async () => {
    const root = fixture('no-client')
    const terminal = { out: () => {}, err: () => {}, isTTY: true, columns: 100, env: {} }
    await initCommand(root, { yes: false, print: false, force: false }, terminal, () => ({
      ask: async () => 'n',
      close: () => {},
    }))
    expect(existsSync(join(root, 'rules.json'))).toBe(false)
  })
})
