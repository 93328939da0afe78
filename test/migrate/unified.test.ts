import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unifiedDiff } from '../../src/migrate/unified.ts'

const before = `import { a } from './a'\n\nexport function GET() {\n  const client = createClient()\n  return client\n}\n`
const after = before.replace('createClient()', 'await getTenantClient(id)')

describe('text', () => {
  it('has two headers and the hunks with three lines around each', () => {
    expect(unifiedDiff('src/a.ts', before, after)).toMatchInlineSnapshot(`
      "--- a/src/a.ts
      +++ b/src/a.ts
      @@ -1,6 +1,6 @@
       import { a } from './a'
       
       export function GET() {
      -  const client = createClient()
      +  const client = await getTenantClient(id)
         return client
       }
      "
    `)
  })

  it('is empty when nothing differs', () => {
    expect(unifiedDiff('src/a.ts', before, before)).toBe('')
  })

  it('is quick for a large file with few edits', () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `  const value${i % 700} = compute(${i})`)
    const edited = lines.map((line, i) => (i % 1_000 === 0 ? line.replace('compute', 'await compute') : line))
    const start = performance.now()
    const text = unifiedDiff('large.ts', lines.join('\n'), edited.join('\n'))
    expect(performance.now() - start).toBeLessThan(2_000)
    expect(text.match(/^@@/gm)).toHaveLength(50)
  })

  it('does not search for the smallest edit of a file that is another one altogether', () => {
    const start = performance.now()
    const text = unifiedDiff('other.ts', 'a\n'.repeat(40_000), 'b\n'.repeat(40_000))
    expect(performance.now() - start).toBeLessThan(5_000)
    expect(text).toContain('@@ -1,40000 +1,40000 @@')
  })
})

describe('git apply', () => {
  let folder: string
  const git = (args: string[], input?: string) =>
    execFileSync('git', args, { cwd: folder, input, stdio: 'pipe' })

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantize-unified-'))
    git(['init', '--quiet'])
    git(['config', 'core.autocrlf', 'false'])
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** Writes the files as they were, applies the diffs as one patch, and expects the files as they should be. */
  function expectApplied(files: readonly { path: string; before: string; after: string }[]) {
    for (const file of files) {
      mkdirSync(dirname(join(folder, file.path)), { recursive: true })
      writeFileSync(join(folder, file.path), file.before)
    }
    const patch = files.map((file) => unifiedDiff(file.path, file.before, file.after)).join('')
    git(['apply', '--check', '-'], patch)
    git(['apply', '-'], patch)
    for (const file of files)
      expect(readFileSync(join(folder, file.path), 'utf8'), file.path).toBe(file.after)
  }

  const crlf = (text: string) => text.replaceAll('\n', '\r\n')

  it.each<[string, string, string]>([
    ['LF', before, after],
    ['CRLF', crlf(before), crlf(after)],
    ['a line whose end changes', before, before.replace('GET() {\n', 'GET() {\r\n')],
    ['a byte order mark', `\uFEFF${before}`, `\uFEFF${after}`],
    ['a byte order mark on the edited line', '\uFEFFone\ntwo\n', '\uFEFF1\ntwo\n'],
    ['no newline at the end', before.trimEnd(), after.trimEnd()],
    ['no newline at the end, CRLF', crlf(before).trimEnd(), crlf(after).trimEnd()],
    ['an edited last line without newline', 'one\ntwo', 'one\n2'],
    ['a newline added at the end', 'one\ntwo', 'one\ntwo\n'],
    ['a newline removed at the end', 'one\ntwo\n', 'one\ntwo'],
    ['lines that look like headers', '-- a b\n++ a b\n', '-- a c\n++ a b\n'],
    ['text added to an empty file', '', 'one\n'],
    ['characters beyond the basic plane', 'const a = "😀"\n', 'const b = "😀"\n'],
    ['another file altogether', 'a\r\n'.repeat(3_000), `${'b\n'.repeat(2_000)}no newline`],
    ['line separators that are no line ends', 'a\u2028b\rc\nd\n', 'a\u2028b\rc\ne\n'],
  ])('%s', (_case, from, to) => {
    expectApplied([{ path: 'src/file.ts', before: from, after: to }])
  })

  it.each([
    'with space/my file.ts',
    'src/app/(group)/[id]/route.ts',
    'src/app/[[...all]]/@modal/(.)photo/route.ts',
    'src/straße/größe.ts',
    'src/日本 語.ts',
    'src/quo"te.ts',
    'src/a\tb c.ts',
    ' leading and trailing ',
  ])('path %j', (path) => {
    expectApplied([{ path, before, after }])
  })

  it('many files in one patch', () => {
    const texts: [string, string][] = [
      [before, after],
      [crlf(before), crlf(after)],
      [before.trimEnd(), after.trimEnd()],
    ]
    const paths = ['a.ts', 'b c.ts', 'd/[e]/(f)/route.ts', 'g.ts']
    expectApplied(
      paths.flatMap((path) =>
        texts.map(([from, to], i) => ({ path: `${i}/${path}`, before: from, after: to })),
      ),
    )
  })

  it('any edit of any lines', () => {
    const line = fc.constantFrom('a', 'b', '', '-- a', '\\ No newline', '\r', '@@ -1,1 +1,1 @@', '\uFEFF')
    const text = fc
      .tuple(fc.array(line, { minLength: 1, maxLength: 12 }), fc.constantFrom('', '\n'))
      .map(([lines, end]) => lines.join('\n') + end)
    fc.assert(
      // An empty result would be the removal of the file, which `migrate` never does.
      fc.property(text, text, (from, to) => {
        fc.pre(from !== to && from !== '' && to !== '')
        expectApplied([{ path: 'any file.ts', before: from, after: to }])
      }),
      { numRuns: 40 },
    )
  })
})
