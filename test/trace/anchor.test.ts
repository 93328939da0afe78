import { describe, expect, it } from 'vitest'
import { Module } from '../../src/repo/module.ts'
import { anchorOf } from '../../src/trace/anchor.ts'

/** The anchor of what stands between `«` and `»` in a text. */
function anchor(marked: string): string {
  const start = marked.indexOf('«')
  const end = marked.indexOf('»') - 1
  const module = Module.parse('/a/route.tsx', marked.replace(/[«»]/g, ''))
  if (!(module instanceof Module)) throw new Error(module.message)
  return anchorOf(module, start, end)
}

const base = `import { createClient } from './db'
export async function GET() {
  const supabase = createClient()
  const { data } = await supabase.from(«'orders'»).select('id').eq('a', 1)
}`

describe('stays', () => {
  it.each([
    [
      'with other quotes and line breaks',
      base.replace("'orders'", '"orders"').replace('.select', '\n    .select'),
    ],
    ['below comments and other code', base.replace('export', '// why\nconst other = 1\nexport')],
    ['with another local name', base.replaceAll('supabase', 'db')],
    [
      'with an import under another name',
      base.replace('{ createClient }', '{ createClient as make }').replace('createClient()', 'make()'),
    ],
    ['with an import from another path', base.replace('./db', '../../lib/db')],
    [
      'with parentheses, casts and exclamation marks',
      base.replace('await supabase', 'await (supabase as any)!'),
    ],
    ['with the client in place', base.replace('await supabase', 'await createClient()')],
    [
      'behind another variable',
      base
        .replace('  const { data', '  const db = supabase\n  const { data')
        .replace('await supabase', 'await db'),
    ],
    ['with a type', base.replace('const supabase =', 'const supabase: Client =')],
    [
      'in an arrow function of the same name',
      base.replace('export async function GET() {', 'export const GET = async () => {'),
    ],
    [
      'in a wrapped handler of the same name',
      `${base.replace('export async function GET() {', 'export const GET = withAuth(async () => {')})`,
    ],
    ['in a block', base.replace('const { data }', 'if (true) { var { data }').replace('1)', '1) }')],
  ])('%s', (_, other) => {
    expect(anchor(other)).toBe(anchor(base))
  })

  it('when what stands in the place of a local value is called otherwise', () => {
    const withId = (name: string) =>
      base.replace('GET()', `GET(${name}: string)`).replace("'a', 1", `'a', ${name}`)
    expect(anchor(withId('id'))).toBe(anchor(withId('key')))
  })
})

describe('changes', () => {
  it.each([
    ['with another table', base.replace('orders', 'tasks')],
    ['with another column', base.replace("select('id')", "select('name')")],
    ['with another filter', base.replace("'a', 1", "'a', 2")],
    [
      'with another client',
      base.replace('{ createClient }', '{ createAdmin }').replace('createClient()', 'createAdmin()'),
    ],
    ['in another handler', base.replace('GET', 'POST')],
    [
      'in a method',
      'import { createClient } from "./db"\nexport class GET { async list() { const s = createClient(); await s.from(«"orders"»).select("id").eq("a", 1) } }',
    ],
  ])('%s', (_, other) => {
    expect(anchor(other)).not.toBe(anchor(base))
  })
})

it('does not go round in circles', () => {
  expect(anchor('const a = b.x(); const b = a.y(); a.from(«"t"»)')).toContain('.from("t")')
  expect(anchor('const a = a.x(); a.from(«"t"»)')).toContain('.from("t")')
})

it('knows members, templates and callbacks', () => {
  const call = 'this.db[`t$' + '{x}`].findMany(«{ where: { id: 1 } }», (row) => row.id)'
  expect(anchor(`class Repo { list() { return ${call} } }`)).toBe(
    'Repo.list ThisExpression().db[`"t",""|x`].findMany(ObjectExpression(where:ObjectExpression(id:1)),=>)',
  )
})
