import { describe, expect, it } from 'vitest'
import { pretty } from '../../src/report/pretty.ts'
import { finding, hasColor, lintResult, options, sources } from './results.ts'

const file = 'src/app/api/accounts/route.ts'

/** The source line of the report and the line with the carets, without the gutter. */
function framed(source: string, at: string, width = 80): string[] {
  const text = pretty(lintResult([finding(source, at)]), options({ width, ...sources({ [file]: source }) }))
  return text
    .split('\n')
    .slice(1, 3)
    .map((line) => line.slice(line.indexOf('│') + 2))
}

const source = [
  'const supabase = createServerSupabaseClient()',
  '',
  'export async function GET() {',
  "  const { data } = await supabase.from('accounts').select('*')",
  '  return Response.json(data)',
  '}',
].join('\n')

const wrong = finding(source, "'accounts'", {
  evidence: [
    { file, line: 1, column: 18, message: 'the client is made here' },
    { file: 'src/lib/supabase-client.ts', line: 12, column: 17, message: 'by the client of database "app"' },
  ],
})
const unknown = finding(source, 'data }', {
  rule: 'unknown-table',
  severity: 'warning',
  message: 'No database lists this table.',
  fixable: false,
})

describe('a report of findings', () => {
  it('shows each finding with its source and its trail, the figures, and what to do next', () => {
    const text = pretty(
      lintResult([wrong, unknown], { suppressed: 2, baselined: 1 }),
      options(sources({ [file]: source })),
    )
    expect(text).toMatchInlineSnapshot(`
      "src/app/api/accounts/route.ts:4:40  error  wrong-database  Table "accounts" is in the tenant database, and this client reaches the app database.
          4 │   const { data } = await supabase.from('accounts').select('*')
            │                                        ^^^^^^^^^^
          ↳ src/app/api/accounts/route.ts:1:18 the client is made here
          ↳ src/lib/supabase-client.ts:12:17 by the client of database "app"

      src/app/api/accounts/route.ts:4:11  warning  unknown-table  No database lists this table.
          4 │   const { data } = await supabase.from('accounts').select('*')
            │           ^^^^^^

      2 problems: 1 error, 1 warning (450 files, 166 analysed · 1024 accesses · 2 suppressed · 1 in the baseline · 312 ms)
      Next: \`tenantize migrate\` shows the rewrite of 1 finding; \`tenantize explain src/app/api/accounts/route.ts:4\` says why.
      "
    `)
    expect(hasColor(text)).toBe(false)
  })

  it('says so when there is none', () => {
    expect(pretty(lintResult([]), options())).toMatchInlineSnapshot(`
      "No problems (450 files, 166 analysed · 1024 accesses · 312 ms)
      Next: run \`tenantize lint\` with your other checks, so that it stays this way.
      "
    `)
  })

  it('doubts the rules when no access was found', () => {
    const text = pretty(lintResult([], { files: 1, analysed: 0, accesses: 0 }), options())
    expect(text).toContain('No problems (1 file, 0 analysed · 0 accesses')
    expect(text).toContain('no database access was found; check `files` and `clients`')
  })

  it('has one line for each finding when quiet', () => {
    expect(
      pretty(lintResult([wrong, unknown]), options({ quiet: true, ...sources({ [file]: source }) })),
    ).toMatchInlineSnapshot(`
      "src/app/api/accounts/route.ts:4:40  error  wrong-database  Table "accounts" is in the tenant database, and this client reaches the app database.
      src/app/api/accounts/route.ts:4:11  warning  unknown-table  No database lists this table.

      2 problems: 1 error, 1 warning (450 files, 166 analysed · 1024 accesses · 312 ms)
      "
    `)
  })

  it('shows no source line when there is none', () => {
    expect(pretty(lintResult([wrong]), options())).not.toContain('│')
    expect(pretty(lintResult([wrong]), options(sources({ [file]: 'now shorter' })))).not.toContain('│')
  })

  it('has the same words in colour', () => {
    const plain = pretty(lintResult([wrong, unknown]), options(sources({ [file]: source })))
    const colored = pretty(
      lintResult([wrong, unknown]),
      options({ color: true, ...sources({ [file]: source }) }),
    )
    expect(hasColor(colored)).toBe(true)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are what is taken out
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(plain)
  })

  it('reads each file once', () => {
    let reads = 0
    const readSource = () => {
      reads++
      return source
    }
    pretty(lintResult([wrong, unknown]), options({ readSource }))
    expect(reads).toBe(1)
  })
})

describe('the source line', () => {
  it('points at the range after tabs', () => {
    expect(framed("\t\tdb.from('accounts')\t.select()", "'accounts'")).toEqual([
      "    db.from('accounts')  .select()",
      '            ^^^^^^^^^^',
    ])
  })

  it('leaves out the carriage return', () => {
    expect(framed("a\r\n  db.from('accounts')\r\nb\r\n", "'accounts'")).toEqual([
      "  db.from('accounts')",
      '          ^^^^^^^^^^',
    ])
  })

  it('counts wide characters, marks and emoji as a terminal does', () => {
    expect(framed("/* 顧客 👩‍👩‍👧 e\u0301 */ db.from('顧客')", "'顧客'")).toEqual([
      "/* 顧客 👩‍👩‍👧 e\u0301 */ db.from('顧客')",
      '                        ^^^^^^',
    ])
  })

  it('leaves out a byte order mark', () => {
    expect(framed("\uFEFFdb.from('accounts')", "'accounts'")).toEqual([
      "db.from('accounts')",
      '        ^^^^^^^^^^',
    ])
  })

  it('shows control characters instead of sending them to the terminal', () => {
    const [line] = framed("db.from('a\u001b[31m\u0007')", 'db')
    expect(line).toBe("db.from('a␛[31m␇')")
  })

  it('cuts a wide line around the range', () => {
    const wide = `${'before '.repeat(30)}db.from('accounts')${'.after()'.repeat(30)}`
    const [line, marks] = framed(wide, "'accounts'", 80)
    expect(line).toMatchInlineSnapshot(
      `"… before before before db.from('accounts').after().after().after().afte…"`,
    )
    expect(line!.length).toBeLessThanOrEqual(80 - '    1 │ '.length)
    expect(line!.slice(marks!.indexOf('^'), marks!.length)).toBe("'accounts'")
  })

  it('uses the whole width at either end of a wide line', () => {
    const wide = `db.from('first')${'.between()'.repeat(30)}.select('last')`
    const [start, startMarks] = framed(wide, "'first'", 80)
    expect(start).toMatch(/^db\.from\('first'\).*…$/)
    expect(start!.slice(startMarks!.indexOf('^'), startMarks!.length)).toBe("'first'")
    const [end, endMarks] = framed(wide, "'last'", 80)
    expect(end).toMatch(/^….*\.select\('last'\)$/)
    expect(end!.slice(endMarks!.indexOf('^'), endMarks!.length)).toBe("'last'")
    expect(end!.length).toBe(start!.length)
  })

  it('cuts a range that is wider than the line may be', () => {
    const [line, marks] = framed(`select('${'a'.repeat(300)}')`, 'a'.repeat(300), 80)
    expect(line).toMatch(/^…a+…$/)
    expect(marks!.length).toBeLessThanOrEqual(line!.length)
  })

  it('marks the first line of a longer range', () => {
    expect(framed('db.from(\n  t,\n)', 'from(\n  t,\n)')).toEqual(['db.from(', '   ^^^^^'])
  })

  it('marks an empty range, and one at the end of a line', () => {
    const at = (offset: number) => ({
      start: { line: 1, column: offset + 1, offset },
      end: { line: 1, column: offset + 1, offset },
    })
    const marks = (offset: number) =>
      pretty(
        lintResult([finding('abc', 'a', { range: at(offset) })]),
        options(sources({ [file]: 'abc' })),
      ).split('\n')[2]
    expect(marks(1)).toBe('      │  ^')
    expect(marks(3)).toBe('      │    ^')
  })
})
