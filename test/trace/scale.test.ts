import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openProject } from '../../src/cli/project.ts'
import { trace } from '../../src/trace/trace.ts'

const widgets = 1500

let root: string

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tenantize-scale-'))
  writeTree({ 'src/start.ts': `import { load } from './data/store'\nload('a')\n` })
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

function writeTree(files: Record<string, string>): void {
  for (const [path, text] of Object.entries({ ...applicationOfWidgets(), ...dataAccess, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

/** The data access: one table of each database on the application's client. */
const dataAccess = {
  'rules.json': JSON.stringify({
    databases: {
      app: { clients: ['./src/data/database.ts#database'], tables: ['users'] },
      tenant: {
        perTenant: true,
        clients: [
          {
            export: './src/data/tenants.ts#open',
            arguments: ['$tenantId'],
            async: true,
            planned: true,
          },
        ],
        tables: ['*'],
      },
    },
    tenantId: { sources: [{ parameter: 'tenantId' }] },
  }),
  'src/data/database.ts': `import { createClient } from '@supabase/supabase-js'\nexport const database = createClient('https://app.example.com', 'key')\n`,
  'src/data/store.ts': `import { database } from './database'

export function load(tenantId: string) {
  return database.from('orders').select('id')
}

export function people() {
  return database.from('users').select('id')
}

const tables = { first: 'invoices' }

export function chosen(which: 'first') {
  return database.from(tables[which])
}
`,
}

/**
 * An application of many classes that extend each other, share the names of their methods and hand each other around:
 * whoever asks what one of them is given has to look at all of them.
 */
function applicationOfWidgets(): Record<string, string> {
  const files: Record<string, string> = {}
  for (let at = 0; at < widgets; at++) {
    const base = at === 0 ? undefined : Math.floor((at - 1) / 3)
    const other = (at * 7 + 1) % widgets
    files[`src/widgets/widget${at}.ts`] =
      `${base === undefined ? '' : `import { Widget${base} } from './widget${base}'\n`}import { Widget${other} } from './widget${other}'

export class Widget${at}${base === undefined ? '' : ` extends Widget${base}`} {
  private readonly items = new Map<string, unknown>()
  private child: any

  constructor(private readonly model: any, parent?: any) {
    ${base === undefined ? '' : 'super(model, parent)\n    '}this.child = parent
  }

  get(item: any): any {
    this.items.delete(item)
    return item.child.get(this.model)
  }

  refresh(item: any, made: any): void {
    made.refresh(item.get(this.child))
    this.model.from(item)
    new Widget${other}(item.get(made), this).refresh(made.get(item), item)
  }
}
`
  }
  return files
}

describe('a large code base in which few files know a client', () => {
  test('only these are looked at', async () => {
    const { repository, rules, dialects } = await openProject(root, undefined)
    const { facts, program } = trace(repository, rules, { dialects })
    expect(facts.files).toBe(widgets + 3)
    expect(facts.accesses.map(({ file, names }) => [file, ...names])).toEqual([
      ['src/data/store.ts', 'orders'],
      ['src/data/store.ts', 'users'],
      ['src/data/store.ts', 'invoices'],
    ])
    expect(facts.accesses.every(({ clients }) => clients[0]?.database === 'app')).toBe(true)
    expect([...program.reach!.places.keys()].map((file) => repository.relative(file)).sort()).toEqual([
      'src/data/database.ts',
      'src/data/store.ts',
    ])
    expect(repository.parsed).toBeLessThanOrEqual(4)
  })

  test('a client that is handed to one of the others is followed there', async () => {
    writeTree({
      'src/start.ts': `import { database } from './data/database'\nimport { Widget7 } from './widgets/widget7'\nnew Widget7(database).refresh('a', 'b')\n`,
    })
    const { repository, rules, dialects } = await openProject(root, undefined)
    const { facts, program } = trace(repository, rules, { dialects })
    // Nobody can say where it ends: every call that looks like a query counts again.
    expect(program.reach!.open).toMatch(/files/)
    expect(facts.accesses.some(({ file }) => file.startsWith('src/widgets/'))).toBe(true)
  })
})
