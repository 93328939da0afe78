import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { RulesError } from '../../src/rules/error.ts'
import { loadRules, parseRules } from '../../src/rules/load.ts'
import { ruleNames } from '../../src/rules/model.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rules-')))
afterAll(() => rmSync(folder, { recursive: true }))

const smallest = '{ "databases": { "t": { "perTenant": true } } }'
const at = (name: string) => join(folder, name)
const write = (name: string, text: string | Buffer) => {
  writeFileSync(at(name), text)
  return at(name)
}

function problem(file: string) {
  try {
    loadRules(file)
  } catch (error) {
    if (error instanceof RulesError) return error
  }
  throw new Error('expected a RulesError')
}

describe('the file', () => {
  it('is resolved through symbolic links', () => {
    mkdirSync(at('app'))
    write('app/rules.json', smallest)
    symlinkSync('app/rules.json', at('link.json'))
    expect(loadRules(at('link.json')).file).toBe(at('app/rules.json'))
  })

  it('is called in problems what the caller called it', () => {
    write('app/wrong.json', '{')
    symlinkSync('app/wrong.json', at('wrong-link.json'))
    const { problems, message } = problem(at('wrong-link.json'))
    expect(problems).toEqual([{ file: at('wrong-link.json'), line: 1, column: 2, message: 'expected "}"' }])
    expect(message).toBe(`${at('wrong-link.json')}:1:2 expected "}"`)
  })

  it('may have a byte order mark, carriage returns, comments and trailing commas', () => {
    const text = `\uFEFF// rules\r\n{\r\n  /* two */ "databases": {\r\n    "t": { "perTenant": true, },\r\n  },\r\n}\r\n`
    expect(loadRules(write('windows.json', text)).databases[0]!.position).toEqual({ line: 4, column: 5 })
  })

  it('is missing', () => {
    const remedy = 'no such file; run `tenantize init` to propose one, or name another with --rules'
    expect(problem(at('none.json')).message).toBe(`${at('none.json')}: ${remedy}`)
    expect(problem(at('windows.json/rules.json')).message).toBe(`${at('windows.json/rules.json')}: ${remedy}`)
  })

  it('is a link to nothing, or to itself', () => {
    symlinkSync('gone.json', at('dangling.json'))
    symlinkSync('loop.json', at('loop.json'))
    expect(problem(at('dangling.json')).message).toBe(
      `${at('dangling.json')}: this symbolic link leads to a file that does not exist`,
    )
    expect(problem(at('loop.json')).message).toBe(`${at('loop.json')}: the file can't be read (ELOOP)`)
  })

  it('is a folder', () => {
    mkdirSync(at('empty'))
    expect(problem(at('empty')).message).toBe(`${at('empty')}: this is a folder, not a rules file`)
    expect(problem(at('app')).message).toBe(
      `${at('app')}: this is a folder, not a rules file; did you mean "${at('app/rules.json')}"?`,
    )
  })

  it('is in another encoding', () => {
    const file = write('utf16.json', Buffer.from(`\uFEFF${smallest}`, 'utf16le'))
    expect(problem(file).message).toBe(`${file}: this is not text in UTF-8; save it as UTF-8`)
  })
})

describe('the rules', () => {
  it('take one template of the tenant id or a list of them, and say where one is wrong', () => {
    const rules = (insert: string) =>
      parseRules(
        `{ "databases": { "t": { "perTenant": true } }, "tenantId": { "sources": [], "insert": ${insert} } }`,
        '/app/rules.json',
      )
    expect(rules('{ "statement": "a" }').tenantId.inserts).toEqual([{ statement: 'a', imports: [] }])
    expect(rules('[{ "statement": "a" }, { "statement": "b" }]').tenantId.inserts).toHaveLength(2)
    expect(() => rules('{ "statment": "a" }')).toThrow(/did you mean "statement"/)
    expect(() => rules('[{ "statement": "a" }, { "statement": "b", "gard": "c" }]')).toThrow(
      /did you mean "guard"/,
    )
    expect(() => rules('"a"')).toThrow(/expected an object or a list, found a string/)
  })

  it('have every default filled in', () => {
    const rules = parseRules(smallest, '/app/rules.json')
    expect(rules).toEqual({
      file: '/app/rules.json',
      ignore: [],
      databases: [
        {
          name: 't',
          perTenant: true,
          clients: [],
          tables: [],
          buckets: [],
          functions: [],
          auth: false,
          position: { line: 1, column: 18 },
        },
      ],
      routes: [],
      tenantId: { sources: [], inserts: [], never: [] },
      exceptions: [],
      sql: [],
      dialects: [],
      lint: rules.lint,
      strict: new Set(),
    })
    expect(Object.keys(rules.lint)).toEqual([...ruleNames])
    const unlike = Object.entries(rules.lint).filter(([, severity]) => severity !== 'error')
    expect(Object.fromEntries(unlike)).toEqual({
      'unset-policy-setting': 'warning',
      'missing-tenant-filter': 'off',
      'unused-suppression': 'warning',
      'unused-exception': 'warning',
    })
  })

  it('hold every form of client', () => {
    const text = `{ "databases": { "main": { "clients": [
"@/lib/db#prisma.main",
{ "export": "#lib/db#getClient", "async": true, "arguments": ["$table", "$tenantId"], "result": "a.b", "planned": true,
"scope": "request", "when": { "argument": 1, "is": "control" }, "sql": 0, "replaces": ["@/lib/db#prisma.main"] },
{ "wrapper": "@/lib/auth#withTenant", "path": "ctx.db" },
{ "new": "@supabase/supabase-js#createClient", "env": "URL" }
] }, "t": { "perTenant": true } } }`
    const plain = { database: 'main', async: false, planned: false }
    expect(parseRules(text, '/app/rules.json').databases[0]!.clients).toEqual([
      {
        ...plain,
        kind: 'export',
        name: { module: '@/lib/db', export: 'prisma', member: 'main' },
        label: '@/lib/db#prisma.main',
        position: { line: 2, column: 1 },
      },
      {
        kind: 'export',
        database: 'main',
        name: { module: '#lib/db', export: 'getClient' },
        label: '#lib/db#getClient',
        position: { line: 3, column: 13 },
        async: true,
        arguments: ['$table', '$tenantId'],
        result: 'a.b',
        planned: true,
        scope: 'request',
        when: { argument: 1, is: 'control' },
        sql: 0,
        replaces: ['@/lib/db#prisma.main'],
      },
      {
        ...plain,
        kind: 'wrapper',
        name: { module: '@/lib/auth', export: 'withTenant' },
        label: '@/lib/auth#withTenant',
        path: ['ctx', 'db'],
        position: { line: 5, column: 14 },
      },
      {
        ...plain,
        kind: 'new',
        name: { module: '@supabase/supabase-js', export: 'createClient' },
        label: '@supabase/supabase-js#createClient',
        env: 'URL',
        position: { line: 6, column: 10 },
      },
    ])
  })

  it('hold every source of a tenant id', () => {
    const text = `{ "databases": { "t": { "perTenant": true, "rows": { "column": "tenant_id", "sources": [{ "parameter": "own" }] } } },
"tenantId": { "sources": [
{ "call": "next-auth#getServerSession", "path": "user.tenantId" },
{ "wrapper": "@/lib/auth#withWorkspace", "path": "workspace.id", "parameter": 1 },
{ "wrapper": "./src/trpc.ts#default" },
{ "parameter": "tenantId", "path": "id" },
{ "expression": "c.get('workspace').id" },
{ "request": "teamId", "checkedBy": ["@/lib/access#assertMember"] } ],
"insert": { "statement": "const s = await get()", "imports": ["a#get"], "guard": "if (!s) return" }, "never": ["tenant"] } }`
    const rules = parseRules(text, '/app/rules.json')
    expect(rules.tenantId).toEqual({
      sources: [
        {
          kind: 'call',
          name: { module: 'next-auth', export: 'getServerSession' },
          path: ['user', 'tenantId'],
          position: { line: 3, column: 1 },
        },
        {
          kind: 'wrapper',
          name: { module: '@/lib/auth', export: 'withWorkspace' },
          path: ['workspace', 'id'],
          parameter: 1,
          position: { line: 4, column: 1 },
        },
        {
          kind: 'wrapper',
          name: { module: './src/trpc.ts', export: 'default' },
          path: [],
          parameter: 0,
          position: { line: 5, column: 1 },
        },
        { kind: 'parameter', parameter: 'tenantId', path: ['id'], position: { line: 6, column: 1 } },
        { kind: 'expression', expression: "c.get('workspace').id", position: { line: 7, column: 1 } },
        {
          kind: 'request',
          request: 'teamId',
          checkedBy: [{ module: '@/lib/access', export: 'assertMember' }],
          queries: [],
          position: { line: 8, column: 1 },
        },
      ],
      inserts: [
        {
          statement: 'const s = await get()',
          imports: [{ module: 'a', export: 'get' }],
          guard: 'if (!s) return',
        },
      ],
      never: ['tenant'],
    })
    expect(rules.databases[0]!.rows).toEqual({
      column: 'tenant_id',
      sources: [{ kind: 'parameter', parameter: 'own', path: [], position: { line: 1, column: 89 } }],
    })
  })

  it('hold globs, exceptions and SQL files with their places', () => {
    const text = `{ "$schema": "x", "files": ["src/**"], "ignore": ["**/*.test.ts"], "databases": { "app": {}, "t": { "perTenant": true } },
"routes": [{ "files": "a/**", "database": "app", "reason": "why" }],
"exceptions": [{ "files": "b", "tables": ["x_*"], "database": "app", "reason": "so" }],
"sql": [{ "files": "c/*.sql", "database": "t" }], "dialects": ["./dialects/own.js"], "lint": { "parse-error": "off" } }`
    expect(parseRules(text, '/app/rules.json')).toMatchObject({
      files: ['src/**'],
      ignore: ['**/*.test.ts'],
      routes: [{ files: 'a/**', database: 'app', reason: 'why', position: { line: 2, column: 12 } }],
      exceptions: [
        {
          files: 'b',
          tables: [{ text: 'x_*', position: { line: 3, column: 43 } }],
          database: 'app',
          reason: 'so',
          position: { line: 3, column: 16 },
        },
      ],
      sql: [{ files: 'c/*.sql', database: 't', position: { line: 4, column: 9 } }],
      dialects: [{ module: './dialects/own.js', position: { line: 4, column: 64 } }],
      lint: { 'parse-error': 'off', 'wrong-database': 'error' },
    })
  })

  it('of the demo application are right', () => {
    const rules = loadRules(new URL('../../rules.json', import.meta.url).pathname)
    expect(rules.databases.map((database) => [database.name, database.perTenant])).toEqual([
      ['app', false],
      ['tenant', true],
    ])
  })
})
