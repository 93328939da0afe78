import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileGlob, compileGlobs, expandBraces } from '../../src/rules/glob.ts'
import { globProblem } from '../../src/rules/glob-problem.ts'

describe('compileGlob', () => {
  const cases: [glob: string, matches: string[], not: string[]][] = [
    [
      'src/app/api/**',
      ['src/app/api/route.ts', 'src/app/api/a/b/route.ts', 'src/app/api/.hidden/x'],
      ['src/app/api', 'src/app/apix/route.ts', 'a/src/app/api/x'],
    ],
    ['**/*.test.ts', ['a.test.ts', 'src/b/c.test.ts', '.test.ts'], ['a.test.tsx', 'a.test.ts/b']],
    ['src/**/route.ts', ['src/route.ts', 'src/a/b/route.ts'], ['src/a/xroute.ts', 'srcroute.ts']],
    ['src/*.ts', ['src/a.ts', 'src/.ts'], ['src/a/b.ts', 'src/a.tsx']],
    ['src/?.ts', ['src/a.ts', 'src/😀.ts'], ['src/ab.ts', 'src/.ts', 'src//.ts']],
    [
      'src/app/(dashboard)/[id]/route.ts',
      ['src/app/(dashboard)/[id]/route.ts'],
      ['src/app/dashboard/i/route.ts'],
    ],
    ['src/app/[...slug]/**', ['src/app/[...slug]/page.tsx'], ['src/app/s/page.tsx']],
    ['src/@(a|b)/+(c)/!(d)', ['src/@(a|b)/+(c)/!(d)'], ['src/a/c/e', 'src/b/cc/x']],
    ['!src/**', ['!src/a.ts'], ['src/a.ts', 'other.ts']],
    [
      'src/{app,lib/**}/x.ts',
      ['src/app/x.ts', 'src/lib/x.ts', 'src/lib/a/b/x.ts'],
      ['src/x.ts', 'src/app/a/x.ts'],
    ],
    ['src/{a,{b,c}d}.{ts,tsx}', ['src/a.ts', 'src/bd.tsx', 'src/cd.ts'], ['src/b.ts', 'src/ad.ts']],
    ['a{,b}', ['a', 'ab'], ['b', 'a{,b}']],
    ['{src,lib}/**', ['src/a', 'lib/b/c'], ['src', 'other/a']],
    ['src/\\{a\\}/\\*.ts', ['src/{a}/*.ts'], ['src/a/x.ts']],
    ['a**b', ['ab', 'axxb'], ['a/b']],
    ['./src/*', ['src/a'], ['./src/a']],
    ['**', ['a', 'a/b/c.ts'], []],
    ['**/**/a', ['a', 'x/y/a'], ['xa']],
    ['Src/*', ['Src/a'], ['src/a']],
    ['a.b', ['a.b'], ['axb']],
    ['{a', ['{a'], ['a']],
  ]
  it.each(cases)('%s', (glob, matches, not) => {
    const test = compileGlob(glob)
    expect(matches.filter((path) => !test(path))).toEqual([])
    expect(not.filter(test)).toEqual([])
  })

  it('compiles a list', () => {
    const test = compileGlobs(['a/*', 'b'])
    expect([test('a/x'), test('b'), test('c')]).toEqual([true, true, false])
    expect(compileGlobs([])('a')).toBe(false)
  })

  it('stays fast on a hostile glob', () => {
    const started = performance.now()
    compileGlob(`${'**/'.repeat(30)}${'*'.repeat(40)}x`)(`${'a/'.repeat(200)}${'b'.repeat(200)}`)
    expect(performance.now() - started).toBeLessThan(200)
  })
})

/** The same meaning, written as plainly as it goes: tries every way to spend the wildcards. */
function naive(glob: string, path: string): boolean {
  return expandBraces(glob).some((item) => bySegment(item.split('/'), path.split('/')))
}

function bySegment(glob: string[], path: string[]): boolean {
  const [first, ...rest] = glob
  if (first === undefined) return path.length === 0
  if (first === '**') {
    if (rest.length === 0) return path.length > 0
    return bySegment(rest, path) || (path.length > 0 && bySegment(glob, path.slice(1)))
  }
  return path.length > 0 && inSegment([...first], [...path[0]!]) && bySegment(rest, path.slice(1))
}

function inSegment(glob: string[], name: string[]): boolean {
  const [first, ...rest] = glob
  if (first === undefined) return name.length === 0
  if (first === '*') return inSegment(rest, name) || (name.length > 0 && inSegment(glob, name.slice(1)))
  if (name.length === 0) return false
  if (first === '\\' && rest.length > 0) return name[0] === rest[0] && inSegment(rest.slice(1), name.slice(1))
  return (first === '?' || first === name[0]) && inSegment(rest, name.slice(1))
}

describe('against a naive matcher', () => {
  const letter = fc.constantFrom('a', 'b', '.', '(', ')', '[', ']', '!', '+', '@', '|', '^', '$', '-', '😀')
  const piece = fc.oneof(
    { weight: 4, arbitrary: letter },
    fc.constantFrom('*', '?', '\\*', '\\?', '\\(', '**'),
  )
  const segment = fc.oneof(
    { weight: 3, arbitrary: fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')) },
    fc.constant('**'),
  )
  const plain = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
  const braces = fc.array(plain, { minLength: 1, maxLength: 3 }).map((parts) => `{${parts.join(',')}}`)
  const glob = fc.oneof(
    plain,
    fc.tuple(plain, braces, plain).map(([a, b, c]) => `${a}/${b}/${c}`),
    fc.tuple(plain, braces).map((parts) => parts.join('')),
  )
  const path = fc
    .array(
      fc
        .array(fc.oneof(letter, fc.constantFrom('*', '?')), { minLength: 1, maxLength: 4 })
        .map((parts) => parts.join('')),
      { minLength: 1, maxLength: 5 },
    )
    .map((parts) => parts.join('/'))

  it('agrees on any glob and path', () => {
    fc.assert(
      fc.property(glob, path, (pattern, name) => {
        fc.pre(!pattern.startsWith('./') && !pattern.includes('{./'))
        expect(compileGlob(pattern)(name)).toBe(naive(pattern, name))
      }),
      { numRuns: 3000 },
    )
  })

  it('matches what was made from the glob', () => {
    const grow = (pattern: string) =>
      fc
        .tuple(
          ...pattern
            .split('/')
            .map((part) =>
              part === '**'
                ? path
                : fc
                    .string({ unit: letter, minLength: 0, maxLength: 3 })
                    .map((fill) => part.replaceAll('*', () => fill)),
            ),
        )
        .map((parts) => parts.join('/'))
    const simple = fc
      .array(fc.constantFrom('**', '*', 'a*', '(x)', '[id]', 'b'), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('/'))
    fc.assert(
      fc.property(
        simple.chain((pattern) => fc.tuple(fc.constant(pattern), grow(pattern))),
        ([pattern, name]) => {
          expect(compileGlob(pattern)(name)).toBe(true)
        },
      ),
    )
  })

  it('takes a text whose special characters are escaped for itself', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.oneof(letter, fc.constantFrom('*', '?', '{', '}', ',', '\\', 'x')),
          minLength: 1,
        }),
        (name) => {
          const test = compileGlob(name.replace(/[*?{}\\,]/g, '\\$&'))
          expect(test(name)).toBe(true)
          expect(test(`${name}a`)).toBe(false)
        },
      ),
    )
  })
})

describe('globProblem', () => {
  it.each([
    ['/src/**', '"/src/**" is absolute; globs are relative to the rules file\'s folder'],
    ['C:/src/**', '"C:/src/**" is absolute; globs are relative to the rules file\'s folder'],
    ['{/src,lib}/a', '"{/src,lib}/a" is absolute; globs are relative to the rules file\'s folder'],
    ['src/../lib/*', '"src/../lib/*" leaves the rules file\'s folder with ".."'],
    ['{..,src}/a', '"{..,src}/a" leaves the rules file\'s folder with ".."'],
    ['src/./a', '"src/./a" has "." for a folder, which no path has'],
    ['src//a', '"src//a" has "//", which no path has'],
    ['src/app/', '"src/app/" ends with "/" and matches no file; everything below a folder is "**"'],
    ['src/{a,b', '"src/{a,b" has "{" without "}"; a backslash makes a brace literal'],
    ['src/a}', '"src/a}" has "}" without "{"; a backslash makes a brace literal'],
    ['src/a\\', '"src/a\\" ends with a backslash, which escapes nothing'],
    ['src\\app\\api', '"src\\app\\api" has a backslash where "/" was meant; a backslash escapes'],
    [`${'{a,b}'.repeat(11)}`, `"${'{a,b}'.repeat(11)}" stands for more than 1000 alternatives`],
  ])('%s', (glob, message) => expect(globProblem(glob)).toBe(message))

  it.each([
    'src/**',
    './src/*.ts',
    'src/app/(dashboard)/[id]/route.ts',
    'src/[...slug]/x',
    '\\{a\\}',
    'a..b/c',
    '{,a}b',
    'a\\\\*',
  ])('%s is fine', (glob) => expect(globProblem(glob)).toBeUndefined())
})
