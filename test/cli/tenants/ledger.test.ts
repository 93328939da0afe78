import { expect, it } from 'vitest'
import { ledgerFor } from '../../../src/cli/tenants/ledger.ts'
import { folder } from '../../support/cli.ts'

const config = { application: 'DATABASE_URL', directory: { table: 'tenants' } }
const tableFor = (files: Record<string, string>, command: string, more = {}) =>
  ledgerFor({ folder: folder(files), config: { ...config, ...more } }, command.split(' '))?.table

it('the ledger is that of the tool which the command names', () => {
  const prisma = { 'prisma/migrations/1_a/migration.sql': '' }
  expect(tableFor(prisma, 'npx prisma migrate deploy')).toBe('_prisma_migrations')
  expect(tableFor(prisma, 'node_modules/.bin/prisma migrate deploy')).toBe('_prisma_migrations')
  expect(tableFor({ 'drizzle/meta/_journal.json': '{"entries":[]}' }, 'npx drizzle-kit migrate')).toBe(
    'drizzle.__drizzle_migrations',
  )
  expect(tableFor({ 'supabase/migrations/1_a.sql': '' }, 'supabase db push')).toBe(
    'supabase_migrations.schema_migrations',
  )
})

it('none is guessed where its migrations are not, and the configured one counts', () => {
  expect(tableFor({}, 'npx prisma migrate deploy')).toBeUndefined()
  expect(tableFor({ 'prisma/migrations/1_a/migration.sql': '' }, 'psql -f change.sql')).toBeUndefined()
  const ledger = { table: 'ops.done', column: 'name' }
  expect(tableFor({}, 'psql -f change.sql', { ledger })).toBe('ops.done')
})
