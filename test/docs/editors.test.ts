/** Runs the program that docs/editors.md shows, on the demo. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { blocksOf, page, root } from './pages.ts'

it('the programmatic interface finds what the commands find', () => {
  mkdirSync(join(root, 'dist'), { recursive: true })
  // Inside of the package, so that `tenantize` is what was built of it.
  const folder = mkdtempSync(join(root, 'dist', 'docs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [program] = blocksOf(page('docs/editors.md')).filter(({ language }) => language === 'ts')
  // No type stands in it: it is JavaScript as well.
  writeFileSync(join(folder, 'program.mjs'), program!.text)
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'program.mjs')], {
    cwd: join(root, 'fixtures/crm'),
    encoding: 'utf8',
  })
  const lines = stdout.trimEnd().split('\n')
  expect(lines.length, stderr).toBe(352)
  expect(lines[0]).toMatch(/^src\/\S+ supabase \w+$/)
  expect(lines.at(-1)).toBe('418 103 103')
})
