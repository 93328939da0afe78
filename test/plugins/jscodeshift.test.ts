import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyOf } from '../support/cli.ts'
import { type Case, casesIn, textsBelow } from './support.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const runner = join(
  createRequire(import.meta.url).resolve('jscodeshift/package.json'),
  '..',
  'bin/jscodeshift.js',
)
const transform = join(root, 'dist/jscodeshift/index.js')

const jscodeshift = (cwd: string, ...words: string[]) =>
  spawnSync(
    process.execPath,
    [
      runner,
      '-t',
      transform,
      '--parser',
      'tsx',
      '--extensions',
      'ts,tsx,js,jsx,mts,cts,mjs,cjs',
      ...words,
      '.',
    ],
    { cwd, encoding: 'utf8', maxBuffer: 64e6 },
  )

describe('the transform under the real runner', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tenantize-jscodeshift-test-')))
  let cases: Case[]
  beforeAll(async () => {
    cases = await casesIn(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('writes what migrate writes, in every fixture', () => {
    const expected = textsBelow(folder)
    let changed = 0
    for (const { changes } of cases)
      for (const [file, text] of changes) {
        expect(expected.has(file)).toBe(true)
        expected.set(file, text)
        changed++
      }
    const { stdout, stderr } = jscodeshift(folder)
    expect(stdout, stderr).toContain(`${changed} ok`)
    expect(stdout).toContain('0 errors')
    expect(textsBelow(folder)).toEqual(expected)
    expect(changed).toBeGreaterThan(100)
  })

  it('plans once when several processes share the files', () => {
    const expected = copyOf(join(root, 'fixtures/crm'))
    const shared = copyOf(join(root, 'fixtures/crm'))
    expect(jscodeshift(expected, '--run-in-band').stdout).toContain('103 ok')
    expect(jscodeshift(shared, '--cpus=3').stdout).toContain('103 ok')
    const relative = (home: string) =>
      [...textsBelow(home)].map(([file, text]) => [file.slice(home.length), text])
    expect(relative(shared)).toEqual(relative(expected))
    // A second run has nothing to do.
    expect(jscodeshift(shared).stdout).toContain('0 ok')
  })

  it('says that it needs rules', () => {
    const bare = copyOf(join(root, 'fixtures/shared'))
    expect(jscodeshift(bare, '--run-in-band').stdout).toContain('there is no rules.json in a folder above')
  })
})
