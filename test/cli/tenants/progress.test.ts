import { expect, it } from 'vitest'
import { Progress } from '../../../src/cli/progress.ts'
import { columns } from '../../../src/cli/tenants/columns.ts'
import { TenantProgress } from '../../../src/cli/tenants/progress.ts'

it('a person sees how far the tenants are, on one line', () => {
  const written: string[] = []
  const line = new Progress(
    (text) => void written.push(text),
    () => 60,
  )
  const bar = new TenantProgress(line)
  bar.start(4)
  bar.step('acme', false)
  bar.step('globex', true)
  expect(written.at(-1)).toBe(`\r\u001b[2K${'█'.repeat(12)}${'░'.repeat(12)} 2/4 · 1 failed · globex`)
  bar.step('a-tenant-with-a-name-that-is-wider-than-the-terminal-itself', false)
  expect(written.at(-1)!.length - '\r\u001b[2K'.length).toBe(59)
  bar.clear()
  expect(written.at(-1)).toBe('\r\u001b[2K')
})

it('columns are as wide as their widest text, and let no control character through', () => {
  expect(
    columns([
      ['a', 'bcd', 'x'],
      ['効果', 'e', '\u001b[31m'],
    ]),
  ).toBe('a     bcd  x\n効果  e    \u241b[31m\n')
  expect(columns([])).toBe('')
})
