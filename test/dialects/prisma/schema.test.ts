import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSchema } from '../../../src/dialects/prisma/schema/parse.ts'
import type { SchemaTree } from '../../../src/dialects/prisma/schema/tree.ts'

const whole = `
// A comment, and a "text" in it.
datasource db {
  provider  = "postgresql"
  url       = env("DATABASE_URL")
  schemas   = ["auth", "public"]
}

generator client {
  provider        = "prisma-client-js"
  previewFeatures = ["views"] // among others
  output          = "../node_modules/@acme/client"
}

/// What a person may do.
enum Role {
  OWNER @map("owner")
  MEMBER
  @@map("roles")
}

type Address {
  street String
}

model User {
  id      Int      @id @default(autoincrement())
  name    String?  @db.VarChar(200)
  tags    String[] @default([])
  place   Unsupported("point")?
  boss    User?    @relation("Staff", fields: [bossId], references: [id], onDelete: SetNull)
  staff   User[]   @relation("Staff")
  bossId  Int?     @map("boss_id") /* kept */
  role    Role     @default(MEMBER)

  @@unique([name, bossId], map: "name_of_boss")
  @@map("user \\"table\\"")
  @@schema("auth")
}

view Names {
  id Int @unique
}
`

describe('a schema', () => {
  const tree = parseSchema(whole)
  const user = tree.models.find(({ name }) => name === 'User')!

  test('is read without a problem', () => {
    expect(tree.problem).toBeUndefined()
    expect(tree.models.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'type Address',
      'model User',
      'view Names',
    ])
    expect(tree.blocks.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'datasource db',
      'generator client',
    ])
  })

  test('has fields with types, lists and attributes', () => {
    expect(user.fields.map(({ name, type, list, optional }) => [name, type, list, optional])).toEqual([
      ['id', 'Int', false, false],
      ['name', 'String', false, true],
      ['tags', 'String', true, false],
      ['place', 'Unsupported', false, true],
      ['boss', 'User', false, true],
      ['staff', 'User', true, false],
      ['bossId', 'Int', false, true],
      ['role', 'Role', false, false],
    ])
    expect(user.fields[1]!.attributes.map(({ name }) => name)).toEqual(['db.VarChar'])
    const [relation] = user.fields[4]!.attributes
    expect(relation!.args.map(({ name }) => name)).toEqual([undefined, 'fields', 'references', 'onDelete'])
  })

  test('has attributes of the model, with texts unescaped', () => {
    expect(user.attributes.map(({ name }) => name)).toEqual(['unique', 'map', 'schema'])
    expect(user.attributes[1]!.args[0]!.value).toMatchObject({ kind: 'text', value: 'user "table"' })
  })

  test('says where things stand', () => {
    for (const field of user.fields)
      expect(whole.slice(field.start, field.end)).toMatch(new RegExp(`^${field.name}\\s`))
    expect(whole.slice(user.start, user.end)).toMatch(/^model User \{[\s\S]*\}$/)
    expect(whole.slice(user.fields[6]!.start, user.fields[6]!.end)).toBe('bossId  Int?     @map("boss_id")')
  })
})

describe('what Prisma would refuse', () => {
  test.each([
    ['model A {\n  id Int @id\n', 'A block is not closed'],
    ['model A {\n  id\n  name String\n}', 'Expected a field'],
    ['table A {\n}', 'no kind of block called "table"'],
    ['model A {\n  id Int @default(1\n}\n', 'A parenthesis is not closed'],
    ['datasource db {\n  provider "x"\n}', 'Expected a setting'],
  ])('%j', (text, message) => {
    expect(parseSchema(text).problem?.message).toContain(message)
  })

  test('does not hide what follows it', () => {
    const { models } = parseSchema('model A {\n  id id id id\n  name String\n}\nmodel B {\n  id Int\n}\n')
    expect(models.map(({ name }) => name)).toEqual(['A', 'B'])
    expect(models[0]!.fields.map(({ name }) => name)).toContain('name')
  })
})

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,8}$/)
const attribute = fc.oneof(
  fc.constant('@id'),
  fc.constant('@default(now())'),
  fc.tuple(word, fc.stringMatching(/^[ -~é€]*$/)).map(([name, text]) => `@${name}(${JSON.stringify(text)})`),
  fc.tuple(word, word).map(([a, b]) => `@relation(fields: [${a}, ${b}], references: [${b}])`),
)
const field = fc.record({
  name: word,
  type: word,
  mark: fc.constantFrom('', '?', '[]'),
  attributes: fc.array(attribute, { maxLength: 3 }),
})
const models = fc.array(fc.record({ name: word, fields: fc.array(field, { maxLength: 6 }) }), {
  maxLength: 5,
})

test('whatever is written is read', () => {
  fc.assert(
    fc.property(models, fc.constantFrom('\n', '\r\n'), (written, newline) => {
      const text = written
        .map(({ name, fields }) =>
          [
            `model ${name} {`,
            ...fields.map(
              (one) => `  ${one.name}  ${one.type}${one.mark} ${one.attributes.join(' ')} // ${name}`,
            ),
            '}',
          ].join(newline),
        )
        .join(newline)
      const tree = parseSchema(text)
      expect(tree.problem).toBeUndefined()
      expect(outline(tree)).toEqual(
        written.map(({ name, fields }) => [
          name,
          fields.map(({ name: own, type, mark, attributes }) => [own, type, mark, attributes.length]),
        ]),
      )
    }),
  )
})

function outline({ models: found }: SchemaTree): unknown[] {
  return found.map(({ name, fields }) => [
    name,
    fields.map((one) => [
      one.name,
      one.type,
      one.list ? '[]' : one.optional ? '?' : '',
      one.attributes.length,
    ]),
  ])
}

test('no text makes it throw or run on, and every place lies in the text', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(
        'model ',
        'A ',
        '{',
        '}',
        '\n',
        '@',
        '@@',
        '(',
        ')',
        '[',
        ']',
        '"',
        '//',
        '/*',
        '?',
        ':',
        ',',
      ),
      fc.string(),
    ),
  )
  fc.assert(
    fc.property(pieces, (list) => {
      const text = list.join('')
      const tree = parseSchema(text)
      for (const model of tree.models)
        for (const { start, end } of [model, ...model.fields]) {
          expect(start).toBeGreaterThanOrEqual(0)
          expect(end).toBeGreaterThanOrEqual(start)
          expect(end).toBeLessThanOrEqual(text.length)
        }
    }),
  )
})
