import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Linter, RuleTester } from 'eslint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folder as program } from '../support/cli.ts'
import { type Case, casesIn } from './support.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const house = createRequire(new URL('./house/package.json', import.meta.url))
const built = pathToFileURL(join(root, 'dist/eslint.js')).href

interface Message {
  readonly ruleId: string | null
  readonly message: string
  readonly line: number
  readonly column: number
  readonly suggestions?: readonly unknown[]
}

/** Runs ESLint as people do, with typescript-eslint's parser, and reads what it says. */
function eslint(version: 'eslint' | 'eslint-9', cwd: string): Map<string, Message[]> {
  writeFileSync(
    join(cwd, 'eslint.config.mjs'),
    `import tenantize from ${JSON.stringify(built)}
import { createRequire } from 'node:module'
const parser = createRequire(${JSON.stringify(house.resolve('./package.json'))})('@typescript-eslint/parser')
export default [
  { ignores: ['eslint.config.mjs'] },
  { files: ['**/*.{js,jsx,mjs,cjs,ts,tsx,mts,cts}'], languageOptions: { parser, parserOptions: { ecmaFeatures: { jsx: true } } } },
  tenantize.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: 'off', noInlineConfig: true } },
]
`,
  )
  const cli = join(house.resolve(`${version}/package.json`), '..', 'bin/eslint.js')
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', join(root, 'test/plugins/house/typescript.cjs'), cli, '--format', 'json', '.'],
    { cwd, encoding: 'utf8', maxBuffer: 256e6 },
  )
  if (!stdout.startsWith('[')) throw new Error(stderr)
  const results = JSON.parse(stdout) as { filePath: string; messages: Message[] }[]
  return new Map(results.map(({ filePath, messages }) => [filePath, messages]))
}

const place = ({ ruleId, message, line, column }: Message) => `${line}:${column} ${ruleId} ${message}`

describe('the plugin', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tenantize-eslint-')))
  let cases: Case[]
  beforeAll(async () => {
    cases = await casesIn(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('says what lint says, of every file of every fixture', () => {
    const said = eslint('eslint', folder)
    const expected = new Map<string, string[]>()
    const found = new Map<string, string[]>()
    for (const { root: home, findings } of cases)
      for (const { rule, message, file, range } of findings) {
        const path = join(home, file)
        // What can't be parsed is ESLint's own to say; what is no code is not its business.
        if (
          rule === 'parse-error' ||
          !said.has(path) ||
          said.get(path)!.some(({ ruleId }) => ruleId === null)
        )
          continue
        const { line, column } = range.start
        expected.set(path, [
          ...(expected.get(path) ?? []),
          place({ ruleId: `tenantize/${rule}`, message, line, column }),
        ])
      }
    for (const [path, messages] of said) {
      const own = messages.filter(({ ruleId }) => ruleId !== null).map(place)
      if (own.length > 0 && messages.every(({ ruleId }) => ruleId !== null)) found.set(path, own)
    }
    const sorted = (map: Map<string, string[]>) =>
      [...map].map(([path, all]) => [path, [...all].sort()]).sort()
    expect(sorted(found)).toEqual(sorted(expected))
    expect(expected.size).toBeGreaterThan(100)
  })

  it('works with ESLint 9 as well', () => {
    const [sample] = cases.filter(({ findings }) => findings.some(({ rule }) => rule === 'wrong-database'))
    const found = [...eslint('eslint-9', sample!.root).values()].flat()
    expect(found.filter(({ ruleId }) => ruleId === 'tenantize/wrong-database').length).toBe(
      sample!.findings.filter(({ rule }) => rule === 'wrong-database').length,
    )
  })
})

const files = {
  'rules.json': JSON.stringify({
    databases: {
      app: { clients: ['./lib/db.js#createClient'], tables: ['users'] },
      tenant: {
        perTenant: true,
        clients: [{ export: './lib/db.js#getTenantClient', arguments: ['$tenantId'], async: true }],
        tables: ['*'],
      },
    },
    tenantId: { sources: [{ parameter: 'tenantId' }] },
  }),
  'lib/db.js': `import { createClient as make } from '@supabase/supabase-js'
export const createClient = () => make(process.env.APP_URL, process.env.APP_KEY)
export const getTenantClient = async (id) => make(id, id)
`,
  'orders.js': `import { createClient } from './lib/db.js'

export async function orders(tenantId) {
  const db = createClient()
  return db.from('orders').select()
}
`,
}

describe('a rule', async () => {
  const home = program(files, true)
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  const { default: plugin } = await import(built)
  const filename = join(home, 'orders.js')
  const wrong = files['orders.js']
  const right = `import { getTenantClient } from './lib/db.js'

export async function orders(tenantId) {
  const db = await getTenantClient(tenantId)
  return db.from('orders').select()
}
`
  RuleTester.describe = describe
  RuleTester.it = it
  new RuleTester().run('tenantize/wrong-database', plugin.rules['wrong-database'], {
    valid: [{ code: right, filename }, { code: 'createClient().from("orders").select()' }],
    invalid: [
      {
        code: wrong,
        filename,
        errors: [
          {
            message: 'table `orders` belongs to tenant, but this select reaches app',
            line: 5,
            column: 18,
            suggestions: [
              {
                desc: 'Take the client of the database that owns the table, as `tenantize migrate` does.',
                output: right,
              },
            ],
          },
        ],
      },
      // What the editor holds and has not saved.
      {
        code: wrong.replace("'orders').select()", "'orders').delete()"),
        filename,
        errors: [
          {
            message: 'table `orders` belongs to tenant, but this delete reaches app',
            suggestions: 1,
          },
        ],
      },
    ],
  })

  it('sees a change of another file', async () => {
    const linter = new Linter({ cwd: home })
    const config = [{ ...plugin.configs.recommended, files: ['**/*.js'] }]
    const verify = () =>
      linter.verify(wrong, config, { filename }).map(({ ruleId, message }) => `${ruleId}: ${message}`)
    expect(verify()).toEqual([
      'tenantize/wrong-database: table `orders` belongs to tenant, but this select reaches app',
    ])
    const rules = readFileSync(join(home, 'rules.json'), 'utf8')
    writeFileSync(join(home, 'rules.json'), rules.replace('"users"', '"users", "orders"'))
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    expect(verify()).toEqual([])
    writeFileSync(join(home, 'rules.json'), rules)
  })

  it('says what is wrong with the rules', () => {
    const bare = program({ 'a.js': 'export {}', 'rules.json': '{ "databases": 1 }' })
    const linter = new Linter({ cwd: bare })
    const config = [{ ...plugin.configs.recommended, files: ['**/*.js'] }]
    expect(() => linter.verify('export {}', config, { filename: join(bare, 'a.js') })).toThrow(
      /rules\.json:1/,
    )
  })
})
