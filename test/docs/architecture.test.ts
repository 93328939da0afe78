import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, it } from 'vitest'
import { page, root } from './pages.ts'

const folders = Array.from(
  page('docs/architecture.md').text.matchAll(/^\| `(\w+)\/` \|/gm),
  ([, name]) => name!,
)

it('names every folder of src/', () => {
  const real = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'runtime')
    .map((entry) => entry.name)
  expect([...folders].sort()).toEqual(real.sort())
})

it.each(folders)('%s imports only from the folders above it', (folder) => {
  const above = folders.slice(0, folders.indexOf(folder) + 1)
  const wrong = readdirSync(join(root, 'src', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const file = join('src', folder, name)
      const text = readFileSync(join(root, file), 'utf8')
      return Array.from(text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g), ([, to]) =>
        normalize(join(dirname(file), to!)),
      )
        .map((to) => to.replaceAll('\\', '/').split('/'))
        .filter(([, top, below]) => below !== undefined && !above.includes(top!))
        .map((to) => `${file} imports ${to.join('/')}`)
    })
  expect(wrong).toEqual([])
})
