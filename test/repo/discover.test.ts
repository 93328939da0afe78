import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import fastGlob from 'fast-glob'
import ignore from 'ignore'
import { describe, expect, test } from 'vitest'
import { discover, discoverSql } from '../../src/repo/discover.ts'

/** Writes files, runs a check on their folder, and removes them. */
function inFolder<T>(files: Readonly<Record<string, string>>, check: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'tenantize-discover-'))
  try {
    for (const [path, text] of Object.entries({ '.git/HEAD': '', ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    return check(root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** The same search by fast-glob: finds everything and asks each .gitignore about each path. */
function slowly(root: string, patterns: readonly string[]): string[] {
  const found = fastGlob.sync([...patterns, '**/.gitignore'], {
    cwd: root,
    dot: true,
    ignore: ['**/node_modules/**', '**/.git/**'],
    followSymbolicLinks: false,
  })
  const rules = found
    .filter((path) => path.endsWith('.gitignore'))
    .map((path) => ({
      folder: path.slice(0, -'.gitignore'.length),
      rules: ignore().add(readFileSync(join(root, path), 'utf8')),
    }))
  return found
    .filter((path) => !path.endsWith('.gitignore') && !path.endsWith('.d.ts'))
    .filter((path) =>
      rules.every((one) => !path.startsWith(one.folder) || !one.rules.ignores(path.slice(one.folder.length))),
    )
    .sort()
}

const sources = '**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}'

describe('discover', () => {
  test('leaves out what git ignores, at every depth', () => {
    inFolder(
      {
        '.gitignore': '/dist\n*.gen.ts\n!kept.gen.ts\n',
        'dist/a.ts': '',
        'src/dist/b.ts': '',
        'src/c.gen.ts': '',
        'src/kept.gen.ts': '',
        'src/inner/.gitignore': 'secret/\n/only-here.ts\n',
        'src/inner/secret/d.ts': '',
        'src/inner/only-here.ts': '',
        'src/inner/deep/only-here.ts': '',
        'src/types.d.ts': '',
        'node_modules/x/e.ts': '',
        'packages/a/package.json': '{}',
        'packages/a/tsconfig.json': '{}',
        'src/App.vue': '',
        'src/inner/secret/Page.svelte': '',
      },
      (root) => {
        expect(discover(root)).toEqual({
          sources: ['src/dist/b.ts', 'src/inner/deep/only-here.ts', 'src/kept.gen.ts'],
          manifests: ['packages/a/package.json'],
          schemas: [],
          unread: ['src/App.vue'],
          configured: ['packages/a', 'packages/a'],
        })
      },
    )
  })

  test('asks the .gitignore files above a folder of the repository', () => {
    inFolder({ '.gitignore': 'app/made/\n', 'app/made/a.ts': '', 'app/b.ts': '' }, (root) =>
      expect(discover(join(root, 'app')).sources).toEqual(['b.ts']),
    )
  })

  test('does not follow symbolic links', () => {
    inFolder({ 'src/a.ts': '' }, (root) => {
      symlinkSync(join(root, 'src'), join(root, 'link'))
      symlinkSync(join(root, 'src/a.ts'), join(root, 'b.ts'))
      expect(discover(root).sources).toEqual(['src/a.ts'])
    })
  })

  test('finds what fast-glob finds, whatever is ignored', () => {
    const name = fc.constantFrom('a', 'b', '(c)', '[d]', '.e', 'node_modules')
    const file = fc.constantFrom('x.ts', 'y.tsx', 'z.d.ts', 'q.sql', 'package.json', 'w.txt')
    const path = fc
      .tuple(fc.array(name, { maxLength: 3 }), file)
      .map(([folders, last]) => [...folders, last].join('/'))
    const line = fc.constantFrom(
      'a',
      '/b',
      'a/',
      '*.tsx',
      '!x.ts',
      'b/**',
      '/a/b',
      '# a',
      '\\[d\\]',
      '.e/*',
      '',
    )
    const rules = fc.tuple(fc.array(name, { maxLength: 2 }), fc.array(line, { maxLength: 4 }))
    fc.assert(
      fc.property(fc.array(path, { maxLength: 12 }), fc.array(rules, { maxLength: 3 }), (paths, ignores) => {
        const files = Object.fromEntries([
          ...paths.map((item) => [item, '']),
          ...ignores.map(([folders, lines]) => [[...folders, '.gitignore'].join('/'), lines.join('\n')]),
        ])
        inFolder(files, (root) => {
          expect(discover(root).sources).toEqual(slowly(root, [sources]))
          expect(discover(root).manifests).toEqual(slowly(root, ['**/package.json']))
          expect(discoverSql(root)).toEqual(slowly(root, ['**/*.sql', sources]))
        })
      }),
      { numRuns: 150 },
    )
  })
})
