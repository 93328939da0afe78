import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { filesBelow } from '../support/cases.ts'
import { binary, commitAll, git, run, tenantize } from '../support/cli.ts'
import { clean, orders, shop } from '../support/shop.ts'

/** The same result at another time. */
const timeless = (text: string) =>
  text
    .replace(/"durationMs": ?\d+/, '"durationMs": 0')
    .replace(/time="\d+\.\d+"/, 'time="0"')
    .replace(/\b\d+(?:\.\d+)? m?s\b/, '0 ms')

/** The shape of a value: its keys with the types of what they hold. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? [shape(value[0])] : []
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shape(item)]))
  return typeof value
}

describe('exit status', () => {
  test.each([
    ['lint with findings', 1, ['lint'], {}],
    ['lint without findings', 0, ['lint', 'src/app/api/auth'], {}],
    ['migrate with work to do', 0, ['migrate'], {}],
    ['migrate --check with work to do', 1, ['migrate', '--check'], {}],
    ['migrate --check with nothing to do', 0, ['migrate', '--check', 'src/app/api/invoices'], {}],
    [
      'migrate --check with a site that needs a person',
      1,
      ['migrate', '--check', 'src/app/api/webhooks'],
      {},
    ],
    ['explain for a line with an access', 0, ['explain', 'src/app/api/orders/route.ts:10'], {}],
    ['explain for a line without one', 1, ['explain', 'src/app/api/orders/route.ts:4'], {}],
    ['rules with a mistake', 2, ['lint'], { 'rules.json': '[]' }],
    ['an option that does not exist', 2, ['lint', '--rulez'], {}],
  ] as const)('%s: %i', (_, status, args, changed) => {
    expect(tenantize(shop(changed), args).status).toBe(status)
  })

  test('lint with warnings only: 0', async () => {
    const root = shop(clean)
    const rules = JSON.parse(readFileSync(join(root, 'rules.json'), 'utf8'))
    const warned = shop({
      ...clean,
      'rules.json': JSON.stringify({ ...rules, lint: { 'wrong-database': 'warning' } }),
    })
    const { status, stdout } = await run('lint', warned, '--format', 'json')
    expect(JSON.parse(stdout).summary).toMatchObject({ errors: 0, warnings: 1 })
    expect(status).toBe(0)
  })
})

describe('--format diff', () => {
  const applies = (cwd: string, patch: string, ...args: string[]) =>
    execFileSync('git', [...args, 'apply', '--check', '-'], {
      cwd,
      input: patch,
      stdio: ['pipe', 'pipe', 'pipe'],
    })

  test.each([
    ['the root', '.', '.'],
    ['a folder of it', 'src/app', '.'],
    ['the folder above the routes', 'src', 'app/api'],
  ])('can be applied in %s', (_, cwd, dir) => {
    const root = shop({
      ...clean,
      'src/app/api/crlf/route.ts': `\uFEFF${orders.replaceAll('\n', '\r\n').trimEnd()}`,
    })
    commitAll(root)
    const { status, stdout } = tenantize(join(root, cwd), ['migrate', dir, '--format', 'diff'])
    expect(status).toBe(0)
    expect(stdout.match(/^--- /gm)).toHaveLength(2)
    expect(() => applies(join(root, cwd), stdout)).not.toThrow()
  })

  test('can be applied from elsewhere with git -C, and gives what --write writes', async () => {
    const [root, written] = [shop(clean), shop(clean)]
    commitAll(root)
    const { stdout } = tenantize(shop(), ['migrate', root, '--format', 'diff'])
    expect(() => applies('/', stdout, '-C', root)).not.toThrow()
    execFileSync('git', ['-C', root, 'apply', '-'], { input: stdout })
    await run('migrate', written, '--write', '--no-verify')
    expect(filesBelow(join(root, 'src'))).toEqual(filesBelow(join(written, 'src')))
    expect(git(root, 'diff', '--name-only')).toBe('src/app/api/orders/route.ts\n')
  })

  test('is empty when there is nothing to do', async () => {
    const { stdout } = await run('migrate', join(shop(), 'src/app/api/auth'), '--format', 'diff')
    expect(stdout).toBe('')
  })

  test('exists for migrate only', async () => {
    const { status, stderr } = await run('lint', shop(), '--format', 'diff')
    expect(status).toBe(2)
    expect(stderr).toContain('no format `diff` for lint')
  })
})

describe('--format json', () => {
  const position = { line: 'number', column: 'number', offset: 'number' }

  test('of lint has every field', async () => {
    const { stdout } = await run('lint', shop(), '--format', 'json')
    const result = JSON.parse(stdout)
    expect(result).toMatchObject({ version: 1, command: 'lint' })
    expect(shape(result.summary)).toEqual({
      files: 'number',
      analysed: 'number',
      accesses: 'number',
      errors: 'number',
      warnings: 'number',
      suppressed: 'number',
      baselined: 'number',
      durationMs: 'number',
    })
    expect(result.findings.length).toBeGreaterThan(1)
    expect(
      shape(result.findings.find((finding: { rule: string }) => finding.rule === 'wrong-database')),
    ).toEqual({
      rule: 'string',
      severity: 'string',
      message: 'string',
      file: 'string',
      range: { start: position, end: position },
      table: 'string',
      operation: 'string',
      database: { actual: 'string', expected: 'string' },
      evidence: [{ file: 'string', line: 'number', column: 'number', message: 'string' }],
      fixable: 'boolean',
      fingerprint: 'string',
    })
  })

  test('of migrate has every field', async () => {
    const { stdout } = await run('migrate', shop(), '--format', 'json')
    const result = JSON.parse(stdout)
    expect(result).toMatchObject({
      version: 1,
      command: 'migrate',
      summary: {
        routes: 4,
        updated: 1,
        skippedApp: 1,
        alreadyUpdated: 1,
        needsReview: 1,
        errors: 0,
        sites: 5,
        verified: false,
      },
    })
    expect(Object.keys(result.summary)).toEqual(expect.arrayContaining(['durationMs']))
    const statuses = Object.fromEntries(
      result.files.map((file: { file: string; status: string }) => [file.file, file.status]),
    )
    expect(statuses).toEqual({
      'src/app/api/auth/route.ts': 'skipped-app',
      'src/app/api/invoices/route.ts': 'already-updated',
      'src/app/api/orders/route.ts': 'updated',
      'src/app/api/webhooks/route.ts': 'needs-review',
    })
    const { sites, diff } = result.files.find((file: { status: string }) => file.status === 'updated')
    expect(sites).toMatchObject([
      { line: 9, table: 'users', from: 'app', to: 'app', rewrite: 'none', status: 'kept' },
      { line: 10, table: 'orders', from: 'app', to: 'tenant', rewrite: 'split-client', status: 'rewritten' },
    ])
    expect(diff).toMatch(
      /^--- a\/src\/app\/api\/orders\/route\.ts\n\+\+\+ b\/src\/app\/api\/orders\/route\.ts\n@@ /m,
    )
    const [review] = result.files.find((file: { status: string }) => file.status === 'needs-review').sites
    expect(review).toMatchObject({
      line: 5,
      rewrite: 'none',
      status: 'needs-review',
      reason: expect.stringContaining('webhook'),
    })
  })

  test('of migrate says whether the types were checked', async () => {
    const { stdout } = await run('migrate', shop(clean), '--verify', '--format', 'json')
    expect(JSON.parse(stdout).summary.verified).toBe(true)
  })

  test('counts lines and columns from 1 and offsets from 0, in UTF-16 units, a byte order mark included', async () => {
    const text = `\uFEFF// 😀 é\r\n${orders.replaceAll('\n', '\r\n')}`
    const root = shop({ 'src/app/api/orders/route.ts': text })
    const { stdout } = await run('lint', join(root, 'src/app/api/orders'), '--format', 'json')
    const [{ range }] = JSON.parse(stdout).findings
    expect(text.slice(range.start.offset, range.end.offset)).toBe("'orders'")
    expect(range.start.line).toBe(11)
    const line = text.split('\r\n')[range.start.line - 1]!
    expect(line.slice(range.start.column - 1, range.end.column - 1)).toBe("'orders'")
  })

  test('has paths relative to the rules, whatever the working directory and the folder asked for', () => {
    const root = shop()
    for (const [cwd, dir] of [
      [root, '.'],
      [join(root, 'src/app/api'), 'orders'],
      ['/', root],
    ] as const) {
      const { stdout } = tenantize(cwd, ['lint', dir, '--format', 'json'])
      const paths = JSON.parse(stdout).findings.map((finding: { file: string }) => finding.file)
      expect(paths).toContain('src/app/api/orders/route.ts')
    }
  })

  test('has fingerprints that survive an edit above, and that differ from each other', async () => {
    const prints = async (text: string) => {
      const { stdout } = await run(
        'lint',
        join(shop({ 'src/app/api/orders/route.ts': text }), 'src/app/api/orders'),
        '--format',
        'json',
      )
      return JSON.parse(stdout).findings.map((finding: { fingerprint: string }) => finding.fingerprint)
    }
    const twice = orders.replace('  return', "  await supabase.from('orders').select('*')\n  return")
    const found = await prints(twice)
    expect(new Set(found).size).toBe(2)
    expect(await prints(`// A comment.\n\n${twice}`)).toEqual(found)
    expect(await prints(orders)).toEqual(found.slice(0, 1))
  })

  test('owns the standard output', () => {
    const { stdout, stderr } = tenantize(shop(), ['migrate', '--format', 'json'])
    expect(() => JSON.parse(stdout)).not.toThrow()
    expect(stderr).not.toContain('{')
  })
})

describe('output', () => {
  test.each([
    ['lint', 'pretty'],
    ['lint', 'json'],
    ['lint', 'markdown'],
    ['migrate', 'pretty'],
    ['migrate', 'json'],
    ['lint', 'jsonl'],
    ['lint', 'agent'],
    ['lint', 'github'],
    ['lint', 'gitlab'],
    ['lint', 'sarif'],
    ['lint', 'junit'],
    ['migrate', 'diff'],
    ['migrate', 'markdown'],
    ['migrate', 'jsonl'],
    ['migrate', 'agent'],
    ['migrate', 'github'],
  ])('of %s --format %s is the same every time', async (command, format) => {
    const root = shop()
    const [first, second] = [
      await run(command, root, '--format', format),
      await run(command, root, '--format', format),
    ]
    expect(first.stdout.length).toBeGreaterThan(100)
    expect(timeless(second.stdout)).toBe(timeless(first.stdout))
  })

  test('goes to files, in the order of the formats', async () => {
    const root = shop()
    const [json, markdown] = [join(root, 'result.json'), join(root, 'result.md')]
    const { stdout } = await run(
      'migrate',
      root,
      '--format',
      'json',
      '--format',
      'markdown',
      '--format',
      'diff',
      '--output',
      json,
      '--output',
      markdown,
    )
    expect(JSON.parse(readFileSync(json, 'utf8')).command).toBe('migrate')
    expect(readFileSync(markdown, 'utf8')).toContain('| Total routes | 4 |')
    expect(stdout).toMatch(/^(?:diff --git|--- a\/)/)
  })

  test('is coloured only when asked for', () => {
    const root = shop()
    const colour = '\u001B['
    expect(tenantize(root, ['lint']).stdout).not.toContain(colour)
    expect(tenantize(root, ['lint'], { FORCE_COLOR: '1' }).stdout).toContain(colour)
    expect(tenantize(root, ['lint'], { FORCE_COLOR: '1', NO_COLOR: '1' }).stdout).not.toContain(colour)
    expect(tenantize(root, ['lint', '--no-color'], { FORCE_COLOR: '1' }).stdout).not.toContain(colour)
    expect(tenantize(root, ['lint', '--format', 'json'], { FORCE_COLOR: '1' }).stdout).not.toContain(colour)
  })

  test('ends quietly when its reader has seen enough', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`src/app/api/r${index}/route.ts`, orders]),
    )
    const child = spawn(process.execPath, [binary, 'migrate', shop(many)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let errors = ''
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    child.stdout.once('data', () => child.stdout.destroy())
    const [status, signal] = await once(child, 'close')
    expect({ errors, status, signal }).toEqual({ errors: '', status: 0, signal: null })
  })

  test('of migrate as markdown has the summary, what was rewritten and what needs a person', async () => {
    const { stdout } = await run('migrate', shop(), '--format', 'markdown')
    expect(stdout).toContain('| Updated | 1 |')
    expect(stdout).toContain('| Skipped (app DB) | 1 |')
    expect(stdout).toContain('| Already updated | 1 |')
    expect(stdout).toContain('src/app/api/webhooks/route.ts')
    expect(stdout).toMatch(/webhooks route, which is called without a session/)
    expect(stdout).toMatch(/^\|? ?`?src\/app\/api/m)
  })

  test('of migrate names the summary of the reference system', async () => {
    const { stdout } = await run('migrate', shop())
    for (const line of [
      /Total routes:?\s+4/,
      /Updated:?\s+1/,
      /Skipped \(app DB\):?\s+1/,
      /Already updated:?\s+1/,
      /Needs review:?\s+1/,
      /Errors:?\s+0/,
    ])
      expect(stdout).toMatch(line)
    expect(stdout).toContain('+  const tenantDb = await getTenantClient(session.user.tenantId)')
    expect(stdout).toMatch(/src\/app\/api\/webhooks\/route\.ts:5\b/)
  })

  test('of lint points at the table and shows the way back to the client', async () => {
    const { stdout } = await run('lint', join(shop(), 'src/app/api/orders'))
    expect(stdout).toContain("const { data: orders } = await supabase.from('orders').select('*')")
    expect(stdout).toContain('^^^^^^^^')
    expect(stdout).toMatch(/src\/app\/api\/orders\/route\.ts:8:\d+/)
    expect(stdout).toContain('wrong-database')
  })
})

describe('explain', () => {
  const at = (line: number, ...args: string[]) => {
    const root = shop()
    return run('explain', `${join(root, 'src/app/api/orders/route.ts')}:${line}`, ...args)
  }

  test('tells of an access which rule decided, where its client comes from and what would be written', async () => {
    const { stdout } = await at(10)
    expect(stdout).toContain('`orders`')
    expect(stdout).toContain('tenant')
    expect(stdout).toMatch(/route\.ts:8/)
    expect(stdout).toContain('split-client')
  })

  test('tells of an access that stays', async () => {
    const { stdout } = await at(9, '--format', 'json')
    const { accesses } = JSON.parse(stdout)
    expect(accesses).toMatchObject([
      {
        line: 9,
        operation: 'select',
        verdicts: [{ name: 'users', actual: 'app', expected: ['app'], state: 'right' }],
        rewrite: { status: 'kept' },
      },
    ])
    expect(accesses[0].chain.length).toBeGreaterThan(0)
  })

  test('tells of a client that is made', async () => {
    const { status, stdout } = await at(8)
    expect(status).toBe(0)
    expect(stdout).toContain('app')
    expect(stdout).toContain('createAppClient')
    const { creations, accesses } = JSON.parse((await at(8, '--format', 'json')).stdout)
    expect(creations).toMatchObject([{ database: 'app', perTenant: false }])
    expect(accesses).toEqual([])
  })

  test('says when there is nothing on a line', async () => {
    const { status, stdout } = await at(4)
    expect(status).toBe(1)
    expect(stdout).toMatch(/nothing|no (?:call|access|client)/i)
  })

  test('takes a column, as editors write it', async () => {
    const root = shop()
    const { status, stdout } = await run('explain', `${join(root, 'src/app/api/orders/route.ts')}:10:44`)
    expect(status).toBe(0)
    expect(stdout).toContain('`orders`')
  })
})
