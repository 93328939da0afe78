import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createClassifier } from '../../src/rules/classify.ts'
import { parseRules } from '../../src/rules/load.ts'

const classifier = (rules: object) => createClassifier(parseRules(JSON.stringify(rules), '/app/rules.json'))

const crm = classifier({
  databases: {
    app: {
      tables: ['tenants', 'users', 'audit_*', 'countries', 'public.regions'],
      buckets: ['avatars', 'brand-*'],
      functions: ['run_migration'],
      auth: true,
    },
    tenant: {
      perTenant: true,
      tables: ['*', 'audit_log_entries_*', 'countries', 'conversations:list'],
      buckets: ['*'],
    },
  },
  routes: [
    { files: 'src/app/api/users/**', database: 'app', reason: 'accounts are kept once' },
    { files: 'src/app/api/**', database: 'tenant' },
  ],
  exceptions: [
    {
      files: 'src/app/api/users/report/**',
      tables: ['accounts', 'event*'],
      database: 'app',
      reason: 'old copies',
    },
    { files: 'src/admin/**', database: 'app', reason: 'the admin console' },
  ],
})

describe('owners', () => {
  it.each([
    ['users', ['app'], 'users'],
    ['accounts', ['tenant'], '*'],
    ['audit_log', ['app'], 'audit_*'],
    ['audit_log_entries_2024', ['tenant'], 'audit_log_entries_*'],
    ['countries', ['app', 'tenant'], 'countries'],
    ['public.users', ['app'], 'users'],
    ['public.audit_log', ['app'], 'audit_*'],
    ['regions', ['app'], 'public.regions'],
    ['public.regions', ['app'], 'public.regions'],
    ['Users', ['tenant'], '*'],
    ['auth.users', ['tenant'], '*'],
    ['conversations:list', ['tenant'], 'conversations:list'],
  ])('%s', (table, databases, pattern) => expect(crm.tableDatabases(table)).toEqual({ databases, pattern }))

  it('answers for buckets, functions and sign-in', () => {
    expect(crm.bucketDatabases('avatars')?.databases).toEqual(['app'])
    expect(crm.bucketDatabases('brand-assets')?.databases).toEqual(['app'])
    expect(crm.bucketDatabases('contracts')?.databases).toEqual(['tenant'])
    expect(crm.functionDatabases('run_migration')?.databases).toEqual(['app'])
    expect(crm.functionDatabases('other')).toBeUndefined()
    expect(crm.authDatabase()).toBe('app')
    expect(classifier({ databases: { t: { perTenant: true } } }).authDatabase()).toBeUndefined()
  })

  it('keeps two names apart that differ only in the schema, when the rules do', () => {
    const both = classifier({
      databases: { app: { tables: ['public.users'] }, tenant: { perTenant: true, tables: ['users'] } },
    })
    expect(both.tableDatabases('public.users')?.databases).toEqual(['app'])
    expect(both.tableDatabases('users')?.databases).toEqual(['tenant'])
  })
})

describe('expected', () => {
  it.each([
    [
      'a table outranks its route',
      'src/app/api/users/route.ts',
      'accounts',
      ['tenant'],
      'table',
      'table "accounts" belongs to tenant by "*"',
    ],
    ['an exact name says so', 'x.ts', 'users', ['app'], 'table', 'table "users" belongs to app'],
    [
      'a reference table',
      'x.ts',
      'countries',
      ['app', 'tenant'],
      'table',
      'table "countries" is kept in app and tenant',
    ],
    [
      'an exception for a table',
      'src/app/api/users/report/route.ts',
      'accounts',
      ['app'],
      'exception',
      'old copies',
    ],
    [
      'an exception by pattern',
      'src/app/api/users/report/route.ts',
      'public.events',
      ['app'],
      'exception',
      'old copies',
    ],
    [
      'not another table',
      'src/app/api/users/report/route.ts',
      'notes',
      ['tenant'],
      'table',
      'table "notes" belongs to tenant by "*"',
    ],
    [
      'no table, no exception for tables',
      'src/app/api/users/report/route.ts',
      undefined,
      ['app'],
      'route',
      'accounts are kept once',
    ],
    ['an exception for files', 'src/admin/page.tsx', 'notes', ['app'], 'exception', 'the admin console'],
    [
      'an exception without a table',
      'src/admin/page.tsx',
      undefined,
      ['app'],
      'exception',
      'the admin console',
    ],
    [
      'a route without a reason',
      'src/app/api/x/route.ts',
      undefined,
      ['tenant'],
      'route',
      'files "src/app/api/**" belong to tenant',
    ],
  ] as const)('%s', (_, file, table, databases, by, reason) => {
    expect(crm.expected({ file, table })).toMatchObject({ databases, by, reason })
  })

  it('says nothing of what the rules do not know, and the same object every time', () => {
    expect(crm.expected({ file: 'lib/x.ts' })).toBeUndefined()
    const access = { file: 'src/app/api/x/route.ts', table: 'accounts' }
    expect(crm.expected(access)).toBe(crm.expected(access))
  })

  it('takes the first route that matches', () => {
    expect(crm.route('src/app/api/users/route.ts')?.database).toBe('app')
    expect(crm.route('src/app/api/x/route.ts')?.database).toBe('tenant')
    expect(crm.route('src/x.ts')).toBeUndefined()
  })
})

describe('precedence, on any rules', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '_'), minLength: 1, maxLength: 4 })
  const pattern = fc.oneof(
    name,
    fc.array(fc.oneof(name, fc.constant('*')), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
  )
  const tables = fc.uniqueArray(pattern, { maxLength: 5 })

  const matches = (glob: string, table: string): boolean => {
    if (glob === '') return table === ''
    if (glob[0] === '*')
      return matches(glob.slice(1), table) || (table !== '' && matches(glob, table.slice(1)))
    return glob[0] === table[0] && matches(glob.slice(1), table.slice(1))
  }
  const rank = (glob: string) =>
    glob.includes('*') ? glob.replaceAll('*', '').length : Number.POSITIVE_INFINITY

  it('exact beats pattern, more literal characters beat fewer, ties share', () => {
    fc.assert(
      fc.property(tables, tables, tables, name, (a, b, c, table) => {
        const databases = { a, b, c }
        const found = classifier({
          databases: { a: { tables: a }, b: { tables: b }, c: { tables: c, perTenant: true } },
        }).tableDatabases(table)
        const ranks = Object.entries(databases).map(([database, list]) => ({
          database,
          best: Math.max(...list.filter((glob) => matches(glob, table)).map(rank), -1),
        }))
        const top = Math.max(...ranks.map((item) => item.best))
        const winners =
          top < 0 ? undefined : ranks.filter((item) => item.best === top).map((item) => item.database)
        expect(found?.databases).toEqual(winners)
        if (found) expect([rank(found.pattern), matches(found.pattern, table)]).toEqual([top, true])
      }),
      { numRuns: 1000 },
    )
  })
})
