import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { modelsNamed, modelsOfTable, readLibrary } from '../../../src/dialects/prisma/library.ts'
import { reachable } from '../../../src/dialects/prisma/reachable.ts'

const root = join('/', 'repository')

function library(files: Record<string, string>) {
  return readLibrary(Object.keys(files).sort(), (file) => files[file]!, root)
}

const database = 'datasource db {\n  provider = "postgresql"\n}\n'
const client = (output?: string) =>
  `generator client {\n  provider = "prisma-client-js"\n${output ? `  output = "${output}"\n` : ''}}\n`

describe('files of one schema', () => {
  test.each([
    ['one file', { 'prisma/schema.prisma': `${database}${client()}model A {\n}\nmodel B {\n}\n` }],
    [
      'a folder',
      {
        'prisma/schema/base.prisma': database,
        'prisma/schema/a.prisma': 'model A {\n}',
        'prisma/schema/b.prisma': 'model B {\n}',
      },
    ],
    [
      'folders below',
      {
        'prisma/schema.prisma': database,
        'prisma/models/a.prisma': 'model A {\n}',
        'prisma/models/x/b.prisma': 'model B {\n}',
      },
    ],
    [
      'folders beside',
      {
        'prisma/base/schema.prisma': database,
        'prisma/models/a.prisma': 'model A {\n}',
        'prisma/models/b.prisma': 'model B {\n}',
      },
    ],
    ['no datasource', { 'a.prisma': 'model A {\n}', 'b.prisma': 'model B {\n}' }],
  ])('%s', (_, files) => {
    const { schemas } = library(files as unknown as Record<string, string>)
    expect(schemas.map(({ models }) => models.map(({ name }) => name).sort())).toEqual([['A', 'B']])
  })
})

test('several schemas in one repository keep to themselves', () => {
  const { schemas } = library({
    'packages/master/prisma/schema.prisma': `${database}${client('../node_modules/@acme/master')}model Company {\n}\n`,
    'packages/tenant/prisma/schema.prisma': `${database}${client('../src/generated')}`,
    'packages/tenant/prisma/models/project.prisma': 'model Project {\n}\n',
    'apps/web/prisma/schema.prisma': `${database}${client()}model Page {\n}\n`,
  })
  expect(schemas.map(({ models, clients }) => [models.map(({ name }) => name), clients])).toEqual([
    [['Page'], ['@prisma/client']],
    [['Company'], ['@acme/master']],
    [['Project'], [join(root, 'packages/tenant/src/generated')]],
  ])
})

describe('models', () => {
  const found = library({
    'schema.prisma': `${database}
model UserTeam {
  id     Int
  userId Int
  user   User @relation(fields: [userId], references: [id])
  @@map("user_teams")
}
model User {
  id    Int
  teams UserTeam[]
  @@map("users")
  @@schema("auth")
}
model Log {
  id Int
}
type Address {
  street String
}
`,
  })

  test('have every spelling that code and SQL use', () => {
    expect(modelsNamed(found, 'userTeam').map(({ spellings }) => spellings)).toEqual([
      ['userTeam', 'UserTeam', 'user_teams'],
    ])
    expect(modelsNamed(found, 'User').map(({ spellings }) => spellings)).toEqual([
      ['user', 'User', 'auth.users'],
    ])
    expect(modelsOfTable(found, 'auth.users').map(({ name }) => name)).toEqual(['User'])
    expect(modelsOfTable(found, 'Log').map(({ name }) => name)).toEqual(['Log'])
    expect(modelsNamed(found, 'address')).toEqual([])
  })

  test('relate to others; only one side holds the key', () => {
    const [team] = modelsNamed(found, 'userTeam')
    expect(team!.relations.get('user')).toMatchObject({ list: false, keys: ['userId'] })
    expect(team!.relations.get('user')!.model.relations.get('teams')).toMatchObject({ list: true, keys: [] })
    expect(reachable(team!).map(({ name }) => name)).toEqual(['User', 'UserTeam'])
    expect(reachable(modelsNamed(found, 'log')[0]!)).toEqual([])
  })
})

test('a file that is not right is told of', () => {
  expect(library({ 'schema.prisma': 'model A {' }).broken).toMatchObject([
    { file: 'schema.prisma', message: 'A block is not closed' },
  ])
})
