import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseBaseline } from '../../src/lint/baseline/file.ts'
import { run, tenantize } from '../support/cli.ts'
import { orders, rules, shop } from '../support/shop.ts'

const name = 'tenantize-baseline.json'
const orderFile = 'src/app/api/orders/route.ts'
const entriesOf = (root: string) => parseBaseline(readFileSync(join(root, name), 'utf8'), name)
const lintJson = async (root: string, ...args: string[]) => {
  const { status, stdout } = await run('lint', root, '--format', 'json', ...args)
  return { status, result: JSON.parse(stdout) }
}
const places = (result: { findings: { rule: string; file: string; table?: string }[] }) =>
  result.findings.map(({ rule, file, table }) => [rule, file, table].filter(Boolean).join(' '))

/** A shop whose findings are all in its baseline. */
async function accepted(changed: Parameters<typeof shop>[0] = {}): Promise<string> {
  const root = shop(changed)
  const { status } = await run('lint', root, '--update-baseline')
  expect(status).toBe(0)
  return root
}

function edit(root: string, file: string, change: (text: string) => string): void {
  const path = join(root, file)
  const before = readFileSync(path, 'utf8')
  const after = change(before)
  expect(after).not.toBe(before)
  writeFileSync(path, after)
}

describe('a baseline', () => {
  test('is made of what is there, and takes it from the run', async () => {
    const root = shop()
    const { result: before } = await lintJson(root)
    const { status, stderr } = await run('lint', root, '--update-baseline')
    expect(status).toBe(0)
    expect(stderr).toContain(`${before.findings.length} added, 0 removed, 0 moved`)
    const { status: after, result } = await lintJson(root)
    expect(after).toBe(0)
    expect(result.summary).toMatchObject({ errors: 0, baselined: before.findings.length })
    expect(result.silenced.map((one: { fingerprint: string }) => one.fingerprint)).toEqual(
      before.findings.map((one: { fingerprint: string }) => one.fingerprint),
    )
    expect(
      entriesOf(root)
        .map(({ fingerprint }) => fingerprint)
        .sort(),
    ).toEqual(before.findings.map((one: { fingerprint: string }) => one.fingerprint).sort())
  })

  test('is left alone by --no-baseline, and found beside the rules from any folder', async () => {
    const root = await accepted()
    expect((await lintJson(root, '--no-baseline')).status).toBe(1)
    expect(tenantize(join(root, 'src'), ['lint']).status).toBe(0)
  })

  test('a moved and reformatted file: its findings are the same; one new beside one repaired: exactly the new one fails', async () => {
    const root = await accepted()
    mkdirSync(join(root, 'src/app/api/sales/orders'), { recursive: true })
    renameSync(join(root, orderFile), join(root, 'src/app/api/sales/orders/route.ts'))
    edit(root, 'src/app/api/sales/orders/route.ts', (text) =>
      `// moved\n${text}`
        .replaceAll("'", '"')
        .replaceAll('supabase', 'db')
        .replace('await db.from("orders")', 'await db\n      .from("orders")\n      '),
    )
    const moved = await lintJson(root)
    expect(places(moved.result)).toEqual([])
    expect(moved.status).toBe(0)

    edit(root, 'src/app/api/sales/orders/route.ts', (text) => text.replace('"orders"', '"order_lines"'))
    const { status, result } = await lintJson(root)
    expect(status).toBe(1)
    expect(places(result)).toEqual([
      'wrong-database src/app/api/sales/orders/route.ts order_lines',
      `stale-baseline ${name}`,
    ])
  })

  test('a copy of an accepted finding in another handler fails, although the first one is repaired', async () => {
    const root = await accepted()
    edit(root, orderFile, (text) => text.replace('function GET', 'function POST'))
    expect(places((await lintJson(root)).result)).toContain(`wrong-database ${orderFile} orders`)
  })

  test('a stale entry fails the run until it is pruned', async () => {
    const root = await accepted()
    edit(root, orderFile, (text) => text.replace(/^.*from\('orders'\).*\n/m, '  const orders = null\n'))
    const { status, stdout } = await run('lint', root)
    expect(status).toBe(1)
    expect(stdout).toContain(`${name}:`)
    expect(stdout).toContain('`tenantize lint --prune` removes 1 entry of the baseline')
    const before = entriesOf(root).length
    const pruned = await run('lint', root, '--prune')
    expect(pruned).toMatchObject({ status: 0 })
    expect(pruned.stderr).toContain('0 added, 1 removed, 0 moved')
    expect(entriesOf(root)).toHaveLength(before - 1)
  })

  test('does not grow without a reason, and keeps the reason', async () => {
    const root = await accepted()
    edit(root, orderFile, (text) =>
      text.replace('  return', "  await supabase.from('carts').select('*')\n  return"),
    )
    const before = readFileSync(join(root, name), 'utf8')
    const refused = await run('lint', root, '--update-baseline')
    expect(refused.status).toBe(2)
    expect(refused.stderr).toMatch(
      /would grow by 1[\s\S]*orders\/route\.ts:11 wrong-database[\s\S]*--allow-additions/,
    )
    expect(readFileSync(join(root, name), 'utf8')).toBe(before)
    const allowed = await run('lint', root, '--update-baseline', '--allow-additions', 'carts move in May')
    expect(allowed.status).toBe(0)
    expect(entriesOf(root).filter(({ reason }) => reason === 'carts move in May')).toMatchObject([
      { table: 'carts' },
    ])
    const { result } = await lintJson(root)
    expect(result.silenced.map((one: { reason?: string }) => one.reason)).toContain('carts move in May')
  })

  test('a run on a folder neither judges nor prunes what lies elsewhere', async () => {
    const root = await accepted()
    edit(root, orderFile, (text) => text.replace(/^.*from\('orders'\).*\n/m, '  const orders = null\n'))
    const before = entriesOf(root).length
    expect((await run('lint', join(root, 'src/app/api/webhooks'))).status).toBe(0)
    await run('lint', join(root, 'src/app/api/webhooks'), '--prune')
    expect(entriesOf(root)).toHaveLength(before)
  })

  test('keeps the entries of a file that can not be parsed just now', async () => {
    const root = await accepted()
    const before = entriesOf(root)
    const text = readFileSync(join(root, orderFile), 'utf8')
    writeFileSync(join(root, orderFile), `${text}\n<<<<<<< ours\n`)
    const { status, result } = await lintJson(root, '--prune')
    expect(status).toBe(1)
    expect(places(result)).toEqual([`parse-error ${orderFile}`])
    expect(entriesOf(root)).toHaveLength(before.length)
    writeFileSync(join(root, orderFile), text)
    expect((await lintJson(root)).status).toBe(0)
  })

  test('holds nothing of a strict rule', async () => {
    const strict = JSON.stringify({ ...rules, lint: { 'wrong-database': 'strict' } })
    const root = shop({ 'rules.json': strict })
    const { status } = await run('lint', root, '--update-baseline')
    expect(status).toBe(1)
    expect(entriesOf(root).some(({ rule }) => rule === 'wrong-database')).toBe(false)

    const later = await accepted()
    writeFileSync(join(later, 'rules.json'), strict)
    const { result } = await lintJson(later)
    const count = (rule: string) =>
      result.findings.filter((one: { rule: string }) => one.rule === rule).length
    expect(count('wrong-database')).toBeGreaterThan(0)
    expect(count('stale-baseline')).toBe(count('wrong-database'))
  })

  test.each([
    [['--allow-additions', 'x'], 'belongs to --update-baseline'],
    [['--update-baseline', '--allow-additions', ' '], 'needs a reason'],
    [['--no-baseline', '--prune'], 'nothing to update or prune'],
    [['--prune'], 'there is no such baseline'],
    [['--baseline', 'none.json'], 'there is no such baseline'],
  ])('%j is refused', async (args, message) => {
    const root = shop()
    const { status, stderr } = await run('lint', root, ...args)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
    expect(existsSync(join(root, name))).toBe(false)
  })

  test('in SARIF is a suppression with its reason', async () => {
    const root = await accepted()
    const { stdout } = await run('lint', root, '--format', 'sarif')
    const { results } = JSON.parse(stdout).runs[0]
    expect(results.length).toBeGreaterThan(1)
    const justification = 'It was there when the baseline was made.'
    for (const one of results)
      expect(one.suppressions).toEqual([{ kind: 'external', status: 'accepted', justification }])
  })
})

describe('--base', () => {
  test('tells in markdown what changed since a result of another state', async () => {
    const root = shop()
    const base = join(root, 'base.json')
    await run('lint', root, '--format', 'json', '--output', base)
    edit(root, orderFile, (text) => text.replace("'orders'", "'carts'"))
    const { stdout } = await run('lint', root, '--base', base, '--format', 'markdown')
    expect(stdout).toContain('| wrong-database | 2 | 1 | 1 | 2 |')
    expect(stdout).toMatch(/### New since the base[\s\S]*`carts`[\s\S]*<details>[\s\S]*`events`/)
  })

  test.each([
    ['none.json', undefined, "can't be read (ENOENT)"],
    ['a.json', '{', 'this is no JSON'],
    ['b.json', '{}', 'no result of'],
  ])('%s is refused', async (file, text, message) => {
    const root = shop(text === undefined ? {} : { [file]: text })
    const { status, stderr } = await run('lint', root, '--base', join(root, file))
    expect(status).toBe(2)
    expect(stderr).toContain(message)
  })
})

describe('--fix', () => {
  const comment = (rules: string) => `// tenantize-ignore-next-line ${rules} -- until the copy is dropped`

  test('removes what suppresses nothing, and nothing else', async () => {
    const text = orders
      .replace(
        '  const { data: orders }',
        `  ${comment('wrong-database, missing-await')}\n  const { data: orders }`,
      )
      .replace('  return', `  ${comment('missing-tenant-id')}\n  return`)
    const root = shop({ [orderFile]: text })
    const { stderr } = await run('lint', root, '--fix')
    expect(stderr).toContain('2 suppressions removed in 1 file')
    expect(readFileSync(join(root, orderFile), 'utf8')).toBe(
      orders.replace('  const { data: orders }', `  ${comment('wrong-database')}\n  const { data: orders }`),
    )
    const again = await run('lint', root, '--fix')
    expect(again.stderr).toBe('')
  })

  test('leaves one without a reason, or of an unknown rule, to a person', async () => {
    const text = orders.replace(
      '  return',
      '  // tenantize-ignore-next-line missing-await\n  // tenantize-ignore-next-line nope -- x\n  return',
    )
    const root = shop({ [orderFile]: text })
    await run('lint', root, '--fix')
    expect(readFileSync(join(root, orderFile), 'utf8')).toBe(text)
  })
})
