/** A person in the loop: plan files, questions, restrictions, and the way back. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { migrateCommand } from '../../src/cli/migrate.ts'
import type { PlanFile } from '../../src/migrate/plan-file.ts'
import { togetherIn } from '../../src/migrate/plan-file.ts'
import { folder, tenantize } from '../support/cli.ts'

const route = (table: string, then: string) => `import { createClient } from '../lib/db'
import { getSession } from '../lib/session'

export async function handler() {
  const session = await getSession()
  if (!session.tenantId) throw new Error('no tenant')
  const db = createClient()
  return db.from('${table}').${then}
}
`

const files = {
  'rules.json': JSON.stringify({
    databases: {
      app: { clients: ['./lib/db.ts#createClient'], tables: ['users'] },
      tenant: {
        perTenant: true,
        clients: [{ export: './lib/db.ts#getTenantClient', arguments: ['$tenantId'], async: true }],
        tables: ['*'],
      },
    },
    tenantId: { sources: [{ call: './lib/session.ts#getSession', path: 'tenantId' }] },
  }),
  'lib/db.ts': `import { createClient as make } from '@supabase/supabase-js'
export const createClient = () => make('app', 'key')
export const getTenantClient = async (id: string) => make(id, 'key')
`,
  'lib/session.ts': 'export declare function getSession(): Promise<{ tenantId?: string }>\n',
  'api/orders.ts': route('orders', 'insert({ id: 1 })'),
  'api/users.ts': route('users', 'select()'),
  'web/items.ts': route('items', 'select()'),
}

const moved = (text: string) => text.includes('await getTenantClient(session.tenantId)')
const read = (root: string, file: string) => readFileSync(join(root, file), 'utf8')
const migrate = (root: string, ...words: string[]) =>
  tenantize(root, ['migrate', '--allow-dirty', '--no-verify', ...words])

describe('a plan file', () => {
  it('is written, chosen from, and done', () => {
    const root = folder(files)
    const made = migrate(root, '--plan', 'plan.json')
    expect(made.stderr).toContain('plan.json: 2 files')
    expect(moved(read(root, 'api/orders.ts'))).toBe(false)
    const plan: PlanFile = JSON.parse(read(root, 'plan.json'))
    expect(plan.files.map(({ file, apply }) => [file, apply])).toEqual([
      ['api/orders.ts', true],
      ['web/items.ts', true],
    ])
    expect(plan.files[0]!.diff).toContain('+  const db = await getTenantClient(session.tenantId)')
    const chosen = {
      ...plan,
      files: plan.files.map((file) => ({ ...file, apply: file.file === 'web/items.ts' })),
    }
    writeFileSync(join(root, 'plan.json'), JSON.stringify(chosen))
    expect(migrate(root, '--apply', 'plan.json').status).toBe(0)
    expect([moved(read(root, 'api/orders.ts')), moved(read(root, 'web/items.ts'))]).toEqual([false, true])
  })

  it('is refused when the code is another one, or the file is', () => {
    const root = folder(files)
    migrate(root, '--plan', 'plan.json')
    writeFileSync(join(root, 'web/items.ts'), `${read(root, 'web/items.ts')}\nexport const more = 1\n`)
    const stale = migrate(root, '--apply', 'plan.json')
    expect(stale).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('changed since the plan was made (web/items.ts)'),
    })
    expect(moved(read(root, 'api/orders.ts'))).toBe(false)
    const plan = JSON.parse(read(root, 'plan.json'))
    for (const [text, said] of [
      ['{', 'this is no JSON'],
      ['{}', 'this is no plan'],
      [JSON.stringify({ ...plan, files: [{ file: 1 }] }), 'files[0] is not as it was written'],
      [
        JSON.stringify({ ...plan, files: [{ ...plan.files[0], together: ['b.ts'] }] }),
        'only be changed together with b.ts',
      ],
    ] as const) {
      writeFileSync(join(root, 'plan.json'), text)
      expect(migrate(root, '--apply', 'plan.json')).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(said),
      })
    }
    expect(migrate(root, '--apply', 'none.json').stderr).toContain("can't be read (ENOENT)")
    expect(migrate(root, '--apply', 'plan.json', '--write').stderr).toContain('exclude each other')
  })

  it('knows what belongs together, however it is connected', () => {
    expect([
      ...togetherIn(
        ['a', 'b', 'c', 'd'],
        [
          ['a', 'b'],
          ['x', 'c'],
          ['c', 'b'],
        ],
      ),
    ]).toEqual([
      ['a', ['a', 'b', 'c']],
      ['b', ['a', 'b', 'c']],
      ['c', ['a', 'b', 'c']],
      ['d', ['d']],
    ])
  })
})

describe('--interactive', () => {
  const answers = async (root: string, given: string[], env: Record<string, string> = {}) => {
    const asked: string[] = []
    let out = ''
    const terminal = {
      out: (text: string) => void (out += text),
      err: (text: string) => void (out += text),
      isTTY: true,
      columns: 100,
      env: { ...process.env, NO_COLOR: '1', ...env },
    }
    const status = await migrateCommand(
      root,
      {
        format: [],
        output: [],
        quiet: false,
        color: false,
        only: [],
        allowDirty: true,
        interactive: true,
        verify: false,
      },
      terminal,
      () => ({
        ask: async (question) => {
          asked.push(question)
          return given.shift()
        },
        close: () => {},
      }),
    )
    return { status, asked, out }
  }

  it('takes what is taken, and leaves the rest', async () => {
    const root = folder(files)
    const { asked, out } = await answers(root, ['?', 'n', 'y'])
    expect(asked).toHaveLength(3)
    expect(out).toContain('a take this and all that follow')
    expect(out).toContain('-  const db = createClient()')
    expect([moved(read(root, 'api/orders.ts')), moved(read(root, 'web/items.ts'))]).toEqual([false, true])
  })

  it('takes all that follow, and stops where the person stops', async () => {
    const all = folder(files)
    expect((await answers(all, ['a'])).asked).toHaveLength(1)
    expect([moved(read(all, 'api/orders.ts')), moved(read(all, 'web/items.ts'))]).toEqual([true, true])
    const none = folder(files)
    await answers(none, ['q'])
    expect(read(none, 'api/orders.ts')).toBe(files['api/orders.ts'])
    const gone = folder(files)
    await answers(gone, [])
    expect(read(gone, 'web/items.ts')).toBe(files['web/items.ts'])
  })

  it('lets what is written be edited, and takes no text that can not be parsed', async () => {
    const root = folder({
      ...files,
      'editor.sh': '#!/bin/sh\necho "// by hand" >> "$1"\n',
      'broken.sh': '#!/bin/sh\necho "const = " >> "$1"\n',
    })
    chmodSync(join(root, 'editor.sh'), 0o755)
    chmodSync(join(root, 'broken.sh'), 0o755)
    const { out } = await answers(root, ['e', 'q'], { EDITOR: join(root, 'editor.sh'), VISUAL: '' })
    expect(read(root, 'api/orders.ts')).toMatch(/getTenantClient[\s\S]*\/\/ by hand\n$/)
    expect(out).toContain('not type-checked')
    const refused = await answers(root, ['e', 'n'], { EDITOR: join(root, 'broken.sh'), VISUAL: '' })
    expect(refused.out).toContain("can't be parsed any more")
    expect(read(root, 'web/items.ts')).toBe(files['web/items.ts'])
  })

  it('needs a terminal', () => {
    expect(migrate(folder(files), '--interactive')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--plan'),
    })
  })
})

describe('--only', () => {
  it('restricts to files, effects and rules', () => {
    const changed = (...words: string[]) => {
      const { stdout } = migrate(folder(files), '--format', 'json', ...words)
      return (JSON.parse(stdout).files as { file: string; diff: string }[]).flatMap(({ file, diff }) =>
        diff ? [file] : [],
      )
    }
    expect(changed('--only', 'api/**')).toEqual(['api/orders.ts'])
    expect(changed('--only', 'reads')).toEqual(['web/items.ts'])
    expect(changed('--only', 'writes', '--only', 'web/**')).toEqual([])
    expect(changed('--only', 'wrong-database')).toEqual(['api/orders.ts', 'web/items.ts'])
  })

  it('says what it does not take', () => {
    const root = folder(files)
    expect(migrate(root, '--only', 'raeds').stderr).toContain('did you mean reads?')
    expect(migrate(root, '--only', 'unknown-table').stderr).toContain('rewrites nothing for unknown-table')
    expect(migrate(root, '--only', 'reads', '--only', 'writes').stderr).toContain('exclude each other')
  })
})

describe('--reverse', () => {
  it('gives the sites of a migration the shared client again', () => {
    const root = folder(files)
    migrate(root, '--write')
    expect(moved(read(root, 'api/orders.ts'))).toBe(true)
    expect(migrate(root, '--reverse', '--write').status).toBe(0)
    for (const file of ['api/orders.ts', 'api/users.ts', 'web/items.ts'] as const)
      expect(read(root, file)).toBe(files[file])
  })
})
