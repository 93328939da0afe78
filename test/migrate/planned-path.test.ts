import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrateCase, type Outcome } from '../support/cases.ts'

const files: Record<string, string> = {
  'package.json': '{ "name": "team" }',
  'rules.json': `{
    "databases": {
      "app": { "clients": ["./apps/web/lib/db.ts#createAppClient"], "tables": ["users"] },
      "tenant": {
        "perTenant": true,
        "clients": [{ "export": "./apps/web/lib/tenant.ts#getTenantClient", "arguments": ["$tenantId"], "planned": true }],
        "tables": ["*"]
      }
    },
    "tenantId": { "sources": [{ "parameter": "tenantId" }] }
  }`,
  'apps/web/lib/db.ts': 'export const createAppClient = () => undefined as any\n',
  'apps/web/pages/api/orders.ts':
    "import { createAppClient } from '../../lib/db'\n\nexport async function orders(tenantId: string) {\n  const db = createAppClient()\n  return db.from('orders').select('*')\n}\n",
}

const withExtensions =
  "import { createAppClient } from '../../lib/db.ts'\n\nexport async function invoices(tenantId: string) {\n  const db = createAppClient()\n  return db.from('invoices').select('*')\n}\n"

let root: string
let outcome: Outcome

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'planned-'))
  for (const [name, text] of Object.entries({ ...files, 'apps/web/pages/api/invoices.ts': withExtensions })) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  outcome = await migrateCase(root)
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

test('a planned client that the rules name by a path is imported from where the file stands', () => {
  const change = outcome.migration.changes.get(join(root, 'apps/web/pages/api/orders.ts'))
  expect(change?.after).toContain("import { getTenantClient } from '../../lib/tenant'")
  expect(change?.after).toContain('const db = await getTenantClient(tenantId)')
})

test('with an extension where the file writes them', () => {
  const change = outcome.migration.changes.get(join(root, 'apps/web/pages/api/invoices.ts'))
  expect(change?.after).toContain("import { getTenantClient } from '../../lib/tenant.ts'")
})

test('and is known again in what was rewritten', () => {
  expect(outcome.left.findings).toEqual([])
  expect([...outcome.second.changes.keys()]).toEqual([])
})
