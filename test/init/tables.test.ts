import { describe, expect, test } from 'vitest'
import { readLibrary } from '../../src/dialects/prisma/library.ts'
import { tablesOf } from '../../src/init/prisma-schema.ts'
import { keyOfName, pathWord, singular } from '../../src/init/words.ts'
import { entry, proposalFor, values } from './support.ts'

describe('tables', async () => {
  const { app, tenant } = await proposalFor('follows-foreign-keys')

  test('a child without the tenant’s column follows its parent, over any number of steps', () => {
    expect(values(tenant.tables)).toEqual(['countries', 'order_line_parts', 'order_lines', 'orders', 'teams'])
    expect(entry(tenant.tables, 'order_line_parts')?.evidence).toMatch('`line` leads to order_lines')
    expect(entry(tenant.tables, 'order_line_parts')?.decide).toBeUndefined()
  })

  test('sign-in, the list of tenants and their members stay', () => {
    expect(values(app.tables)).toEqual(['organization_members', 'organizations', 'plans', 'profiles'])
  })

  test('what nothing decides is marked', () => {
    expect(entry(tenant.tables, 'countries')?.decide).toBe('it may be the same for all tenants')
    expect(entry(app.tables, 'plans')?.decide).toMatch('billing')
    expect(entry(tenant.tables, 'orders')?.decide).toBeUndefined()
  })

  test('what a person says outranks what was seen', async () => {
    const said = await proposalFor('follows-foreign-keys', { sides: new Map([['countries', 'app']]) })
    expect(entry(said.app.tables, 'countries')).toMatchObject({
      evidence: expect.stringContaining('you said so'),
    })
    expect(entry(said.app.tables, 'countries')?.decide).toBeUndefined()
  })

  test('a word of a person’s own finds its column', async () => {
    const said = await proposalFor('follows-foreign-keys', { word: 'order' })
    expect(said.tenantWord).toBe('order')
    expect(said.tenantColumn).toBeUndefined()
    const other = await proposalFor('prisma-singleton', { word: 'user' })
    expect(other.tenantColumn).toBe('userId')
  })

  test('a Prisma schema gives models, and Auth.js’s accounts are no customers', async () => {
    const prisma = await proposalFor('prisma-singleton')
    expect(values(prisma.app.tables)).toEqual(['Account', 'Company', 'User'])
    expect(values(prisma.tenant.tables)).toEqual(['Invoice', 'Line'])
    expect(prisma.tenantWord).toBe('company')
    expect(prisma.app.clients[0]?.evidence).toMatch('a ready client: 1 query in 1 file')
  })

  test('SQL gives tables, columns and keys; a folder of it belongs where its tables do', async () => {
    const { app, tenant, sql } = await proposalFor('sql-migrations')
    expect(values(app.tables)).toEqual(['users', 'workspace_members', 'workspaces'])
    expect(values(tenant.tables)).toEqual(['blocks', 'pages'])
    expect(values(sql)).toEqual([
      { files: 'supabase/migrations/**', database: 'app' },
      { files: 'supabase/tenant/**', database: 'tenant' },
    ])
  })

  test('only the side of a relation that holds the key refers', () => {
    const text =
      'model A {\n  bs B[]\n}\nmodel B {\n  a A @relation(fields: [aId], references: [id])\n  aId String // model C {\n}\n'
    const [a, b] = tablesOf(readLibrary(['s.prisma'], () => text, '/').schemas)
    expect(a?.references).toEqual([])
    expect(b?.references).toEqual([{ column: 'a', table: 'A' }])
    expect(b?.columns).toEqual(['a', 'aId'])
  })
})

describe('words', () => {
  test.each([
    ['companies', 'company'],
    ['boxes', 'box'],
    ['status', 'status'],
    ['address', 'address'],
    ['invoices', 'invoice'],
  ])('%s → %s', (plural, one) => expect(singular(plural)).toBe(one))

  test('a table and a model have one key', () => {
    expect(keyOfName('QuoteLineItem')).toBe(keyOfName('quote_line_items'))
  })

  test('paths that end in a tenant’s id', () => {
    expect(pathWord(['user', 'tenantId'])).toBe('tenant')
    expect(pathWord(['activeOrganizationId'])).toBe('organization')
    expect(pathWord(['orgId'])).toBe('organization')
    expect(pathWord(['workspace', 'id'])).toBe('workspace')
    expect(pathWord(['account', 'providerAccountId'])).toBeUndefined()
    expect(pathWord(['id'])).toBeUndefined()
    expect(pathWord(['invoice', 'id'])).toBeUndefined()
  })
})
