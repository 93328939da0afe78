import { describe, expect, it } from 'vitest'
import { VerifyError } from '../../../src/migrate/verify/index.ts'
import { gains, strict, tree } from './tree.ts'

const bad: [string, string] = ['= 1', '= missing']
const source = 'export const value = 1\n'
const options = (compilerOptions: object, rest: object = {}) => JSON.stringify({ compilerOptions, ...rest })

describe('the configuration of a file', () => {
  it('is the nearest one, with what it extends', async () => {
    const app = tree({
      'tsconfig.json': strict,
      'tsconfig.base.json': options({ strict: true, types: [] }),
      'packages/a/tsconfig.json': JSON.stringify({ extends: '../../tsconfig.base.json' }),
      'packages/a/x.ts': 'export const value = 1\n',
      'src/y.ts': source,
    })
    const untyped = 'export const value = (parameter) => parameter\n'
    const result = await app.verify({
      'packages/a/x.ts': untyped,
      'src/y.ts': source + source.replace('value', 'b'),
    })
    expect(gains(app, result)).toEqual(['packages/a/x.ts: packages/a/x.ts:1 TS7006'])
    expect(result.programs).toBe(2)
  })

  it('is the one that a solution refers to', async () => {
    const app = tree({
      'tsconfig.json': JSON.stringify({
        files: [],
        references: [{ path: './tsconfig.app.json' }, { path: './tsconfig.node.json' }],
      }),
      'tsconfig.app.json': options({ composite: true, strict: true, types: [] }, { include: ['src'] }),
      'tsconfig.node.json': options(
        { composite: true, strict: false, types: [] },
        { include: ['vite.config.ts'] },
      ),
      'src/x.ts': source,
      'vite.config.ts': source,
    })
    const untyped = 'export const value = (parameter) => parameter\n'
    const result = await app.verify({ 'src/x.ts': untyped, 'vite.config.ts': untyped })
    expect(gains(app, result)).toEqual(['src/x.ts: src/x.ts:1 TS7006'])
    expect(result.programs).toBe(2)
  })

  it('still counts when it leaves the file out', async () => {
    const app = tree({ 'tsconfig.json': strict, 'scripts/x.ts': source, 'src/y.ts': source })
    const result = await app.verify({ 'scripts/x.ts': bad })
    expect(gains(app, result)).toEqual(['scripts/x.ts: scripts/x.ts:1 TS2304'])
    expect(result.missingConfig).toEqual([])
  })

  it('may be a jsconfig.json', async () => {
    const app = tree({ 'jsconfig.json': options({ checkJs: true, types: [] }), 'src/x.js': source })
    expect(gains(app, await app.verify({ 'src/x.js': bad }))).toEqual(['src/x.js: src/x.js:1 TS2304'])
  })

  it('may be missing, which is reported', async () => {
    const app = tree({ 'x.ts': source, 'y.js': source })
    const result = await app.verify({ 'x.ts': bad, 'y.js': ['= 1', '= await 1'] })
    expect(gains(app, result)).toEqual(['x.ts: x.ts:1 TS2304'])
    expect(result.missingConfig).toEqual([app.path('x.ts'), app.path('y.js')])
  })

  it('names itself, with the place, when it is broken', async () => {
    const app = tree({ 'tsconfig.json': '{ "compilerOptions": { "strict": true,, } }', 'x.ts': source })
    const error = await app.verify({ 'x.ts': bad }).catch((one) => one)
    expect(error).toBeInstanceOf(VerifyError)
    expect(error.message).toMatch(/tsconfig\.json: line 1, column 39: .*--no-verify/)
  })

  it('names itself when what it extends is missing', async () => {
    const app = tree({ 'tsconfig.json': '{ "extends": "@tsconfig/not-installed" }', 'x.ts': source })
    const error = await app.verify({ 'x.ts': bad }).catch((one) => one)
    expect(error.message).toMatch(/tsconfig\.json: .*@tsconfig\/not-installed.*not installed/)
  })

  it('may have options of another version of the compiler, and output options', async () => {
    const app = tree({
      'tsconfig.json': options({
        incremental: true,
        tsBuildInfoFile: 'x',
        unheardOf: 1,
        outDir: 'dist',
        types: [],
      }),
      'x.ts': source,
    })
    expect(gains(app, await app.verify({ 'x.ts': bad }))).toEqual(['x.ts: x.ts:1 TS2304'])
  })
})

describe('the text of a file', () => {
  it('may have a byte order mark and CRLF', async () => {
    const text = '\uFEFFexport const a = 1\r\nexport const value = 1\r\n'
    const app = tree({ 'tsconfig.json': strict, 'src/x.ts': text })
    const result = await app.verify({ 'src/x.ts': text.replace('value = 1', 'value = missing') })
    expect([...result.gained.values()].flat()).toMatchObject([{ line: 2, column: 22, code: 2304 }])
    const first = await app.verify({ 'src/x.ts': text.replace('a = 1', 'a = missing') })
    expect([...first.gained.values()].flat()).toMatchObject([{ line: 1, column: 18 }])
  })

  it('may be JSX, or JavaScript in a project that does not list it', async () => {
    const app = tree({
      'tsconfig.json': options({ jsx: 'preserve', types: [], strict: true }),
      'src/jsx.d.ts': 'declare namespace JSX { interface IntrinsicElements { div: { id?: string } } }\n',
      'src/x.tsx': 'export const value = <div id="a" />\n',
      'src/y.js': 'export function f() { return 1 }\n',
    })
    const result = await app.verify({
      'src/x.tsx': ['id="a"', 'id={1}'],
      'src/y.js': ['return 1', 'return await 1'],
    })
    expect(gains(app, result)).toEqual(['src/x.tsx: src/x.tsx:1 TS2322', 'src/y.js: src/y.js:1 TS1308'])
  })

  it('may be that of a file which does not exist yet', async () => {
    const app = tree({ 'tsconfig.json': strict, 'src/x.ts': source })
    const importing = `import { made } from './new'\nexport const value: number = made\n`
    const good = await app.verify({ 'src/x.ts': importing, 'src/new.ts': 'export const made = 1\n' })
    expect(gains(app, good)).toEqual([])
    const wrong = await app.verify({ 'src/x.ts': importing, 'src/new.ts': `export const made = ''\n` })
    expect(gains(app, wrong)).toEqual(['src/x.ts: src/x.ts:2 TS2322'])
  })
})

describe('several configurations', () => {
  it('see each other’s changes, and an error counts for the file that causes it', async () => {
    const app = tree({
      'packages/core/tsconfig.json': options({ strict: true, types: [] }),
      'packages/core/index.ts': 'export function load() { return 1 }\n',
      'packages/web/tsconfig.json': options({ strict: true, types: [] }),
      'packages/web/page.ts': `import { load } from '../core/index'\nexport const page: number = load()\n`,
      'packages/web/other.ts': source,
    })
    const edits: Record<string, [string, string]> = {
      'packages/core/index.ts': ['export function', 'export async function'],
      'packages/web/other.ts': ['value = 1', 'value = 2'],
    }
    expect(gains(app, await app.verify(edits))).toEqual([
      'packages/core/index.ts: packages/web/page.ts:2 TS2322',
    ])
  })
})
