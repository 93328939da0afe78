import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fixtures } from '../support/cases.ts'
import { binary } from '../support/cli.ts'

let root: string

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tenantize-watch-'))
  cpSync(join(fixtures, 'crm'), root, { recursive: true })
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('--watch runs again when a file changes or comes, survives broken rules, and ends when it is told to', async () => {
  const child = spawn(
    process.execPath,
    [binary, 'lint', root, '--watch', '--no-color', '--format', 'agent'],
    {
      env: { ...process.env, CI: '', GITHUB_ACTIONS: '' },
    },
  )
  let out = ''
  let runs = 0
  let wake = () => {}
  child.stdout.on('data', (data) => {
    out += data
  })
  child.stderr.on('data', (data) => {
    out += data
    runs += String(data).split('Watching for changes').length - 1
    wake()
  })
  const ended = new Promise<number | null>((resolve) => child.on('exit', (status) => resolve(status)))
  /** Makes a change, and gives what is said until the next run is over. */
  const after = async (change: () => void) => {
    const until = runs + 1
    out = ''
    change()
    while (runs < until) await new Promise<void>((resolve) => (wake = resolve))
    return out
  }
  try {
    expect(await after(() => {})).toContain('src/app/api/accounts/route.ts')
    const route = join(root, 'src/app/api/tags/route.ts')
    const text = readFileSync(route, 'utf8')
    expect(await after(() => writeFileSync(route, `${text}\n{{{`))).toContain('parse-error')
    expect(await after(() => writeFileSync(route, text))).not.toContain('parse-error')
    expect(
      await after(() =>
        cpSync(join(root, 'src/app/api/accounts/route.ts'), join(root, 'src/app/api/tags/other.ts')),
      ),
    ).toContain('src/app/api/tags/other.ts')
    const rules = readFileSync(join(root, 'rules.json'), 'utf8')
    expect(await after(() => writeFileSync(join(root, 'rules.json'), '{'))).toContain('rules.json')
    expect(await after(() => writeFileSync(join(root, 'rules.json'), rules))).toContain(
      'src/app/api/accounts',
    )
  } finally {
    child.kill('SIGINT')
  }
  expect(await ended).toBe(130)
}, 120_000)
