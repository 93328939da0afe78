/** A Prisma client, generated for the test databases' table. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll } from 'vitest'

const require = createRequire(import.meta.url)
const root = fileURLToPath(new URL('../../..', import.meta.url))

const schema = `
generator client {
  provider = "prisma-client-js"
  output   = "./client"
}
datasource db {
  provider = "postgresql"
}
model Account {
  id    Int    @id
  name  String
  owner String
  @@map("accounts")
}
model Company {
  id     Int    @id
  slug   String
  dbName String?
}
model Tenant {
  id     String @id
  status String
  @@map("tenants")
}
`

export interface Account {
  readonly id: number
  readonly name: string
  readonly owner: string
}

interface Delegate<Row> {
  findUniqueOrThrow(args: object): Promise<Row>
  findMany(args?: object): Promise<Row[]>
  count(args?: object): Promise<number>
  create(args: object): Promise<Row>
}

/** The part of the generated client that tests use: its types are made with it, later than these tests are checked. */
export interface TestPrisma {
  readonly account: Delegate<Account>
  readonly tenant: Delegate<{ readonly id: string }>
  /** A test that needs the table makes it. */
  readonly company: Delegate<{ readonly id: number }> & { findFirst(args: object): Promise<unknown> }
  $connect(): Promise<void>
  $disconnect(): Promise<void>
  $transaction<T>(work: (tx: TestPrisma) => Promise<T>): Promise<T>
  $transaction(work: readonly Promise<unknown>[]): Promise<unknown[]>
  $queryRawUnsafe(sql: string): Promise<Record<string, unknown>[]>
  $extends(extension: object): TestPrisma
}

/** Generates the client before the tests of a file; it lies below node_modules, where it finds the package it needs. */
export function usePrisma(): {
  readonly PrismaClient: new (options: object) => TestPrisma
  /** Where the generated client lies. */
  readonly folder: string
} {
  let PrismaClient: (new (options: object) => TestPrisma) | undefined
  let folder = ''
  beforeAll(async () => {
    const home = join(root, 'node_modules', '.cache', 'tenantize-tests')
    mkdirSync(home, { recursive: true })
    folder = mkdtempSync(join(home, 'prisma-'))
    writeFileSync(join(folder, 'schema.prisma'), schema)
    writeFileSync(join(folder, 'package.json'), '{}')
    const prisma = join(dirname(require.resolve('prisma/package.json')), 'build', 'index.js')
    await promisify(execFile)(process.execPath, [prisma, 'generate', '--schema', 'schema.prisma'], {
      cwd: folder,
      // Generating needs no engine, but asks where it is.
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
    })
    PrismaClient = require(join(folder, 'client')).PrismaClient
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return {
    get folder() {
      return join(folder, 'client')
    },
    get PrismaClient() {
      return PrismaClient!
    },
  }
}
