import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { blocksOf, buildHouse, page, section, temporaryFolder } from './pages.ts'

const guide = page('docs/json.md')
const place = temporaryFolder()
const house = await buildHouse(place)
afterAll(() => rmSync(place, { recursive: true, force: true }))

/** The names of all fields of a result, however deep. */
function fieldsOf(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) fieldsOf(item, found)
  else if (value !== null && typeof value === 'object')
    for (const [name, inner] of Object.entries(value)) fieldsOf(inner, found.add(name))
  return found
}

const sqlFile = fileURLToPath(
  new URL(
    '../../fixtures/sql/statements-that-can-not-be-parsed/input/supabase/tenant/0002_dump.sql',
    import.meta.url,
  ),
)

const runs = {
  lint: [
    ['lint', 'fixtures/crm'],
    ['lint', 'fixtures/crm-edges'],
  ],
  migrate: [
    ['migrate', 'fixtures/crm'],
    ['migrate', 'fixtures/crm-edges'],
  ],
  explain: [
    ['explain', 'fixtures/crm/src/app/api/accounts/[id]/contacts/route.ts:13'],
    ['explain', 'fixtures/crm/src/app/api/accounts/[id]/contacts/route.ts:11'],
    ['explain', 'fixtures/crm/src/app/api/tags/route.ts:6'],
    ['explain', 'fixtures/crm-edges/src/app/api/embed-of-users/route.ts:14'],
    ['explain', `${sqlFile}:1`],
  ],
} as const

describe.each(Object.keys(runs) as (keyof typeof runs)[])('docs/json.md on %s', (command) => {
  const text = blocksOf({ path: guide.path, text: section(guide, command) })[0]!.text
  const words = new Set(text.match(/\w+/g))

  it('names every field of real results, and no field that is nowhere', () => {
    const fields = new Set<string>()
    for (const run of runs[command]) {
      const { out } = house.tenantize([...run, '--format', 'json'], place)
      fieldsOf(JSON.parse(out), fields)
    }
    expect([...fields].filter((field) => !words.has(field))).toEqual([])
    const named = Array.from(text.matchAll(/^ *(\w+)(?:\?|\[\])?(?: {2,}.*)?$/gm), ([, name]) => name!)
    const rare = ['name', 'expected', 'about']
    expect(named.filter((name) => !fields.has(name) && !rare.includes(name))).toEqual([])
  })
})
