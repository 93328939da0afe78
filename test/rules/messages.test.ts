import { describe, expect, it } from 'vitest'
import { RulesError } from '../../src/rules/error.ts'
import { parseRules } from '../../src/rules/load.ts'

/** What is said about a rules file with this text. */
function complaints(text: string): string {
  try {
    parseRules(text, '/app/rules.json', 'rules.json')
    return ''
  } catch (error) {
    if (error instanceof RulesError) return error.message
    throw error
  }
}

/** A file that is right but for what is added to it, in line 2 or, for clients, in line 1 from column 31. */
const plus = (line: string) => `{ "databases": { "app": {}, "t": { "perTenant": true } },\n${line} }`
const client = (entry: string) => `{"databases":{"app":{"clients":[${entry}]},"t":{"perTenant":true}}}`
const source = (entry: string) => plus(`"tenantId":{"sources":[${entry}]}`)

describe('syntax', () => {
  it.each([
    ['', 'rules.json: the file is empty; run `tenantize init` to propose rules'],
    ['// nothing yet\n', 'rules.json: the file is empty; run `tenantize init` to propose rules'],
    ['[]', 'rules.json:1:1 rules are an object { … }; found a list'],
    ['\n  "x"', 'rules.json:2:3 rules are an object { … }; found a string'],
    ['null', 'rules.json:1:1 rules are an object { … }; found null'],
    ['{ "files": ["a" "b"] }', 'rules.json:1:17 expected ","'],
    ['{ "files" ["a"] }', 'rules.json:1:11 expected ":" after the key'],
    ["{ 'files': [] }", 'rules.json:1:3 strings and keys take double quotes'],
    ['{ "files": "a }', 'rules.json:1:12 this string is not closed'],
    ['{ "files": []', 'rules.json:1:14 expected "}"'],
    ['{ "files": [True] }', 'rules.json:1:13 "True" is no JSON'],
    [
      '{ "a": "b" "c": 1,\n"d" 2 }',
      'rules.json:1:12 expected ","\nrules.json:2:5 expected ":" after the key',
    ],
    ['{} {}', 'rules.json:1:4 expected the end of the file'],
    [
      '{ "files": ["\\q"] }',
      'rules.json:1:13 unknown escape in a string; a backslash itself is written \\\\',
    ],
    ['{ /* open', 'rules.json:1:3 this comment is not closed'],
    [plus('"files": [], "files": []'), 'rules.json:2:14 key "files" stands here twice'],
  ])('%s', (text, message) => expect(complaints(text)).toBe(message))
})

describe('form', () => {
  it.each([
    ['{}', 'rules.json:1:1 missing key "databases"'],
    ['{"databases":{}}', 'rules.json:1:14 no database is declared'],
    ['{"databases":{"app":{}}}', 'rules.json:1:14 none of the databases has "perTenant": true'],
    [plus('"databasse": {}'), 'rules.json:2:1 unknown key "databasse"; did you mean "databases"?'],
    [plus('"zzz": {}'), 'rules.json:2:1 unknown key "zzz"'],
    [plus('"files": "src/**"'), 'rules.json:2:10 expected a list, found a string'],
    [plus('"files": [1]'), 'rules.json:2:11 expected a string, found 1'],
    [plus('"files": [""]'), 'rules.json:2:11 this must not be empty'],
    [
      plus('"lint": {"unknown-tables": "off"}'),
      'rules.json:2:10 unknown lint rule "unknown-tables"; did you mean "unknown-table"?',
    ],
    [
      plus('"lint": {"unknown-table": "of"}'),
      'rules.json:2:27 expected one of "error", "warning", "off", "strict", found "of"; did you mean "off"?',
    ],
    [
      plus('"lint": {"unknown-table": 2}'),
      'rules.json:2:27 expected one of "error", "warning", "off", "strict", found 2',
    ],
    [plus('"routes": [{"files": "a/**"}]'), 'rules.json:2:12 missing key "database"'],
    [plus('"exceptions": [{"files": "a/**", "database": "app"}]'), 'rules.json:2:16 missing key "reason"'],
    [
      plus('"exceptions": [{"files": "a/**", "database": "app", "reason": " "}]'),
      'rules.json:2:63 this must not be empty',
    ],
    [plus('"tenantId": {"insert": {"imports": []}}'), 'rules.json:2:24 missing key "statement"'],
    [
      '{"databases":{"app":{"tabels":[]},"t":{"perTenant":true}}}',
      'rules.json:1:22 unknown key "tabels"; did you mean "tables"?',
    ],
    ['{"databases":{"app":7,"t":{"perTenant":true}}}', 'rules.json:1:21 expected an object, found 7'],
    ['{"databases":{"t":{"perTenant":"yes"}}}', 'rules.json:1:32 expected true or false, found a string'],
  ])('%s', (text, message) => expect(complaints(text)).toBe(message))
})

describe('clients', () => {
  it.each([
    ['"@/lib/db"', '33 "@/lib/db" names no export: expected module#export, such as "@/lib/db#prisma"'],
    ['"@/lib/db#"', '33 "@/lib/db#" names no export after the #; a default export is "#default"'],
    ['"#prisma"', '33 "#prisma" names no module before the #'],
    ['" @/lib/db#x"', '33 " @/lib/db#x" has a space at its end or beginning'],
    ['"a#b.c.d"', '33 "a#b.c.d" is not module#export or module#export.member'],
    ['5', '33 expected a string or an object, found 5'],
    ['{}', '33 expected one of "export", "wrapper", "new"'],
    ['{"foo": 1}', '33 expected one of "export", "wrapper", "new"'],
    ['{"exprt": "a#b"}', '34 unknown key "exprt"; did you mean "export"?'],
    ['{"export": "a#b", "asnyc": true}', '51 unknown key "asnyc"; did you mean "async"?'],
    ['{"wrapper": "a#b", "env": "X"}', '52 "env" does not go with "wrapper"'],
    ['{"export": "a#b", "path": "db"}', '51 "path" does not go with "export"'],
    ['{"export": "a#b", "async": "yes"}', '60 expected true or false, found a string'],
    ['{"export": "a#b", "sql": 0.5}', '58 expected a whole number, found 0.5'],
    ['{"export": "a#b", "when": {"argument": -1, "is": "x"}}', '72 expected 0 or more'],
    ['{"export": "a#b", "when": {"argument": 0}}', '59 missing key "is"'],
    [
      '{"export": "a#b", "scope": "requst"}',
      '60 expected "request", found "requst"; did you mean "request"?',
    ],
    ['{"export": "a#b", "result": "a..b"}', '61 "a..b" is not a path of members such as "user.tenantId"'],
    [
      '{"export": "a#b", "arguments": ["$tenantID"]}',
      '65 unknown placeholder "$tenantID"; did you mean "$tenantId"?',
    ],
    [
      '"a#getClient", {"export": "a#b", "replaces": ["a#getClent"]}',
      '79 no client is written "a#getClent"; did you mean "a#getClient"?',
    ],
    ['"a#b", {"export": "a#b", "async": true}', '51 "a#b" stands in line 1 already'],
  ])('%s', (entry, message) => expect(complaints(client(entry))).toBe(`rules.json:1:${message}`))

  const two = (a: string, b: string) =>
    `{"databases":{"app":{"clients":[${a}]},\n"t":{"perTenant":true,"clients":[${b}]}}}`
  it.each([
    [
      '"a#b"',
      '{"export":"a#b","async":true}',
      '44 "a#b" is a client of "app" too (line 1); tell them apart with "when", "result" or a member after the export',
    ],
    [
      '{"new":"a#b","env":"X"}',
      '{"new":"a#b","env":"X"}',
      '41 "a#b" is a client of "app" too (line 1); tell them apart with "env", "when" or "result"',
    ],
    [
      '{"wrapper":"a#b"}',
      '{"wrapper":"a#b"}',
      '45 "a#b" is a client of "app" too (line 1); tell them apart with "path"',
    ],
  ])('%s contradicts %s', (a, b, message) => expect(complaints(two(a, b))).toBe(`rules.json:2:${message}`))

  it.each([
    ['{"export":"a#b","when":{"argument":0,"is":"x"}}', '{"export":"a#b","when":{"argument":0,"is":"y"}}'],
    ['{"export":"a#b","result":"main"}', '{"export":"a#b","result":"client"}'],
    ['"a#b.main"', '"a#b.tenant"'],
    ['{"new":"a#b","env":"X"}', '{"new":"a#b","env":"Y"}'],
    ['{"wrapper":"a#b","path":"main"}', '{"wrapper":"a#b","path":"db"}'],
    ['"a#b"', '{"new":"a#b"}'],
  ])('%s beside %s is fine', (a, b) => expect(complaints(two(a, b))).toBe(''))
})

describe('tenant ids', () => {
  it.each([
    ['"x"', '24 expected an object, found a string'],
    ['{}', '24 expected one of "call", "wrapper", "parameter", "expression", "request"'],
    ['{"cal": "a#b"}', '25 unknown key "cal"; did you mean "call"?'],
    ['{"call": "a"}', '33 "a" names no export: expected module#export, such as "@/lib/db#prisma"'],
    ['{"call": "a#b", "parameter": 1}', '40 "parameter" does not go with "call"'],
    ['{"wrapper": "a#b", "parameter": "x"}', '56 expected a number, found a string'],
    ['{"request": "id"}', '24 missing key "checkedBy"'],
    ['{"request": "id", "checkedBy": []}', '55 expected at least one entry'],
    ['{"parameter": "id", "path": ""}', '52 "" is not a path of members such as "user.tenantId"'],
  ])('%s', (entry, message) => expect(complaints(source(entry))).toBe(`rules.json:2:${message}`))
})

describe('meaning', () => {
  it.each([
    [
      plus('"routes": [{"files": "a/**", "database": "ap"}]'),
      'rules.json:2:42 unknown database "ap"; did you mean "app"?',
    ],
    [plus('"sql": [{"files": "a/**", "database": "other"}]'), 'rules.json:2:39 unknown database "other"'],
    [
      plus('"exceptions": [{"files": "a", "database": "T", "reason": "r"}]'),
      'rules.json:2:43 unknown database "T"; did you mean "t"?',
    ],
    [
      plus('"ignore": ["/tmp/**"]'),
      'rules.json:2:12 "/tmp/**" is absolute; globs are relative to the rules file\'s folder',
    ],
    [
      plus('"routes": [{"files": "a/{b", "database": "app"}]'),
      'rules.json:2:22 "a/{b" has "{" without "}"; a backslash makes a brace literal',
    ],
    [
      plus('"routes": [{"files": "a", "database": "app"},\n{"files": "a", "database": "t"}]'),
      'rules.json:3:11 "a" stands in line 2 already, and the first match wins',
    ],
    [
      '{"databases":{"t":{"perTenant":true,"tables":["a","b*","a"]}}}',
      'rules.json:1:56 "a" stands in this list twice',
    ],
    [
      '{"databases":{"t":{"perTenant":true,"tables":["{a,b}"]}}}',
      'rules.json:1:47 "{a,b}": names know no wildcard but *',
    ],
    [
      '{"databases":{"a":{"auth":true},"t":{"perTenant":true,"auth":true}}}',
      'rules.json:1:55 "auth" is true in "a" already; leave it out of both when each has a sign-in of its own',
    ],
    [
      '{"databases":{"a":{"rows":{"column":"c"}},"t":{"perTenant":true}}}',
      'rules.json:1:20 "rows" is for a database with "perTenant": true, which "a" is not',
    ],
    [
      '{"databases":{"t":{"perTenant":true},"__proto__":{}}}',
      'rules.json:1:38 a database can\'t be called "__proto__"',
    ],
    ['{"databases":{"":{"perTenant":true}}}', 'rules.json:1:15 the name of a database must not be empty'],
  ])('%s', (text, message) => expect(complaints(text)).toBe(message))

  it('lets a table stand in two databases, and a tenant database have no client', () => {
    expect(complaints('{"databases":{"a":{"tables":["x"]},"t":{"perTenant":true,"tables":["x","*"]}}}')).toBe(
      '',
    )
  })
})

it('reports everything at once, in the order of the file', () => {
  const text = `// rules
{
  "databases": {
    "app": { "tabels": [], "clients": ["@/lib/db", { "exprt": "a#b", "async": 1 }] },
    "tenant": { "perTenant": true, "tables": ["a", "a"] }
  },
  "routes": [{ "files": "src/{a", "database": "ap" }],
  "lint": { "unkown-table": "off" },
}`
  expect(complaints(text).split('\n')).toEqual([
    'rules.json:4:14 unknown key "tabels"; did you mean "tables"?',
    'rules.json:4:40 "@/lib/db" names no export: expected module#export, such as "@/lib/db#prisma"',
    'rules.json:4:54 unknown key "exprt"; did you mean "export"?',
    'rules.json:4:79 expected true or false, found 1',
    'rules.json:5:52 "a" stands in this list twice',
    'rules.json:7:25 "src/{a" has "{" without "}"; a backslash makes a brace literal',
    'rules.json:7:47 unknown database "ap"; did you mean "app"?',
    'rules.json:8:13 unknown lint rule "unkown-table"; did you mean "unknown-table"?',
  ])
  expect(complaints(`\uFEFF${text.replaceAll('\n', '\r\n')}`)).toBe(complaints(text))
})
