import { PrismaPg } from '@prisma/adapter-pg'
import { createClient } from '@supabase/supabase-js'
import { ConvexHttpClient } from 'convex/browser'
import { makeFunctionReference } from 'convex/server'
import { eq, relations } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ConfigurationError, guard, WrongDatabaseError } from '../../../src/runtime/index.ts'
import { usePostgres } from '../support/postgres.ts'
import { startRest } from '../support/postgrest.ts'
import { usePrisma } from '../support/prisma.ts'

const databases = usePostgres()
const generated = usePrisma()
const rules = {
  databases: { app: { tables: ['tenants', 'users'] }, tenant: { perTenant: true, tables: ['*'] } },
}
const message = 'table `tenants` belongs to app, but this select reaches tenant'
let pool: pg.Pool

beforeAll(() => {
  pool = new pg.Pool({ connectionString: databases.tenantA.url, max: 2 })
})
afterAll(() => pool.end())

it('is nothing at all when it is off', () => {
  expect(guard(pool, rules, 'off')).toBe(pool)
})

it('refuses what it does not know, and rules that do not name the database', () => {
  expect(() => guard({}, rules, 'throw')).toThrow(ConfigurationError)
  expect(() => guard(pool, rules, 'throw', { database: 'tennant' })).toThrow('known: app, tenant')
  const two = { databases: { a: { perTenant: true }, b: { perTenant: true } } }
  expect(() => guard(pool, two, 'throw')).toThrow('name the one of this client')
})

it('reports with the words of lint and lets the call pass', async () => {
  const report = vi.fn()
  const watched = guard(pool, rules, 'report', { report })
  await expect(watched.query('SELECT * FROM tenants')).rejects.toMatchObject({ code: '42P01' })
  expect((await watched.query('SELECT owner FROM accounts WHERE id = $1', [1])).rows).toEqual([
    { owner: 'A' },
  ])
  expect(report.mock.calls.map(([error]) => error.message)).toEqual([message])
})

describe('pg', () => {
  it('stops a text that names the other database’s table, anywhere in it', async () => {
    const watched = guard(pool, rules, 'throw')
    await expect(watched.query('SELECT * FROM tenants')).rejects.toThrow(message)
    await expect(watched.query({ text: 'INSERT INTO public.users VALUES (1)' })).rejects.toThrow(
      WrongDatabaseError,
    )
    await expect(
      watched.query('WITH mine AS (DELETE FROM users RETURNING *) SELECT * FROM mine'),
    ).rejects.toThrow('this delete reaches tenant')
    const connection = await watched.connect()
    await expect(connection.query('UPDATE tenants SET id = 1')).rejects.toThrow(WrongDatabaseError)
    expect((await connection.query('WITH users AS (SELECT 1 AS one) SELECT one FROM users')).rows).toEqual([
      { one: 1 },
    ])
    connection.release()
  })

  it('watches the application’s client as well', async () => {
    const watched = guard(pool, rules, 'throw', { database: 'app' })
    await expect(watched.query('SELECT * FROM accounts')).rejects.toThrow(
      'belongs to tenant, but this select reaches app',
    )
  })
})

it('supabase-js', async () => {
  const rest = await startRest('guarded', databases.tenantA.url)
  const client = guard(
    createClient(rest.url, rest.serviceKey, {
      auth: { persistSession: false },
      realtime: { transport: class {} as never },
    }),
    rules,
    'throw',
  )
  expect((await client.from('accounts').select('owner').eq('id', 1).single()).data).toEqual({ owner: 'A' })
  expect(() => client.from('tenants').select('*')).toThrow(message)
  expect(() => client.schema('public').from('users').insert({ id: 1 })).toThrow('this insert reaches tenant')
  await rest.close()
})

it('Prisma, with the relations of its arguments and in transactions', async () => {
  const prisma = new generated.PrismaClient({ adapter: new PrismaPg(pool) })
  const client = guard(prisma, rules, 'throw')
  expect((await client.account.findUniqueOrThrow({ where: { id: 1 } })).owner).toBe('A')
  // The rules name the table; the accessor is `tenant`.
  expect(() => client.tenant.findMany()).toThrow('but this findMany reaches tenant')
  await expect(client.$transaction((tx) => tx.tenant.count())).rejects.toThrow(WrongDatabaseError)
  expect(await client.$transaction([client.account.count()])).toEqual([50])
  expect(() => client.$extends({}).tenant.count()).toThrow(WrongDatabaseError)
  await prisma.$disconnect()
})

it('Drizzle, with joins, relations and in transactions', async () => {
  const accounts = pgTable('accounts', { id: integer().primaryKey(), owner: text() })
  const users = pgTable('users', { id: integer().primaryKey(), accountId: integer() })
  const schema = {
    accounts,
    users,
    accountRelations: relations(accounts, ({ many }) => ({ members: many(users) })),
    userRelations: relations(users, ({ one }) => ({
      account: one(accounts, { fields: [users.accountId], references: [accounts.id] }),
    })),
  }
  const db = guard(drizzle({ client: pool, schema }), rules, 'throw')
  expect(
    await db.select({ owner: accounts.owner }).from(accounts).where(eq(accounts.id, 1)).limit(1),
  ).toEqual([{ owner: 'A' }])
  expect(() => db.select().from(users)).toThrow(WrongDatabaseError)
  expect(() => db.select().from(accounts).leftJoin(users, eq(users.id, accounts.id))).toThrow(
    WrongDatabaseError,
  )
  expect(() => db.insert(users)).toThrow('this insert reaches tenant')
  await expect(db.transaction(async (tx) => tx.delete(users))).rejects.toThrow(WrongDatabaseError)
  expect((await db.query.accounts.findFirst({ where: eq(accounts.id, 1) }))?.owner).toBe('A')
  expect(() => db.query.users.findMany()).toThrow(WrongDatabaseError)
  expect(() => db.query.accounts.findMany({ with: { members: true } })).toThrow(WrongDatabaseError)
})

it('Convex, by the path of the function or its module', () => {
  const client = guard(
    new ConvexHttpClient('http://127.0.0.1:1', { skipConvexDeploymentUrlCheck: true }),
    {
      databases: {
        main: { tables: ['users', 'chats:shared'] },
        user: { perTenant: true, tables: ['chats'] },
      },
    },
    'throw',
  )
  const query = (path: string) => () => client.query(makeFunctionReference<'query'>(path))
  expect(query('users:me')).toThrow('table `users:me` belongs to main, but this query reaches user')
  expect(query('chats:shared')).toThrow(WrongDatabaseError)
  expect(() => query('chats:list')().catch(() => {})).not.toThrow()
})
