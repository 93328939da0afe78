import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { filesBelow } from '../support/cases.ts'
import { commitAll, folder, git, run, tenantize, write } from '../support/cli.ts'
import { clean, files, orders, rules, shop } from '../support/shop.ts'

const serverAction = `${orders.replace(' Response(null, { status: 401 })', " Error('Unauthorized')").replace('return new Error', 'throw new Error')}`

/** Runs a command that has to fail, and sees to it that nothing is printed as a result and no file changes. */
async function fails(root: string, ...args: string[]): Promise<string> {
  const before = filesBelow(root)
  const { status, stdout, stderr } = await run(...args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).not.toContain('please report it')
  expect(stderr).not.toMatch(/\n\s+at /)
  expect(filesBelow(root)).toEqual(before)
  return stderr
}

describe.each(['lint', 'migrate'])('%s', (command) => {
  test('says where it looked for rules', async () => {
    const root = shop({ 'rules.json': undefined })
    expect(await fails(root, command, root)).toContain(join(root, 'rules.json'))
  })

  test('says which rules file is missing', async () => {
    const root = shop()
    expect(await fails(root, command, root, '--rules', join(root, 'tenants.json'))).toContain('tenants.json')
  })

  test('says where the rules can not be read', async () => {
    const root = shop({ 'rules.json': '{\n  "databases": {\n    "app" ["x"]\n  }\n}\n' })
    expect(await fails(root, command, root)).toMatch(/rules\.json:3:11/)
  })

  test('names the key that was meant', async () => {
    const { tenantId, ...rest } = rules
    const root = shop({ 'rules.json': JSON.stringify({ ...rest, tenantID: tenantId }, null, 2) })
    expect(await fails(root, command, root)).toMatch(/rules\.json:\d+:\d+.*tenantID.*tenantId/s)
  })

  test('names the database that was meant', async () => {
    const root = shop({
      'rules.json': JSON.stringify({ ...rules, routes: [{ files: 'src/**', database: 'tennant' }] }, null, 2),
    })
    expect(await fails(root, command, root)).toMatch(/rules\.json:\d+:\d+.*tennant.*tenant/s)
  })

  test('refuses rules that contradict themselves', async () => {
    const databases = { ...rules.databases, app: { ...rules.databases.app, tables: ['tenants', 'tenants'] } }
    const root = shop({ 'rules.json': JSON.stringify({ ...rules, databases }, null, 2) })
    expect(await fails(root, command, root)).toMatch(/rules\.json:\d+:\d+.*tenants/s)
  })

  test('refuses rules without a database per tenant', async () => {
    const root = shop({ 'rules.json': JSON.stringify({ databases: { app: rules.databases.app } }, null, 2) })
    expect(await fails(root, command, root)).toContain('perTenant')
  })

  test('refuses a client that resolves to nothing, and says what there is instead', async () => {
    const root = shop({
      'rules.json': JSON.stringify(rules, null, 2).replace('#createAppClient', '#createClientOfApp'),
    })
    const message = await fails(root, command, root)
    expect(message).toMatch(/rules\.json:\d+:\d+/)
    expect(message).toContain('@/lib/db#createClientOfApp')
    expect(message).toContain('createAppClient, getTenantClient')
    expect(message).toContain('"planned": true')
  })

  test('refuses a client of a module that is not there', async () => {
    const root = shop({
      'rules.json': JSON.stringify(rules, null, 2).replace(
        '@/lib/db#createAppClient',
        '@/lib/database#createAppClient',
      ),
    })
    expect(await fails(root, command, root)).toContain('@/lib/database')
  })

  test('refuses a folder that is not there', async () => {
    const root = shop()
    expect(await fails(root, command, join(root, 'src/ap'))).toContain('src/ap')
  })

  test('names the format that was meant', async () => {
    const root = shop()
    const message = await fails(root, command, root, '--format', 'jsno')
    expect(message).toContain('jsno')
    expect(message).toContain('did you mean `json`')
  })

  test('refuses an option that does not exist', async () => {
    const root = shop()
    expect(await fails(root, command, root, '--formt', 'json')).toContain("'--formt'")
  })

  test('refuses more outputs than formats', async () => {
    const root = shop()
    expect(
      await fails(
        root,
        command,
        root,
        '--format',
        'json',
        '--output',
        join(root, 'a'),
        '--output',
        join(root, 'b'),
      ),
    ).toContain('--output')
  })

  test('says when an output can not be written', async () => {
    const root = shop()
    const { status, stderr } = await run(
      command,
      root,
      '--format',
      'json',
      '--output',
      join(root, 'rules.json/result.json'),
    )
    expect(status).toBe(2)
    expect(stderr).toMatch(/result\.json: can't be written \(ENOTDIR\)/)
  })
})

describe('a file that can not be parsed', () => {
  const broken = {
    ...clean,
    'src/app/api/broken/route.ts': `import { createAppClient } from '@/lib/db'\n\nexport function GET( {\n`,
  }

  test('is a finding, and the others are still judged', async () => {
    const { status, stdout } = await run('lint', shop(broken), '--format', 'json')
    const { findings } = JSON.parse(stdout)
    expect(status).toBe(1)
    expect(
      findings.map((finding: { rule: string; file: string }) => `${finding.rule} ${finding.file}`),
    ).toEqual(['parse-error src/app/api/broken/route.ts', 'wrong-database src/app/api/orders/route.ts'])
  })

  test('is an error of the migration, which goes on with the others', async () => {
    const root = shop(broken)
    const { status, stdout } = await run('migrate', root, '--format', 'json', '--check')
    const result = JSON.parse(stdout)
    expect(status).toBe(1)
    expect(result.summary).toMatchObject({ updated: 1, errors: 1 })
    expect(result.files.find((file: { file: string }) => file.file.includes('broken'))).toMatchObject({
      status: 'error',
      reason: expect.stringMatching(/\w/),
    })
  })

  test('is left as it is when the others are written', async () => {
    const root = shop(broken)
    const { status } = await run('migrate', root, '--write', '--no-verify')
    expect(status).toBe(0)
    expect(readFileSync(join(root, 'src/app/api/broken/route.ts'), 'utf8')).toBe(
      broken['src/app/api/broken/route.ts'],
    )
    expect(readFileSync(join(root, 'src/app/api/orders/route.ts'), 'utf8')).toContain('tenantDb')
  })
})

describe('a code base without tsconfig.json', () => {
  const relative = Object.fromEntries(
    Object.entries(files)
      .filter(([name]) => name.startsWith('src/'))
      .map(([name, text]) => [
        name,
        text.replaceAll('@/lib', `${'../'.repeat(name.split('/').length - 2)}lib`),
      ]),
  )
  const plain = {
    ...relative,
    ...clean,
    'tsconfig.json': undefined,
    'rules.json': JSON.stringify(rules).replaceAll('@/lib', './src/lib'),
  }

  test('is judged when it has no aliases', async () => {
    const { status, stdout } = await run('lint', shop(plain), '--format', 'json')
    expect(status).toBe(1)
    expect(JSON.parse(stdout).findings).toMatchObject([{ rule: 'wrong-database', table: 'orders' }])
  })

  test('is written and verified', async () => {
    const root = shop(plain)
    expect((await run('migrate', root, '--write')).status).toBe(0)
    expect(readFileSync(join(root, 'src/app/api/orders/route.ts'), 'utf8')).toContain(
      "from '../../../lib/db'\n",
    )
    expect((await run('lint', root)).status).toBe(0)
  })

  test('needs one for aliases: the rules then name nothing', async () => {
    const root = shop({ 'tsconfig.json': undefined })
    expect(await fails(root, 'lint', root)).toContain('no file is found for `@/lib/db`')
  })

  test('gets a clear message for one that can not be read', async () => {
    const root = shop({ 'tsconfig.json': '{ "compilerOptions": { "paths": ' })
    const message = await fails(root, 'migrate', root, '--verify')
    expect(message).toMatch(/tsconfig\.json|@\/lib\/db/)
  })
})

describe('writing', () => {
  // Permissions mean nothing to root; a name that leaves no room for a temporary file beside it stops everyone.
  test('is all or nothing: a folder that takes no new file stops it before any file has changed', async () => {
    const root = shop({ ...clean, [`src/lib/z${'o'.repeat(245)}.ts`]: serverAction })
    const message = await fails(root, 'migrate', root, '--write', '--no-verify')
    expect(message).toMatch(/zooo.*\.ts: has a name too long.*No file was changed\.\n/)
  })

  test('is all or nothing: a file that is not UTF-8 stops it before any file has changed', async () => {
    const root = shop(clean)
    write(root, 'src/lib/latin.ts', '')
    writeFileSync(
      join(root, 'src/lib/latin.ts'),
      Buffer.from(serverAction.replace('Unauthorized', 'No autorisé'), 'latin1'),
    )
    expect(await fails(root, 'migrate', root, '--write', '--no-verify')).toMatch(
      /latin\.ts: is not UTF-8.*\n/,
    )
  })

  test('is refused with uncommitted changes, and says which', async () => {
    const root = shop(clean)
    commitAll(root)
    write(root, 'notes.txt', 'not committed')
    const before = filesBelow(root)
    const { status, stdout, stderr } = await run('migrate', root, '--write')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('notes.txt')
    expect(stderr).toContain('--allow-dirty')
    expect(filesBelow(root)).toEqual(before)
  })

  test('is done with uncommitted changes when asked to', async () => {
    const root = shop(clean)
    commitAll(root)
    write(root, 'notes.txt', 'not committed')
    expect((await run('migrate', root, '--write', '--no-verify', '--allow-dirty')).status).toBe(0)
    expect(git(root, 'diff', '--name-only')).toBe('src/app/api/orders/route.ts\n')
  })

  test('leaves a file alone that would gain a type error, with the words of the compiler', async () => {
    const typed = orders
      .replace(
        'supabase = createAppClient()',
        'supabase: ReturnType<typeof createAppClient> & { app?: true } = createAppClient()',
      )
      .replace(/.*'users'.*\n/, '')
      .replace('{ user, orders }', '{ orders }')
    const db = files['src/lib/db.ts']!.replace(
      'tenantId: string): Promise<SupabaseClient>',
      'tenantId: string): Promise<SupabaseClient & { app: false }>',
    )
      .replace('return createClient(`https', 'return Object.assign(createClient(`https')
      .replace("example.com`, 'service')", "example.com`, 'service'), { app: false as const })")
    const root = shop({ ...clean, 'src/app/api/typed/route.ts': typed, 'src/lib/db.ts': db })
    const { status, stdout } = await run('migrate', root, '--write', '--format', 'json')
    const { sites } = JSON.parse(stdout).files.find(({ file }: { file: string }) => file.includes('typed'))
    expect(status).toBe(0)
    expect(sites).toMatchObject([
      {
        status: 'needs-review',
        reason: expect.stringMatching(/would add a type error: TS2322 .+route\.ts:8 after/),
      },
    ])
    expect(readFileSync(join(root, 'src/app/api/typed/route.ts'), 'utf8')).toBe(typed)
    expect(readFileSync(join(root, 'src/app/api/orders/route.ts'), 'utf8')).toContain('tenantDb')
  })

  test('excludes --check and --dry-run', async () => {
    const root = shop(clean)
    expect(await fails(root, 'migrate', root, '--write', '--check')).toContain('--check')
    expect(await fails(root, 'migrate', root, '--write', '--dry-run')).toContain('--dry-run')
  })

  test('leaves no temporary file and keeps the mode of a file', async () => {
    const root = shop(clean)
    const file = join(root, 'src/app/api/orders/route.ts')
    chmodSync(file, 0o755)
    const names = [...filesBelow(root).keys()]
    expect((await run('migrate', root, '--write', '--no-verify')).status).toBe(0)
    expect([...filesBelow(root).keys()]).toEqual(names)
    expect(statSync(file).mode & 0o777).toBe(0o755)
  })
})

describe('a path', () => {
  test('that is a file of the code base restricts the report to it', async () => {
    const root = shop({ 'src/app/api/payments/route.ts': orders })
    const { stdout } = await run('lint', join(root, 'src/app/api/payments/route.ts'), '--format', 'json')
    expect(JSON.parse(stdout).findings.map((finding: { file: string }) => finding.file)).toEqual([
      'src/app/api/payments/route.ts',
    ])
  })

  test('outside of any repository and without rules is refused', async () => {
    const root = folder({ 'a.ts': 'export {}\n' })
    expect(await fails(root, 'lint', root)).toContain('rules.json')
  })

  test('is refused by explain when it is outside of the code base', async () => {
    const root = shop()
    const elsewhere = folder({ 'a.ts': 'export {}\n' })
    expect(await fails(root, 'explain', `${join(elsewhere, 'a.ts')}:1`)).toContain('rules.json')
    expect(await fails(root, 'explain', `${join(root, 'types/next.d.ts')}:1`)).toContain(
      'not part of the code base',
    )
    expect(await fails(root, 'explain', `${join(root, 'src/nowhere.ts')}:1`)).toContain(
      'there is no such file',
    )
    expect(await fails(root, 'explain', join(root, 'src/lib/db.ts'))).toContain('expected <file>:<line>')
  })
})

describe('a command', () => {
  test('that does not exist is refused, and the list is named', async () => {
    const { status, stderr } = await run('lnit')
    expect(status).toBe(2)
    expect(stderr).toContain('lint')
    expect(stderr).toContain('--help')
  })

  test('is needed', () => {
    const { status, stdout, stderr } = tenantize(folder(), [])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('migrate [options] [dir]')
  })

  test('helps with status 0', async () => {
    const { status, stdout } = await run('migrate', '--help')
    expect(status).toBe(0)
    expect(stdout).toContain('--allow-dirty')
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
