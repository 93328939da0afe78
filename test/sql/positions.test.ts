import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Range } from '../../src/repo/text.ts'
import { loadParser, type SqlParser } from '../../src/sql/parser.ts'
import { readSql } from '../../src/sql/read.ts'
import { Reader } from '../../src/sql/reader.ts'
import { readScript } from '../../src/sql/scripts.ts'
import { SqlText } from '../../src/sql/text.ts'

let parser: SqlParser

beforeAll(async () => {
  parser = await loadParser()
})

/** A name as it may be written between quotes, in any alphabet. */
const name = fc
  .array(fc.constantFrom('a', 'Z', '_', ' ', 'é', 'ß', '表', '😀', '\u0301', '1'), {
    minLength: 1,
    maxLength: 8,
  })
  .map((characters) => characters.join(''))
/** Text that says nothing, before and between statements. */
const noise = fc.constantFrom('', '\n', '-- é 😀\n', '/* 表\n */ ', '\r\n', "select 'ü''😀';\n", '\t')
const quoted = (text: string) => `"${text}"`

/** Every place that the facts point at must hold the name that they speak of. */
function placesOf(reader: Reader, facts: ReturnType<typeof readSql>): [name: string, range: Range][] {
  expect(reader.unread).toEqual([])
  return facts.flatMap((fact): [string, Range][] => {
    if (fact.does === 'foreign-key') return [[fact.target, fact.range]]
    if (fact.does === 'run') return fact.contents.uses.map(({ table, range }) => [table, range])
    if (fact.does !== 'create') return []
    const uses = fact.contents.uses.map(({ table, range }): [string, Range] => [table, range])
    return [[fact.on ?? fact.name, fact.range], ...uses]
  })
}

function check(text: string, places: readonly [string, Range][]): void {
  const lines = text.split('\n')
  for (const [name, { start, end }] of places) {
    const slice = text.slice(start.offset, end.offset)
    expect([name, quoted(name)]).toContain(slice)
    expect(lines[start.line - 1]!.slice(start.column - 1)).toContain(slice)
    expect(
      lines.slice(0, start.line - 1).join('\n').length + (start.line > 1 ? 1 : 0) + start.column - 1,
    ).toBe(start.offset)
  }
}

describe('places of names', () => {
  it('are those of the text, whatever stands before them', () => {
    fc.assert(
      fc.property(noise, name, noise, name, noise, name, (before, table, between, other, after, third) => {
        const [a, b, c] = [table, other, third].map(quoted)
        const text = `${before}create table ${a} (id int${between.includes(';') ? '' : between}, x int references ${b});${between}
create policy p on ${a} using (exists (select 1 from ${c}));${after}
create view ${quoted(`${table}v`)} as select * from ${b} join ${c} on true;
insert into ${a} select * from ${b};
do $body$ ${before.includes(';') ? '' : before} begin ${before} update ${c} set id = 1; perform id from ${a}; end $body$;
create function f() returns void language sql as 'select ''é'', 1 from ${b}';`
        const reader = new Reader('a.sql', text, parser)
        const places = placesOf(reader, readSql(reader, new SqlText(text)))
        check(
          text,
          places.filter(([name]) => name !== 'f'),
        )
        expect(places.filter(([name]) => name === table).length).toBeGreaterThanOrEqual(3)
      }),
      { numRuns: 300 },
    )
  })

  it('are those of the script that holds the SQL', () => {
    fc.assert(
      fc.property(
        name,
        fc.constantFrom('', '\\n', '\\u00e9', '\\u{1F600}', "\\'", '\\x41'),
        name,
        (table, written, other) => {
          const text = `// é 😀\nconst a = run(\`-- ${written}\n delete from ${quoted(table)};\`, '/* ${written} */ insert into ${quoted(other)} values (1)')\n`
          const reader = new Reader('a.ts', text, parser)
          const places = placesOf(reader, readScript(reader, text))
          expect(places.map(([name]) => name)).toEqual([table, other])
          check(text, places)
        },
      ),
      { numRuns: 300 },
    )
  })
})

it('a text keeps its places through slices', () => {
  const text = new SqlText('aé😀b', 10)
  expect([0, 1, 3, 7, 8].map((byte) => text.atByte(byte))).toEqual([0, 1, 2, 4, 5])
  expect([0, 1, 2, 3].map((count) => text.atCodePoint(count))).toEqual([0, 1, 2, 4])
  expect(text.slice(2).offset(0)).toBe(12)
  expect(text.after('SELECT ').offset(8)).toBe(11)
})
