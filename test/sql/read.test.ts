import { beforeAll, describe, expect, it } from 'vitest'
import type { SqlFact, SqlFile } from '../../src/sql/facts.ts'
import { loadParser, type SqlParser } from '../../src/sql/parser.ts'
import { readSql } from '../../src/sql/read.ts'
import { Reader } from '../../src/sql/reader.ts'
import { schemaOf } from '../../src/sql/schema.ts'
import { readScript } from '../../src/sql/scripts.ts'
import { SqlText } from '../../src/sql/text.ts'

let parser: SqlParser

beforeAll(async () => {
  parser = await loadParser()
})

function read(text: string): { reader: Reader; facts: SqlFact[] } {
  const reader = new Reader('a.sql', text, parser)
  return { reader, facts: readSql(reader, new SqlText(text)) }
}

/** Tables that a text names, in words. */
function uses(text: string): string[] {
  const { reader, facts } = read(text)
  expect(reader.unread).toEqual([])
  return facts.flatMap((fact) =>
    'contents' in fact ? fact.contents.uses.map(({ operation, table }) => `${operation} ${table}`) : [],
  )
}

const file = (name: string, text: string): SqlFile => ({
  file: name,
  database: 'x',
  ...read(text),
  unread: [],
  suppressions: [],
})

describe('names in statements', () => {
  it.each([
    ['insert into public.a select * from auth.b', ['insert a', 'select auth.b']],
    ['update only a set x = b.x from b', ['update a', 'select b']],
    ['delete from a using b where true', ['delete a', 'select b']],
    ['merge into a using b on a.x = b.x when matched then delete', ['merge a', 'select b']],
    [
      'select (select 1 from a), exists (select 1 from b) from c left join lateral (select * from d) e on true',
      ['select a', 'select b', 'select c', 'select d'],
    ],
    ['with a as (select * from b), c as (select * from a) select * from c', ['select b']],
    ['with a as (select * from a) select * from a', ['select a']],
    ['with recursive a as (select * from b union select * from a) select * from a', ['select b']],
    ['with a as (insert into b values (1) returning *) select * from a', ['insert b']],
    ['(with a as (select 1) select * from a) union select * from a', ['select a']],
    ["select nextval('x'), 'public.a'::regclass", ['select a']],
    ['truncate a, b cascade', ['truncate a', 'truncate b']],
    ['alter table a rename to b', ['alter a']],
    ['create index on a (x)', ['index a']],
    ['grant select on a to b', []],
  ])('%s', (text, expected) => expect(uses(text)).toEqual(expected))
})

describe('bodies', () => {
  const inBody = (body: string) =>
    uses(`create function f(n int) returns void language plpgsql as $$ ${body} $$`)

  it.each([
    ['begin insert into a values (1); end', ['insert a']],
    ['declare x a.b%type; y c%rowtype; begin end', ['select a', 'select c']],
    ['declare x int := (select 1 from a); begin end', ['select a']],
    ['declare x int; begin x := (select 1 from a); end', ['select a']],
    ['declare x int; begin select 1 into strict x from a; end', ['select a']],
    ['begin perform 1 from a; end', ['select a']],
    [
      'begin if exists (select 1 from a) then delete from b; elsif n > 1 then delete from c; else delete from d; end if; end',
      ['select a', 'delete b', 'delete c', 'delete d'],
    ],
    [
      'declare r record; begin for r in select * from a loop delete from b; end loop; end',
      ['delete b', 'select a'],
    ],
    ['declare c cursor for select * from a; begin open c; end', ['select a']],
    ["begin execute 'delete from a where x = $1' using (select 1 from b); end", ['delete a', 'select b']],
    ["begin execute format('delete from %I where x = %L', 'a', n); end", ['delete a']],
    ['begin execute $q$ delete from a $q$; end', ['delete a']],
    ["declare r record; begin for r in execute 'select * from a' loop end loop; end", ['select a']],
    ['begin create temp table t (x int); insert into t select * from a; end', ['select a']],
    [
      'begin begin delete from a; exception when others then delete from b; end; end',
      ['delete a', 'delete b'],
    ],
  ])('%s', (body, expected) => expect(inBody(body).sort()).toEqual([...expected].sort()))

  it('of SQL functions, quoted in any way', () => {
    for (const body of [
      "'select ''x'' from a'",
      '$$select 1 from a$$',
      "e'select 1 from a'",
      '$é$ select 1 from a $é$',
    ])
      expect(uses(`create function f() returns int as ${body} language sql`), body).toEqual(['select a'])
    expect(uses('create function f() returns int language sql return (select 1 from a)')).toEqual([
      'select a',
    ])
  })
})

describe('what can not be read', () => {
  const problems = (text: string) =>
    read(text).reader.unread.map(
      ({ why, message, range }) => `${why} ${range.start.line}:${range.start.column} ${message}`,
    )

  it('is told with its place, and hides nothing else', () => {
    const text = '-- é 😀\nselect 1;\nselct 2;\ncreate table a (x int);\nselect (3'
    expect(problems(text)).toEqual([
      'syntax 3:1 syntax error at or near "selct"',
      'syntax 5:9 syntax error at end of input',
    ])
    expect(read(text).facts.map(({ does }) => does)).toEqual(['run', 'create'])
  })

  it('may be a whole text', () => {
    expect(problems("select 'not closed")).toHaveLength(1)
    expect(problems('s\0e\0l\0')).toEqual(['syntax 1:2 the text has a zero byte; is it UTF-16?'])
    expect(problems('')).toEqual([])
    expect(problems('-- nothing')).toEqual([])
  })

  it('may be a statement that is put together', () => {
    const block = (statement: string) => problems(`do $$ declare q text; begin ${statement} end $$`)
    expect(block('execute q;')).toHaveLength(1)
    expect(block("execute 'select 1 from a where ' || q;")).toHaveLength(0)
    expect(block("execute 'creat ' || q;")).toHaveLength(1)
  })
})

describe('the schema', () => {
  const keys = (...texts: string[]) =>
    schemaOf(
      'x',
      texts.map((text, index) => file(`m/${index}.sql`, text)),
    ).foreignKeys.map((key) => `${key.table}.${key.columns} ${key.target}`)

  it('has what the last migration leaves', () => {
    const table = 'create table a (x int references b, y int references c);'
    expect(keys(table)).toEqual(['a.x b', 'a.y c'])
    expect(keys(table, 'alter table a drop constraint a_x_fkey')).toEqual(['a.y c'])
    expect(keys(table, 'alter table a drop column y')).toEqual(['a.x b'])
    expect(keys(table, 'drop table c cascade')).toEqual(['a.x b'])
    expect(keys(table, 'drop schema public cascade')).toEqual([])
    expect(keys(table, 'alter table a rename to z')).toEqual(['z.x b', 'z.y c'])
    expect(keys(table, 'alter table a rename x to z')).toEqual(['a.z b', 'a.y c'])
    expect(keys('create table a (x int)', 'create table if not exists a (x int references b)')).toEqual([])
    expect(
      keys('create table a (x int)', 'alter table a add column if not exists x int references b'),
    ).toEqual([])
    expect(
      keys('create table a (x int)', 'alter table a add column if not exists y int references b'),
    ).toEqual(['a.y b'])
  })

  it('tells functions of one name apart', () => {
    const functions = (text: string) =>
      schemaOf('x', [
        file(
          'a.sql',
          `create function f(a int) returns int language sql as 'select 1'; create function f(a text) returns int language sql as 'select 2'; ${text}`,
        ),
      ]).objects.length
    expect(functions('')).toBe(2)
    expect(functions('drop function f(integer)')).toBe(1)
    expect(functions('drop function f')).toBe(0)
    expect(functions("create or replace function f(x int4) returns int language sql as 'select 3'")).toBe(2)
  })
})

describe('strings of scripts', () => {
  const found = (code: string) => {
    const reader = new Reader('a.ts', code, parser)
    return [readScript(reader, code).length, reader.unread.length]
  }

  it.each([
    'delete from a',
    'DROP TABLE a',
    'select * from a',
    'select f(1)',
    'update a set x = 1',
    'with a as (select 1) select 2 from b',
    'do $$ begin delete from a; end $$',
  ])('%s is SQL', (sql) => expect(found(`const a = \`${sql.replaceAll('$', '\\$')}\``)).toEqual([1, 0]))

  it.each([
    'Select an item from the list',
    'Delete this',
    'Create a table',
    'update your settings',
    'Drop it',
    'with love',
    'create',
    'do this',
    'Please select * from a',
  ])('%s is not', (text) => expect(found(`const a = '${text}'`)).toEqual([0, 0]))
})
