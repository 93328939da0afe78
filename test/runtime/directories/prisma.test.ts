import { PrismaPg } from '@prisma/adapter-pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prismaDirectory } from '../../../src/runtime/directories/index.ts'
import { usePostgres } from '../support/postgres.ts'
import { type TestPrisma, usePrisma } from '../support/prisma.ts'

const postgres = usePostgres()
const prisma = usePrisma()
const { signal } = new AbortController()
const base = 'postgres://root:canary@db.example.com:5432'
let master: TestPrisma

beforeAll(async () => {
  await postgres.query(
    `CREATE TABLE "Company" (id int PRIMARY KEY, slug text NOT NULL, "dbName" text);
     INSERT INTO "Company" SELECT id, 'company-' || id, 'company_' || id FROM generate_series(1, 600) id;
     UPDATE "Company" SET "dbName" = 'a/b' WHERE id = 2`,
    postgres.application.url,
  )
  master = new prisma.PrismaClient({
    adapter: new PrismaPg({ connectionString: postgres.application.url }),
  })
})
afterAll(() => master.$disconnect())

describe('companies of the master database, over Prisma', () => {
  const directory = (options = {}) =>
    prismaDirectory({ model: master.company, parseId: Number, baseUrl: () => base, ...options })

  it('gives the URL of a company’s database', async () => {
    const found = await directory().lookup('1', { signal })
    const url = found!.credentials.url!
    expect('reveal' in url && url.reveal()).toBe(`${base}/company_1`)
    expect(JSON.stringify(found)).not.toContain('canary')
  })

  it('finds it by its slug, where that is what tenants are called', async () => {
    const bySlug = { parseId: undefined, columns: { id: 'slug', databaseName: 'dbName' } }
    expect(await directory(bySlug).lookup('company-5', { signal })).toMatchObject({ tenantId: 'company-5' })
    expect(await directory(bySlug).lookup('company-x', { signal })).toBeNull()
  })

  it('takes no id but those of the model', async () => {
    for (const id of ['0', '01', '1e0', 'one', '1 '])
      expect(await directory().lookup(id, { signal })).toBeNull()
  })

  it('refuses a name that leads elsewhere, and lists it with the reason', async () => {
    await expect(directory().lookup('2', { signal })).rejects.toMatchObject({
      code: 'CREDENTIAL',
      field: 'dbName',
    })
    const found = []
    for await (const tenant of directory().list!({ signal })) found.push(tenant)
    expect(found.map(({ tenantId }) => Number(tenantId))).toEqual(
      Array.from({ length: 600 }, (_, at) => at + 1),
    )
    expect(found[1]).toMatchObject({
      status: 'error',
      settings: { problem: expect.stringContaining('dbName') },
    })
  })
})
