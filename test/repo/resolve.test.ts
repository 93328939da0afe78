import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Repository } from '../../src/repo/repository.ts'

const files: Record<string, string> = {
  'package.json': '{ "name": "team", "workspaces": ["apps/*", "packages/**"] }',
  'packages/billing/gateway/package.json':
    '{ "name": "@team/billing-gateway", "exports": { ".": "./src/index.ts" } }',
  'packages/billing/gateway/src/index.ts': "export * from './pay'",
  'packages/billing/gateway/src/pay.ts': 'export const pay = 1',
  'apps/web/package.json': '{ "name": "web" }',
  // What it extends is not installed: no resolver can read this configuration whole.
  'apps/web/tsconfig.json':
    '{ "extends": "@team/tsconfig/base.json", "compilerOptions": { "baseUrl": ".", "paths": { "~/*": ["./app/*"], "~/lib/*": ["./lib/*"], "db": ["./lib/database/client"] } } }',
  'apps/web/lib/chain.ts': 'export const chain = 1',
  'apps/web/lib/database/client.ts': 'export const db = 1',
  'apps/web/app/page.ts':
    "import { pay } from '@team/billing-gateway'\nimport { chain } from '~/lib/chain'\nexport { pay, chain }",
}

let root: string
let repository: Repository

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'resolve-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  repository = new Repository(root)
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('in a workspace where nothing is installed', () => {
  const from = () => join(root, 'apps/web/app/page.ts')
  const resolved = (specifier: string) => {
    const file = repository.resolve(from(), specifier)
    return file && repository.relative(file)
  }

  test('paths of a configuration that extends a missing package are followed, the longest prefix first', () => {
    expect(resolved('~/lib/chain')).toBe('apps/web/lib/chain.ts')
    expect(resolved('~/page')).toBe('apps/web/app/page.ts')
    expect(resolved('db')).toBe('apps/web/lib/database/client.ts')
    expect(resolved('~/lib/missing')).toBeUndefined()
  })

  test('and so is its `baseUrl`, for names that no path fits', () => {
    expect(resolved('lib/chain')).toBe('apps/web/lib/chain.ts')
    expect(resolved('react')).toBeUndefined()
  })

  test('a package is found by its name, and who imports it by its file', () => {
    expect(resolved('@team/billing-gateway')).toBe('packages/billing/gateway/src/index.ts')
    const index = join(root, 'packages/billing/gateway/src/index.ts')
    expect([...repository.importersByName(index)]).toContain(from())
  })
})
