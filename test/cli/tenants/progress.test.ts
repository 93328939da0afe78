import { expect, it } from 'vitest'
import { columns } from '../../../src/cli/tenants/columns.ts'
import { progress } from '../../../src/cli/tenants/progress.ts'

function terminal(isTTY: boolean, env = {}) {
  const written: string[] = []
  return { written, isTTY, columns: 60, env, out: () => {}, err: (text: string) => void written.push(text) }
}

it('a person sees how far a long work is, on one line', () => {
  const shown = terminal(true)
  const bar = progress(shown)
  bar.start(4)
  bar.step('acme', false)
  bar.step('globex', true)
  expect(shown.written.at(-1)).toBe(`\r\u001b[2K${'█'.repeat(12)}${'░'.repeat(12)} 2/4 · 1 failed · globex`)
  bar.step('a-tenant-with-a-name-that-is-wider-than-the-terminal-itself', false)
  expect(shown.written.at(-1)!.length - '\r\u001b[2K'.length).toBe(59)
  bar.clear()
  expect(shown.written.at(-1)).toBe('\r\u001b[2K')
})

it.each([terminal(false), terminal(true, { TERM: 'dumb' })])('nobody else does', (shown) => {
  const bar = progress(shown)
  bar.start(1)
  bar.step('acme', false)
  bar.clear()
  expect(shown.written).toEqual([])
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
