import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createOwners } from '../../../src/rules/name-patterns.ts'
import {
  ConfigurationError,
  createTableRouter,
  readTableRules,
  tableOwners,
} from '../../../src/runtime/index.ts'

const rules = {
  databases: {
    main: { tables: ['users', 'user*', 'countries'] },
    user: { perTenant: true, tables: ['conversations', 'message*', 'countries'] },
  },
}

describe('a table router', () => {
  it('knows where a table is', () => {
    const { getTableLocation, isMainTable, isUserTable } = createTableRouter(rules)
    expect(['users', 'userStats', 'conversations', 'messages', 'countries'].map(getTableLocation)).toEqual([
      'main',
      'main',
      'user',
      'user',
      'user',
    ])
    expect([isUserTable('messages'), isMainTable('messages'), isUserTable('users')]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('warns once of a table that no rule names, and looks for it in main', () => {
    const warn = vi.fn()
    const { getTableLocation } = createTableRouter(rules, { warn })
    expect([getTableLocation('mistyped'), getTableLocation('mistyped')]).toEqual(['main', 'main'])
    expect(warn.mock.calls).toEqual([
      ['table "mistyped" is in no database of the rules; it is looked for in main'],
    ])
  })

  it('throws instead where it is told to', () => {
    const { getTableLocation } = createTableRouter(rules, { unknown: 'throw' })
    expect(() => getTableLocation('mistyped')).toThrow(ConfigurationError)
  })

  it('needs a main database and one of tenants', () => {
    expect(() => createTableRouter({ databases: { main: {} } })).toThrow('"perTenant": true')
    expect(() => createTableRouter({ databases: { user: { perTenant: true } } })).toThrow('no main database')
  })
})

it('reads rules with comments, and says of a broken file where to look', () => {
  const file = join(tmpdir(), `tenantize-rules-${process.pid}.json`)
  writeFileSync(file, `{ // the split\n "databases": ${JSON.stringify(rules.databases)}, }`)
  expect(tableOwners(readTableRules(file)).of('messages')).toEqual(['user'])
  writeFileSync(file, '{ "databases": ')
  expect(() => readTableRules(file)).toThrow('tenantize lint')
  expect(() => readTableRules(join(file, 'nothing'))).toThrow(ConfigurationError)
})

it('gives the same answer as lint, for any rules and any table', () => {
  const letter = fc.constantFrom('a', 'b', '_', '*', 'public.')
  const pattern = fc.array(letter, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''))
  const name = fc
    .array(fc.constantFrom('a', 'b', '_', 'public.'), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(
      fc.array(pattern, { maxLength: 5 }),
      fc.array(pattern, { maxLength: 5 }),
      name,
      (one, other, table) => {
        const position = { line: 1, column: 1 }
        const named = (texts: string[]) => texts.map((text) => ({ text, position }))
        const lint = createOwners([
          { database: 'main', names: named(one) },
          { database: 'user', names: named(other) },
        ])
        const runtime = tableOwners({
          databases: { main: { tables: one }, user: { perTenant: true, tables: other } },
        })
        expect([...runtime.of(table)].sort()).toEqual([...(lint(table)?.databases ?? [])].sort())
      },
    ),
    { numRuns: 3_000 },
  )
})
