import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConvexHttpClient } from 'convex/browser'
import { makeFunctionReference } from 'convex/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeyRing, createKeySet, keyOf, splitFields } from '../../../src/runtime/keys/index.ts'
import { blocksOf, page, section } from '../../docs/pages.ts'
import { binary } from '../../support/cli.ts'
import { useConvex } from '../support/convex/start.ts'

const deployments = useConvex('main', 'user')
const key = randomBytes(32)
const keys = createKeyRing(createKeySet(keyOf(key)))
let folder = ''

beforeAll(async () => {
  // Inside of the package, so that `tenantize/runtime` is what was built of it.
  const home = fileURLToPath(new URL('../../../dist', import.meta.url))
  mkdirSync(home, { recursive: true })
  folder = mkdtempSync(join(home, 'operations-'))
  const text = section(page('docs/runtime.md'), 'Operations')
  const example = blocksOf({ path: '', text }).find(({ language }) => language === 'js')!
  writeFileSync(join(folder, 'tenants.config.js'), example.text)
  const client = new ConvexHttpClient(deployments.main.url)
  for (const [userId, url] of [
    ['ada', deployments.user.url],
    ['bob', 'http://127.0.0.1:2'],
  ] as const) {
    const seal = (plaintext: string) =>
      keys.encrypt(plaintext, { tenantId: userId, field: 'any' }, 'iv:authTag:ciphertext')
    const joined = { deploymentUrl: await seal(url), deployKey: await seal(`canary-of-${userId}`) }
    const row = { userId, connectionStatus: 'connected', ...splitFields(joined) }
    await client.mutation(makeFunctionReference<'mutation'>('byod:putConfig'), row)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [binary, 'tenants', ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH ?? '',
      NEXT_PUBLIC_CONVEX_URL: deployments.main.url,
      ENCRYPTION_KEY: key.toString('hex'),
    },
  })
  expect(stdout + stderr).not.toContain('canary')
  return { status, stdout, stderr }
}

describe('operations on users’ deployments, with the configuration of the page', () => {
  it('list them', () => {
    const { status, stdout } = run('list')
    expect(stdout).toMatch(/^ada +active .*url: iv:authTag:ciphertext, deployKey: iv:authTag:ciphertext$/m)
    expect(status).toBe(0)
  })

  it('check whether they answer', () => {
    const { status, stdout } = run('check')
    expect(stdout).toMatch(/^ada +ok/m)
    expect(stdout).toContain('bob  unreachable: its deployment does not answer (ECONNREFUSED)')
    expect(status).toBe(1)
  })

  it('rewrite their credentials', () => {
    expect(run('rotate').stdout).toContain('2 tenants: 2 written · 0 as they should be · 0 failed')
    expect(run('rotate').stdout).toContain('2 tenants: 0 written · 2 as they should be · 0 failed')
    expect(run('check', '--only', 'ada').status).toBe(0)
  })

  it('say what needs an application database', () => {
    for (const words of [
      ['migrate', '--', 'true'],
      ['check', '--since', '2026-01-01', '--rules', '../../fixtures/crm/rules.json'],
    ]) {
      const { status, stderr } = run(...words)
      expect(stderr).toContain('needs the application database')
      expect(status).toBe(2)
    }
  })
})
